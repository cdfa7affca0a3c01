import { floatText } from '@snug/protocol';
import { fixedText, leadingDigits } from './decimal.ts';
import type { FormatSpec } from './format-spec.ts';

/** Digits before the point, and what follows them: point, fraction, exponent, percent sign. `size` is finite, >= 0. */
export function floatBody(size: number, spec: FormatSpec): readonly [whole: string, rest: string] {
  const { type, precision, alternate } = spec;
  switch (type) {
    case 'f':
    case 'F':
      return split(withPoint(fixedText(size, precision ?? 6), alternate));
    case '%': {
      const percent = size * 100;
      if (!Number.isFinite(percent)) return ['inf', '%'];
      return split(`${withPoint(fixedText(percent, precision ?? 6), alternate)}%`);
    }
    case 'e':
    case 'E':
      return split(cased(exponentText(size, (precision ?? 6) + 1, alternate), type));
    case '':
      // the shortest text that reads back, unless digits are asked for
      if (precision === undefined) return split(alternate ? withPoint(floatText(size), true) : floatText(size));
      return split(generalText(size, precision || 1, alternate, true));
    default:
      return split(cased(generalText(size, precision === undefined ? 6 : precision || 1, alternate, false), type));
  }
}

const cased = (text: string, type: string): string => (type === 'E' || type === 'G' ? text.toUpperCase() : text);

function split(text: string): readonly [string, string] {
  const whole = /^\d+/.exec(text)![0];
  return [whole, text.slice(whole.length)];
}

function withPoint(text: string, always: boolean): string {
  return always && !text.includes('.') ? text.replace(/^\d+/, '$&.') : text;
}

function exponentText(size: number, count: number, alternate: boolean): string {
  const { digits, exponent } = leadingDigits(size, count);
  const point = count > 1 || alternate ? '.' : '';
  return `${digits[0]}${point}${digits.slice(1)}${exponentSuffix(exponent)}`;
}

function exponentSuffix(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** So many digits, as a plain number where its size allows. `floatLike` keeps one digit after the point. */
function generalText(size: number, count: number, alternate: boolean, floatLike: boolean): string {
  const { digits, exponent } = leadingDigits(size, count);
  const plain = exponent >= -4 && exponent < (floatLike ? count - 1 : count);
  if (plain) {
    const text = fixedText(size, count - 1 - exponent);
    if (alternate) return withPoint(text, true);
    const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    return floatLike && !trimmed.includes('.') ? `${trimmed}.0` : trimmed;
  }
  if (alternate) return exponentText(size, count, true);
  const kept = digits.replace(/0+$/, '') || '0';
  return `${kept[0]}${kept.length > 1 ? '.' : ''}${kept.slice(1)}${exponentSuffix(exponent)}`;
}
