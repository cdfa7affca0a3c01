import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/** The ways of waiting for what was written to a file. */
export interface Disk {
  /** Holds the thread. */
  waitHere(handle: number): void;
  waitBeside(handle: number): Promise<void>;
  /** Milliseconds from any start. */
  now(): number;
}

const DISK: Disk = {
  waitHere: fdatasyncSync,
  waitBeside: promisify(fdatasync),
  now: () => performance.now(),
};

/** Milliseconds that a quick disk takes at most. To go to another thread and back takes as long where processors are busy. */
const QUICK_MS = 2;
/** After a wait that was longer, so many are left to another thread before it is tried here again. */
const WAITS_BESIDE = 100;

/**
 * Waits for the disk after a commit. With `synchronous = NORMAL` SQLite leaves the journal to the system, and keeps the file
 * itself whole all the same. A quick disk is waited for in place, a slow one beside the thread that commits.
 */
export class JournalSync {
  readonly #file: string;
  readonly #disk: Disk;
  /** Waits left to another thread. */
  #beside = 0;
  #handle: number | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param file SQLite's journal, `-wal`; it need not exist yet */
  constructor(file: string, disk = DISK) {
    this.#file = file;
    this.#disk = disk;
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
    await this.#wait(this.#handle);
  }

  async #wait(handle: number): Promise<void> {
    if (this.#beside > 0) {
      this.#beside--;
      return this.#disk.waitBeside(handle);
    }
    const start = this.#disk.now();
    this.#disk.waitHere(handle);
    if (this.#disk.now() - start > QUICK_MS) this.#beside = WAITS_BESIDE;
  }
}
