/** Texts by code point, as Python counts them. */

const PAIRED = /[\ud800-\udbff][\udc00-\udfff]/;

/** How many code points a text has. */
export function codePointLength(text: string): number {
  let length = 0;
  // oxlint-disable-next-line no-unused-vars -- iterating a text goes by code point and makes no copy
  for (const _ of text) length++;
  return length;
}

/** `text[start:end]`: negative positions count from the end, positions outside are cut to the text. */
export function sliceCodePoints(text: string, start: number, end?: number): string {
  // without surrogate pairs a position is a UTF-16 unit, and both languages slice alike
  return PAIRED.test(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end);
}
