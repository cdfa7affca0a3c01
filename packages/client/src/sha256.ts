/** SHA-256 (FIPS 180-4), piece by piece. The platform's own takes only whole buffers, and is missing on plain-HTTP pages. */

/** The first 32 bits of the fractional parts of roots of the first primes. */
const primes = (count: number): number[] => {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime)) found.push(n);
  return found;
};
const fraction = (value: number): number => ((value - Math.floor(value)) * 2 ** 32) | 0;

const CHUNK = 64;

export class Sha256 {
  readonly #constants = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
  readonly #state = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));
  readonly #words = new Int32Array(64);
  readonly #rest = new Uint8Array(CHUNK);
  #restLength = 0;
  #length = 0;

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#restLength) {
      at = Math.min(bytes.length, CHUNK - this.#restLength);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < CHUNK) return;
      this.#mix(this.#rest, 0);
      this.#restLength = 0;
    }
    for (; at + CHUNK <= bytes.length; at += CHUNK) this.#mix(bytes, at);
    this.#rest.set(bytes.subarray(at));
    this.#restLength = bytes.length - at;
  }

  /** Ends the input. */
  digest(): Uint8Array {
    const bits = this.#length * 8;
    const padding = new Uint8Array((this.#restLength < 56 ? 56 : 120) - this.#restLength + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits % 2 ** 32);
    this.add(padding);
    const digest = new Uint8Array(32);
    const words = new DataView(digest.buffer);
    this.#state.forEach((word, at) => words.setInt32(at * 4, word));
    return digest;
  }

  #mix(bytes: Uint8Array, at: number): void {
    const [w, k, state] = [this.#words, this.#constants, this.#state];
    for (let i = 0, p = at; i < 16; i++, p += 4)
      w[i] = (bytes[p]! << 24) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 8) | bytes[p + 3]!;
    for (let i = 16; i < 64; i++) {
      const [x, y] = [w[i - 15]!, w[i - 2]!];
      const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
      const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < 64; i++) {
      const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i]! + w[i]!) | 0;
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i]! + word) | 0));
  }
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
