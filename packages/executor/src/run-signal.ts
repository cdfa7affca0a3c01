/** Tells nodes that their run was stopped, or is over. Made when the first one asks: few do, and signals are dear. */
export class RunSignal {
  readonly #stopped: AbortSignal;
  #over: AbortController | undefined;
  #either: AbortSignal | undefined;
  #isOver = false;

  constructor(stopped: AbortSignal) {
    this.#stopped = stopped;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get forNodes(): AbortSignal {
    if (this.#either) return this.#either;
    this.#over = new AbortController();
    if (this.#isOver) this.#over.abort();
    return (this.#either = AbortSignal.any([this.#stopped, this.#over.signal]));
  }

  /** Ends what concurrent nodes still do. */
  end(): void {
    this.#isOver = true;
    this.#over?.abort();
  }
}
