/** Which of a node's progress reports are worth a message. */

const MIN_INTERVAL_MS = 100;
const MIN_SHARE = 0.005;

/** Lets the first and the last report through, those with a preview, and of the rest one each 100 ms and half percent. */
export class ProgressThrottle {
  #sentAt = -Infinity;
  #sentValue = -Infinity;

  passes(value: number, max: number, hasPreview: boolean, now: number): boolean {
    const isFirst = this.#sentAt === -Infinity;
    const isDue = now - this.#sentAt >= MIN_INTERVAL_MS && value - this.#sentValue >= max * MIN_SHARE;
    if (!isFirst && !isDue && !hasPreview && value < max) return false;
    this.#sentAt = now;
    this.#sentValue = value;
    return true;
  }
}
