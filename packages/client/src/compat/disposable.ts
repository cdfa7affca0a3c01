/** What holds something until it is told to let go. */
/// <reference lib="esnext.disposable" preserve="true" />

/** Something that lets go of what it holds, once. */
export class Disposable {
  protected _disposed = false;
  #releases: (() => unknown)[] = [];
  /** As `dispose()`, for `using`. Missing where the platform has no such symbol. */
  declare readonly [Symbol.dispose]: () => void;

  constructor() {
    const symbol = Symbol.dispose as symbol | undefined;
    if (symbol) Object.defineProperty(this, symbol, { value: () => this.dispose() });
  }

  get is_disposed(): boolean {
    return this._disposed;
  }

  /** Calls a function when this is disposed; at once when it has been. */
  _connect(release: () => unknown): void {
    if (this._disposed) release();
    else this.#releases.push(release);
  }

  dispose(): void {
    if (this._disposed) return;
    this._disposed = true;
    for (const release of this.#releases.splice(0)) release();
  }
}
