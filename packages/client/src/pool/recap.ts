/** What a job told, in short, for those who begin to listen late. */
import type { JobEvent, Progress } from '../job-events.ts';

export class Recap {
  #hasStarted = false;
  #warnings: JobEvent[] = [];
  #cached: JobEvent[] = [];
  #outputs: JobEvent[] = [];
  #progress: Progress | undefined;

  note(event: JobEvent): void {
    if (event.type === 'started') this.#hasStarted = true;
    if (event.type === 'progress') this.#progress = event;
    if (event.type === 'warning') this.#warnings.push(event);
    if (event.type === 'cached' && event.nodes.length) this.#cached = [event];
    if (event.type === 'output') this.#outputs.push(event);
  }

  /** It begins anew, elsewhere. */
  clear(): void {
    this.#hasStarted = false;
    this.#warnings = [];
    this.#cached = [];
    this.#outputs = [];
    this.#progress = undefined;
  }

  *[Symbol.iterator](): Iterator<JobEvent> {
    if (this.#hasStarted) yield { type: 'started' };
    yield* [...this.#warnings, ...this.#cached, ...this.#outputs];
    if (this.#progress) yield { ...this.#progress, type: 'progress' };
  }
}
