/** The functions that an expression may call. Lists among the arguments stand for their members. */
import { roundTo } from '../python/decimal.ts';
import { compare, negate, OPERATORS } from './arithmetic.ts';
import { ExpressionError } from './expression-error.ts';
import { asFloat, asInteger, isFloat, truncate } from './scalar.ts';
import type { Scalar } from './scalar.ts';

interface MathFunction {
  readonly least: number;
  readonly most: number;
  /** `call` is given from `least` to `most` arguments. */
  call(values: readonly Scalar[]): Scalar;
}

const one = (call: (value: Scalar) => Scalar): MathFunction => ({ least: 1, most: 1, call: ([value]) => call(value!) });

function real(name: string, compute: (value: number) => number, accepts: (value: number) => boolean): MathFunction {
  return one((value) => {
    const float = asFloat(value);
    if (!accepts(float)) throw new ExpressionError(`${name} is not defined for ${float}`);
    return compute(float);
  });
}

const positive = (value: number): boolean => !(value <= 0);

function wholeNear(name: string, round: (value: number) => number): MathFunction {
  return one((value) => {
    if (!isFloat(value)) return asInteger(value);
    if (!Number.isFinite(value)) throw new ExpressionError(`${name} is not defined for ${value}`);
    return BigInt(round(value));
  });
}

function extreme(operator: '<' | '>'): MathFunction {
  const call = (values: readonly Scalar[]): Scalar =>
    values.reduce((best, value) => (compare(value, operator, best) ? value : best));
  return { least: 1, most: Infinity, call };
}

function round([value, places]: readonly Scalar[]): Scalar {
  if (places !== undefined && isFloat(places)) throw new ExpressionError('round takes a whole number of places');
  const digits = places === undefined ? undefined : asInteger(places);
  if (isFloat(value!)) {
    if (digits !== undefined) return roundTo(value, Number(clamp(digits, 400n)));
    if (!Number.isFinite(value)) throw new ExpressionError(`round is not defined for ${value}`);
    return BigInt(roundTo(value, 0));
  }
  const whole = asInteger(value!);
  if (digits === undefined || digits >= 0n) return whole;
  // past the most digits that a whole number has, all are rounded away
  const unit = 10n ** -clamp(digits, 20_000n);
  const rest = ((whole % unit) + unit) % unit;
  const down = whole - rest;
  const twice = rest * 2n;
  return twice > unit || (twice === unit && (down / unit) % 2n !== 0n) ? down + unit : down;
}

function clamp(value: bigint, limit: bigint): bigint {
  if (value > limit) return limit;
  return value < -limit ? -limit : value;
}

const add = OPERATORS.get('+')!;
const power = OPERATORS.get('**')!;

function log([value, base]: readonly Scalar[]): number {
  const parts = [value!, base ?? 1n].map(asFloat) as [number, number];
  if (!parts.every(positive)) throw new ExpressionError('log is defined for positive numbers only');
  if (base === undefined) return Math.log(parts[0]);
  const divisor = Math.log(parts[1]);
  if (divisor === 0) throw new ExpressionError('division by zero');
  return Math.log(parts[0]) / divisor;
}

export const FUNCTIONS: ReadonlyMap<string, MathFunction> = new Map(
  Object.entries<MathFunction>({
    sum: { least: 0, most: Infinity, call: (values) => values.reduce<Scalar>(add, 0n) },
    min: extreme('<'),
    max: extreme('>'),
    abs: one((value) =>
      isFloat(value) ? Math.abs(value) : compare(value, '<', 0n) ? negate(value) : asInteger(value),
    ),
    round: { least: 1, most: 2, call: round },
    pow: { least: 2, most: 2, call: ([base, exponent]) => power(base!, exponent!) },
    sqrt: real('sqrt', Math.sqrt, (value) => !(value < 0)),
    ceil: wholeNear('ceil', Math.ceil),
    floor: wholeNear('floor', Math.floor),
    log: { least: 1, most: 2, call: log },
    log2: real('log2', Math.log2, positive),
    log10: real('log10', Math.log10, positive),
    sin: real('sin', Math.sin, Number.isFinite),
    cos: real('cos', Math.cos, Number.isFinite),
    tan: real('tan', Math.tan, Number.isFinite),
    int: one(truncate),
    float: one(asFloat),
  }),
);
