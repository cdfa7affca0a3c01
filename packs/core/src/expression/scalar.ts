import { Float } from '@snug/protocol';
import { ExpressionError } from './expression-error.ts';

/** A whole number, a float, or a truth value, which counts as 1 or 0. */
export type Scalar = bigint | number | boolean;

/** A value as nodes receive it with `exact`; undefined for what is no number. */
export function toScalar(value: unknown): Scalar | undefined {
  if (value instanceof Float) return value.value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (typeof value !== 'number') return undefined;
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

export function isFloat(value: Scalar): value is number {
  return typeof value === 'number';
}

/** A whole number or truth value as a whole number. */
export function asInteger(value: bigint | boolean): bigint {
  return typeof value === 'boolean' ? BigInt(value) : value;
}

/** @throws {ExpressionError} when the whole number is past what a float holds. */
export function asFloat(value: Scalar): number {
  const float = Number(value);
  if (typeof value === 'bigint' && !Number.isFinite(float))
    throw new ExpressionError('a whole number is too large for a float');
  return float;
}

/** The whole part. @throws {ExpressionError} when there is none. */
export function truncate(value: Scalar): bigint {
  if (!isFloat(value)) return asInteger(value);
  if (!Number.isFinite(value)) throw new ExpressionError(`${value} has no whole part`);
  return BigInt(Math.trunc(value));
}
