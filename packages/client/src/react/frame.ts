/** Tells at most once per frame that something changed: what nobody sees is not rendered. */

const FRAME_MS = 16;

export class Frame {
  readonly #flush: () => void;
  #cancel: (() => void) | undefined;

  constructor(flush: () => void) {
    this.#flush = flush;
  }

  /** With the next frame; pages that are not shown have none. */
  later(): void {
    if (this.#cancel) return;
    const run = (): void => {
      this.#cancel = undefined;
      this.#flush();
    };
    if (typeof requestAnimationFrame === 'function') {
      const handle = requestAnimationFrame(run);
      this.#cancel = () => cancelAnimationFrame(handle);
    } else {
      const handle = setTimeout(run, FRAME_MS);
      this.#cancel = () => clearTimeout(handle);
    }
  }

  now(): void {
    this.stop();
    this.#flush();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
