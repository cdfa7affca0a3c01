/** What Python takes for white space in text: not quite what JavaScript does. */

/** The members of a character class of a regular expression. */
export const WHITESPACE =
  '\\t-\\r\\u{1c}-\\u{20}\\u{85}\\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}';

const SPACE = new RegExp(`[${WHITESPACE}]`, 'u');

/** Removes white space at one end or both. */
export function strip(text: string, side: 'both' | 'left' | 'right' = 'both'): string {
  let start = 0;
  let end = text.length;
  // a loop, as a regular expression for the right end takes the square of the longest run of spaces
  if (side !== 'right') while (start < end && SPACE.test(text[start]!)) start++;
  if (side !== 'left') while (end > start && SPACE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}
