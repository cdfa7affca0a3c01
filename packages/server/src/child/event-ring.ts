/**
 * A strip of shared memory on which one thread writes and another reads: a few events a millisecond cost a copy each, not a
 * wake-up each. What is too large, or has pictures, goes as a message, and {@link MARK} keeps its place. Positions count bytes
 * from the start of the process and wrap at 2^32.
 */

/** Bytes that may wait. A power of two, so that a position and its place stay together when positions wrap. */
const CAPACITY = 1 << 20;
/** A longer text would fill the strip: it has to take another way. */
const MAX_TEXT = CAPACITY / 8;

/** Stands for a message that took another way, at the place where it belongs. JSON has no such character. */
export const MARK = '\0';
/** Between looks whether the reader has made room. */
const ROOM_MS = 1;

const WRITTEN = 0;
const READ = 1;
const IS_READER_ASLEEP = 2;
const HEAD_BYTES = 16;

export const createRingMemory = (): SharedArrayBuffer => new SharedArrayBuffer(HEAD_BYTES + CAPACITY);

/** One end of the strip. */
class RingEnd {
  protected readonly state: Uint32Array;
  protected readonly bytes: Buffer;
  protected readonly signals: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.signals = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.state = new Uint32Array(memory, 0, HEAD_BYTES / 4);
    this.bytes = Buffer.from(memory, HEAD_BYTES, CAPACITY);
  }

  protected get written(): number {
    return Atomics.load(this.state, WRITTEN);
  }
}

export class EventWriter extends RingEnd {
  /** False when there is no room for it now; nothing is written then. */
  write(text: string): boolean {
    const length = Buffer.byteLength(text);
    const { written } = this;
    const waiting = (written - Atomics.load(this.state, READ)) >>> 0;
    if (length > MAX_TEXT || waiting + length > CAPACITY) return false;
    const at = written % CAPACITY;
    if (at + length <= CAPACITY) this.bytes.write(text, at);
    else {
      const whole = Buffer.from(text);
      const fitting = whole.copy(this.bytes, at);
      whole.copy(this.bytes, 0, fitting);
    }
    Atomics.store(this.state, WRITTEN, (written + length) >>> 0);
    return true;
  }

  /** Says where a message belongs that takes another way: to be called before it is sent. Waits for room. */
  mark(): void {
    for (let read = this.signals[READ]!; !this.write(MARK); read = this.signals[READ]!)
      Atomics.wait(this.signals, READ, read, ROOM_MS);
  }

  /** Whether somebody has to wake the reader; true once for each of its sleeps. */
  takesWakeUp(): boolean {
    return Atomics.exchange(this.state, IS_READER_ASLEEP, 0) === 1;
  }
}

/** Asleep until something is written. */
export class EventReader extends RingEnd {
  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.fallsAsleep();
  }

  /** What was written since the last time. */
  read(): string {
    const from = Atomics.load(this.state, READ);
    const until = this.written;
    if (from === until) return '';
    const at = from % CAPACITY;
    const end = at + ((until - from) >>> 0);
    const text =
      end <= CAPACITY
        ? this.bytes.toString('utf8', at, end)
        : Buffer.concat([this.bytes.subarray(at), this.bytes.subarray(0, end - CAPACITY)]).toString();
    Atomics.store(this.state, READ, until);
    return text;
  }

  /** From now on the writer is asked for a wake-up. False when something was written meanwhile: read first. */
  fallsAsleep(): boolean {
    Atomics.store(this.state, IS_READER_ASLEEP, 1);
    if (this.written === Atomics.load(this.state, READ)) return true;
    Atomics.store(this.state, IS_READER_ASLEEP, 0);
    return false;
  }
}
