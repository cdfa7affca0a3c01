import { ExpressionError } from './expression-error.ts';

export interface Token {
  readonly kind: 'whole' | 'float' | 'name' | 'sign' | 'end';
  readonly text: string;
  /** UTF-16 units from the start. */
  readonly at: number;
}

const MAX_LENGTH = 10_000;
/** Python reads no whole number with more digits, either. */
const MAX_DIGITS = 4300;
const DIGITS = '\\d+(?:_\\d+)*';
const TOKEN = new RegExp(
  [
    '(?<space>\\s+)',
    `(?<number>(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?)`,
    '(?<name>[A-Za-z_][A-Za-z_0-9]*)',
    '(?<sign>\\*\\*|//|[=!<>]=|[-+*/%<>(),[\\]])',
  ].join('|'),
  'y',
);

/** @throws {ExpressionError} at the first character that starts no token. */
export function tokenize(expression: string): Token[] {
  if (expression.length > MAX_LENGTH) throw new ExpressionError(`longer than ${MAX_LENGTH} characters`);
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(expression)?.groups;
    if (!groups) throw new ExpressionError(`unexpected ${JSON.stringify(expression[at])} at position ${at}`);
    const { space, number, name, sign } = groups;
    if (number !== undefined) tokens.push(numberToken(number, at));
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    at += (space ?? number ?? name ?? sign)!.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function numberToken(source: string, at: number): Token {
  const text = source.replaceAll('_', '');
  if (!/^\d+$/.test(text)) return { kind: 'float', text, at };
  if (text.length > MAX_DIGITS) throw new ExpressionError(`a number with more than ${MAX_DIGITS} digits`);
  if (/^0+[1-9]/.test(text)) throw new ExpressionError(`the number ${text} at position ${at} starts with a zero`);
  return { kind: 'whole', text, at };
}
