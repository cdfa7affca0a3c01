/**
 * A strip of shared memory on which one thread writes and another reads: a few events a millisecond cost a copy each, not a
 * wake-up each. Positions count bytes from the start of the process and wrap at 2^32.
 */

/** Bytes that may wait. A power of two, so that a position and its place stay together when positions wrap. */
const CAPACITY = 1 << 20;
/** A longer text would fill the strip: it has to take another way. */
const MAX_TEXT = CAPACITY / 8;

const WRITTEN = 0;
const READ = 1;
const IS_READER_ASLEEP = 2;
const HEAD_BYTES = 16;

export const createRingMemory = (): SharedArrayBuffer => new SharedArrayBuffer(HEAD_BYTES + CAPACITY);

/** One end of the strip. */
class RingEnd {
  protected readonly state: Uint32Array;
  protected readonly bytes: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.state = new Uint32Array(memory, 0, HEAD_BYTES / 4);
    this.bytes = Buffer.from(memory, HEAD_BYTES, CAPACITY);
  }

  /** Where the next text will begin. */
  get written(): number {
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

  /** What was written since the last time, up to a position. */
  read(until: number = this.written): string {
    const from = Atomics.load(this.state, READ);
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
