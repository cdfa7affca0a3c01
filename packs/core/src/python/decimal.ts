/** Floats in decimal, rounded as Python does it: from the exact binary value, and half to even. */

/** A size as 0.digits × 10^point; no digits for zero. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const ZERO: Decimal = { digits: '', point: 0 };

/** All digits of a float, at most 767. `size` is finite and not negative. */
function exactDecimal(size: number): Decimal {
  if (size === 0) return ZERO;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  const raw = bits.getBigUint64(0);
  const field = Number(raw >> 52n);
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  const mantissa = field ? fraction | (1n << 52n) : fraction;
  const exponent = (field || 1) - 1075;
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return { digits, point: digits.length };
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + exponent };
}

/** Keeps the first `count` digits, rounding half to even. */
function keepDigits(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count >= digits.length) return decimal;
  if (count < 0) return { digits: '', point };
  const head = digits.slice(0, count);
  const next = digits[count]!;
  const tieUp = /[1-9]/.test(digits.slice(count + 1)) || Number(head.at(-1) ?? '0') % 2 === 1;
  if (next < '5' || (next === '5' && !tieUp)) return { digits: head, point };
  const raised = (BigInt(head) + 1n).toString();
  return { digits: raised, point: point + (raised.length > count ? 1 : 0) };
}

/** `12.35`: exactly `places` digits after the point. `size` is finite and not negative. */
export function fixedText(size: number, places: number): string {
  const exact = exactDecimal(size);
  const { digits, point } = keepDigits(exact, exact.point + places);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (!places) return whole;
  const fraction = '0'.repeat(Math.min(places, Math.max(0, -point))) + digits.slice(Math.max(point, 0));
  return `${whole}.${fraction.slice(0, places).padEnd(places, '0')}`;
}

/** The first `count` digits and the power of ten of the first one. `size` is finite and not negative. */
export function leadingDigits(size: number, count: number): { readonly digits: string; readonly exponent: number } {
  const { digits, point } = keepDigits(exactDecimal(size), count);
  return { digits: digits.padEnd(count, '0').slice(0, count), exponent: size === 0 ? 0 : point - 1 };
}

/** Rounds to `places` digits after the point, negative ones before it. */
export function roundTo(value: number, places: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const exact = exactDecimal(Math.abs(value));
  const { digits, point } = keepDigits(exact, exact.point + places);
  const size = Number(`0.${digits || '0'}e${point}`);
  return value < 0 ? -size : size;
}
