/** Arithmetic of number widgets: whole numbers keep all digits, fractions keep to their step. */

export type NumberValue = number | bigint;

export interface NumberRules {
  readonly isInteger: boolean;
  readonly min?: NumberValue | undefined;
  readonly max?: NumberValue | undefined;
  /** How far one press of an arrow goes. Default 1 for whole numbers, else 0.1. */
  readonly step?: NumberValue | undefined;
}

/** Whole numbers that a `number` holds are one, whatever they were: 5 is never `5n`. */
export function compactInteger(value: bigint): NumberValue {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

const WHOLE = /^[+-]?\d+$/;

/** What a person typed, within the limits; undefined when it is no number. */
export function readNumber(text: string, rules: NumberRules): NumberValue | undefined {
  const trimmed = text.trim().replace(/[_\u00a0 ]/g, '');
  if (rules.isInteger && WHOLE.test(trimmed))
    return clampNumber(compactInteger(BigInt(trimmed.replace(/^\+/, ''))), rules);
  // a comma is how half of the world writes a fraction
  const value = trimmed === '' ? Number.NaN : Number(trimmed.replace(',', '.'));
  if (!Number.isFinite(value)) return undefined;
  return clampNumber(rules.isInteger ? Math.trunc(value) : value, rules);
}

export function clampNumber(value: NumberValue, { min, max }: NumberRules): NumberValue {
  if (min !== undefined && value < min) return min;
  return max !== undefined && value > max ? max : value;
}

/** @param steps how many, downwards when negative; fractions of a step are rounded */
export function stepNumber(value: NumberValue, steps: number, rules: NumberRules): NumberValue {
  if (rules.isInteger) {
    const size = wholeStep(rules.step);
    return clampNumber(compactInteger(toBigInt(value) + size * BigInt(Math.round(steps))), rules);
  }
  const size = Number(rules.step ?? 0.1);
  return clampNumber(roundTo(Number(value) + size * Math.round(steps), decimalsOf(size)), rules);
}

/** Where a slider stands, between 0 and 1; undefined without both limits. */
export function shareOf(value: NumberValue, { min, max }: NumberRules): number | undefined {
  if (min === undefined || max === undefined || max <= min) return undefined;
  return Math.min(1, Math.max(0, (Number(value) - Number(min)) / (Number(max) - Number(min))));
}

/** With more steps in between, a bar that shows the share tells nothing. */
const MOST_SHOWN_STEPS = 1000;

/** Whether a person sees more from a bar than from the number. */
export function isWorthShowing(rules: NumberRules): boolean {
  const { min, max, isInteger, step } = rules;
  if (min === undefined || max === undefined) return false;
  return Number(max) - Number(min) <= MOST_SHOWN_STEPS * Number(step ?? (isInteger ? 1 : 0.1));
}

/** The value on the grid of steps that is nearest to a share of the range. */
export function valueAtShare(share: number, rules: NumberRules): NumberValue | undefined {
  const { min, max, isInteger } = rules;
  if (min === undefined || max === undefined) return undefined;
  const size = isInteger ? Number(wholeStep(rules.step)) : Number(rules.step ?? 0.1);
  const steps = Math.round((share * (Number(max) - Number(min))) / size);
  return stepNumber(min, steps, rules);
}

/** Fractions in as few digits as show them; 1 is shown as `1.0` where fractions are expected. */
export function showNumber(value: NumberValue, { isInteger }: NumberRules): string {
  const text = String(value);
  return isInteger || typeof value === 'bigint' || !/^-?\d+$/.test(text) ? text : `${text}.0`;
}

function toBigInt(value: NumberValue): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
}

function wholeStep(step: NumberValue | undefined): bigint {
  const size = step === undefined ? 1n : toBigInt(step);
  return size > 0n ? size : 1n;
}

/** Digits after the point that a step has: 0.05 has two. */
function decimalsOf(step: number): number {
  const [digits = '', exponent] = String(step).split('e-');
  return (digits.split('.')[1]?.length ?? 0) + Number(exponent ?? 0);
}

/** Sums of fractions leave crumbs: 0.1 + 0.2. What the value had beyond the step is kept to four digits more. */
function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(Math.min(20, decimals + 4)));
}
