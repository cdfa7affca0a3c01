/** Text measured in the columns of a terminal. */
import { plainText } from '@snug/protocol';

const graphemes = new Intl.Segmenter();
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
/** East Asian characters that take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

/** As {@link plainText}, with the lines kept. */
export function plainLines(text: string): string {
  return text.split(/\r?\n/).map(plainText).join('\n');
}

function graphemeColumns(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.test(grapheme) ? 2 : 1;
}

/** The columns that a text without control characters takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += graphemeColumns(segment);
  return columns;
}

/** The beginning of a text that fits into so many columns; what was cut ends in an ellipsis. */
export function cutToColumns(text: string, columns: number): string {
  if (columns <= 0) return '';
  let used = 0;
  let fits = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += graphemeColumns(segment);
    if (used > columns) return `${text.slice(0, fits)}…`;
    // room for the ellipsis
    if (used < columns) fits = index + segment.length;
  }
  return text;
}

/** A text cut or filled with spaces to exactly so many columns. */
export function fitColumns(text: string, columns: number): string {
  const cut = cutToColumns(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - columnsOf(cut)));
}
