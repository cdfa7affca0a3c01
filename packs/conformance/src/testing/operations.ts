/** Operations on two values, by the names that prompts call them. */
export type Operations<T, R> = ReadonlyMap<string, (a: T, b: T) => R>;

/** @throws when the name is not among the operations: a link can bring any text. */
export function operate<T, R>(operations: Operations<T, R>, name: string, a: T, b: T): R {
  const operation = operations.get(name);
  if (operation) return operation(a, b);
  throw new Error(`There is no operation ${name}: choose one of ${[...operations.keys()].join(', ')}.`);
}

export const COMPARISONS: Operations<bigint | number, boolean> = new Map([
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['<', (a, b) => a < b],
  ['>', (a, b) => a > b],
  ['<=', (a, b) => a <= b],
  ['>=', (a, b) => a >= b],
]);

export const TEXT_CONDITIONS: Operations<string, boolean> = new Map([
  ['a == b', (a, b) => a === b],
  ['a != b', (a, b) => a !== b],
  ['a IN b', (a, b) => b.includes(a)],
  ['a MATCH REGEX(b)', (a, b) => matchesAtStart(a, b, 'y')],
  ['a BEGINSWITH b', (a, b) => a.startsWith(b)],
  ['a ENDSWITH b', (a, b) => a.endsWith(b)],
]);

/** As {@link TEXT_CONDITIONS}; an expression keeps its case, in which `\S` is not `\s`. */
export const CASELESS_CONDITIONS: Operations<string, boolean> = new Map([
  ...[...TEXT_CONDITIONS].map(([name, condition]) => {
    return [name, (a: string, b: string) => condition(a.toLowerCase(), b.toLowerCase())] as const;
  }),
  ['a MATCH REGEX(b)', (a: string, b: string) => matchesAtStart(a, b, 'iy')] as const,
]);

export const LOGIC: Operations<boolean, boolean> = new Map([
  ['a AND b', (a, b) => a && b],
  ['a OR b', (a, b) => a || b],
  ['a XOR b', (a, b) => a !== b],
  ['NOT a', (a) => !a],
]);

/**
 * Whole numbers of any size: a division rounds down, a remainder has the sign of the divisor. They throw when b is 0 for
 * a division, negative for a power, or makes a power with more than a million bits.
 */
export const ARITHMETIC: Operations<bigint, bigint> = new Map([
  ['add', (a, b) => a + b],
  ['subtract', (a, b) => a - b],
  ['multiply', (a, b) => a * b],
  ['divide', divide],
  ['modulo', (a, b) => a - divide(a, b) * b],
  ['power', power],
]);

/** An expression that cannot be read matches nothing. */
function matchesAtStart(text: string, expression: string, flags: string): boolean {
  try {
    return new RegExp(expression, flags).test(text);
  } catch {
    return false;
  }
}

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new RangeError('Input b is 0: choose a number to divide by.');
  const quotient = a / b;
  return a < 0n !== b < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

/** Bits of the largest power that is worked out; the time grows faster than they do. */
const MAX_BITS = 1_000_000;

function power(a: bigint, b: bigint): bigint {
  if (b < 0n) throw new RangeError('Input b is negative: the power would be no whole number.');
  // the powers of these repeat: b matters only by being even or odd
  if (a === 0n || a === 1n || a === -1n) return b === 0n ? 1n : a ** (2n - (b & 1n));
  if (BigInt(a.toString(2).length) * b > MAX_BITS) {
    throw new RangeError('The power has too many digits: choose a smaller b.');
  }
  return a ** b;
}
