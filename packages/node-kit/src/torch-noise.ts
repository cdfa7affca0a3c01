/** Normal noise with the numbers that PyTorch's CPU generator gives for a seed. */

const STATE = 624;
const SHIFT = 397;
/** From this many numbers on PyTorch makes them in blocks of so many. */
const BLOCK = 16;

/** A stream of normal numbers; each call goes on where the last one ended. */
export interface NormalSource {
  /** `count` numbers with mean 0 and deviation 1. */
  take(count: number): Float32Array;
}

/** As `torch.Generator().manual_seed(seed)` on the CPU: only the lower 32 bits of the seed count. */
export function torchNormals(seed: bigint | number): NormalSource {
  const random = mersenneTwister(seed);
  return { take: (count) => (count < BLOCK ? fewNormals(count, random) : manyNormals(count, random)) };
}

/** A function that returns 32 random bits, as an unsigned number. */
function mersenneTwister(seed: bigint | number): () => number {
  const state = new Uint32Array(STATE);
  state[0] = Number(BigInt.asUintN(32, BigInt(seed)));
  for (let i = 1; i < STATE; i++) {
    const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, before) + i;
  }
  let at = STATE;
  const renew = (): void => {
    for (let i = 0; i < STATE; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % STATE]! & 0x7fffffff);
      state[i] = state[(i + SHIFT) % STATE]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  return () => {
    if (at >= STATE) renew();
    let bits = state[at++]!;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  };
}

function fewNormals(count: number, random: () => number): Float32Array {
  const uniform = (): number => {
    const high = random() & 0x1fffff;
    return (high * 2 ** 32 + random()) / 2 ** 53;
  };
  const target = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const angle = 2 * Math.PI * uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-uniform()));
    target[i] = radius * Math.cos(angle);
    if (i + 1 < count) target[i + 1] = radius * Math.sin(angle);
  }
  return target;
}

function manyNormals(count: number, random: () => number): Float32Array {
  const target = new Float32Array(count);
  const fill = (from: number): void => {
    for (let i = from; i < count; i++) target[i] = (random() & 0xffffff) / 2 ** 24;
  };
  fill(0);
  for (let from = 0; from + BLOCK <= count; from += BLOCK) blockNormals(target, from);
  // a last block that is not full is made anew, from its end
  if (count % BLOCK) {
    fill(count - BLOCK);
    blockNormals(target, count - BLOCK);
  }
  return target;
}

/** Turns a block of uniform numbers into normal ones: the first half gives lengths, the second angles. */
function blockNormals(target: Float32Array, from: number): void {
  for (let i = from; i < from + BLOCK / 2; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - target[i]!));
    const angle = 2 * Math.PI * target[i + BLOCK / 2]!;
    target[i] = radius * Math.cos(angle);
    target[i + BLOCK / 2] = radius * Math.sin(angle);
  }
}
