import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const syncFile = promisify(fdatasync);

/**
 * Waits for the disk beside the thread that commits. SQLite would hold the thread for as long: with `synchronous = NORMAL` it
 * leaves the journal to the system at a commit, and keeps the file itself whole all the same.
 */
export class JournalSync {
  readonly #file: string;
  #handle: number | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param file SQLite's journal, `-wal`; it need not exist yet */
  constructor(file: string) {
    this.#file = file;
  }

  /** Resolves when all that was committed before the call is on the disk. Calls meanwhile share the next wait. */
  sync(): Promise<void> {
    if (!this.#running) return this.#start();
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  /** Not while something waits. */
  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }

  #start(): Promise<void> {
    const running = this.#sync().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #sync(): Promise<void> {
    try {
      this.#handle ??= openSync(this.#file, 'r+');
    } catch (error) {
      // nothing was ever committed
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    await syncFile(this.#handle);
  }
}
