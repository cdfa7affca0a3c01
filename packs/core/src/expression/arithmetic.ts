/** Python's operators: whole numbers of any size stay whole, division rounds down, floats are IEEE doubles. */
import { ExpressionError } from './expression-error.ts';
import { asFloat, asInteger, isFloat } from './scalar.ts';
import type { Scalar } from './scalar.ts';

/** Whole numbers with more bits are refused. */
const MAX_BITS = 65_536;

function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

function refuseBits(bits: number): void {
  if (bits > MAX_BITS) throw new ExpressionError('a whole number grows too large; use floats, such as 2.0 ** 100');
}

function zeroDivision(): never {
  throw new ExpressionError('division by zero');
}

/** Applies whole-number arithmetic when both operands are whole, else float arithmetic. */
function numeric(
  left: Scalar,
  right: Scalar,
  whole: (left: bigint, right: bigint) => Scalar,
  float: (left: number, right: number) => number,
): Scalar {
  if (isFloat(left) || isFloat(right)) return float(asFloat(left), asFloat(right));
  return whole(asInteger(left), asInteger(right));
}

function multiplyWhole(left: bigint, right: bigint): bigint {
  refuseBits(bitLength(left) + bitLength(right));
  return left * right;
}

function divideWhole(left: bigint, right: bigint): number {
  if (right === 0n) zeroDivision();
  const [near, by] = [Number(left), Number(right)];
  if (Number.isSafeInteger(near) && Number.isSafeInteger(by)) return near / by;
  // enough bits of the quotient, the last one saying whether anything is left, so that it is rounded only once
  const [dividend, divisor] = [left < 0n ? -left : left, right < 0n ? -right : right];
  const shift = Math.max(0, bitLength(divisor) - bitLength(dividend) + 72);
  const shifted = dividend << BigInt(shift);
  const quotient = shifted / divisor;
  const exact = quotient * divisor === shifted;
  const size = scaled(Number(exact ? quotient : quotient | 1n), shift);
  if (!Number.isFinite(size)) throw new ExpressionError('a whole number is too large for a float');
  return left < 0n === right < 0n ? size : -size;
}

/** Halves a float so many times; in two steps, as one power of two may be out of range. */
function scaled(value: number, halvings: number): number {
  const half = Math.floor(halvings / 2);
  return value * 2 ** -half * 2 ** -(halvings - half);
}

function floorDivideWhole(left: bigint, right: bigint): bigint {
  if (right === 0n) zeroDivision();
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

function moduloWhole(left: bigint, right: bigint): bigint {
  if (right === 0n) zeroDivision();
  const rest = left % right;
  return rest !== 0n && rest < 0n !== right < 0n ? rest + right : rest;
}

function moduloFloat(left: number, right: number): number {
  if (right === 0) zeroDivision();
  const rest = left % right;
  if (rest === 0) return right < 0 ? -0 : 0;
  return rest < 0 === right < 0 ? rest : rest + right;
}

function floorDivideFloat(left: number, right: number): number {
  if (right === 0) zeroDivision();
  const rest = left % right;
  let quotient = (left - rest) / right;
  if (rest !== 0 && rest < 0 !== right < 0) quotient -= 1;
  if (quotient === 0) return left < 0 === right < 0 ? 0 : -0;
  const down = Math.floor(quotient);
  return quotient - down > 0.5 ? down + 1 : down;
}

function powerWhole(base: bigint, exponent: bigint): Scalar {
  if (exponent < 0n) return powerFloat(asFloat(base), asFloat(exponent));
  const size = base < 0n ? -base : base;
  if (size > 1n) refuseBits(Number(exponent) * (bitLength(size) - 4) + Number(exponent));
  return base ** exponent;
}

function powerFloat(base: number, exponent: number): number {
  if (base === 0 && exponent < 0) zeroDivision();
  // JavaScript says NaN where Python says 1
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  if (base < 0 && Number.isFinite(base) && Number.isFinite(exponent) && !Number.isInteger(exponent))
    throw new ExpressionError('a root of a negative number is not a real number');
  const power = base ** exponent;
  if (!Number.isFinite(power) && Number.isFinite(base) && Number.isFinite(exponent))
    throw new ExpressionError('a power is too large for a float');
  return power;
}

export const OPERATORS: ReadonlyMap<string, (left: Scalar, right: Scalar) => Scalar> = new Map([
  [
    '+',
    (left: Scalar, right: Scalar) =>
      numeric(
        left,
        right,
        (a, b) => a + b,
        (a, b) => a + b,
      ),
  ],
  [
    '-',
    (left: Scalar, right: Scalar) =>
      numeric(
        left,
        right,
        (a, b) => a - b,
        (a, b) => a - b,
      ),
  ],
  ['*', (left: Scalar, right: Scalar) => numeric(left, right, multiplyWhole, (a, b) => a * b)],
  [
    '/',
    (left: Scalar, right: Scalar) => numeric(left, right, divideWhole, (a, b) => (b === 0 ? zeroDivision() : a / b)),
  ],
  ['//', (left: Scalar, right: Scalar) => numeric(left, right, floorDivideWhole, floorDivideFloat)],
  ['%', (left: Scalar, right: Scalar) => numeric(left, right, moduloWhole, moduloFloat)],
  ['**', (left: Scalar, right: Scalar) => numeric(left, right, powerWhole, powerFloat)],
]);

export function negate(value: Scalar): Scalar {
  return isFloat(value) ? -value : -asInteger(value);
}

/** The number itself, a truth value as 1 or 0. */
export function plain(value: Scalar): bigint | number {
  return typeof value === 'boolean' ? asInteger(value) : value;
}

/** Compares by value, without rounding whole numbers to floats. */
export function compare(left: Scalar, operator: string, right: Scalar): boolean {
  const [a, b] = [plain(left), plain(right)];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '==':
      return a <= b && a >= b;
    default:
      return !(a <= b && a >= b);
  }
}
