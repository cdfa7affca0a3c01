/** Lines of text as an SVG drawing. */

/** Longer texts are cut: more than this is never readable on an image. */
const MAX_TEXT = 20_000;
/** Width of a character in a common typeface, of its size. */
const CHARACTER_WIDTH = 0.6;
const LINE_HEIGHT = 1.25;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);
// oxlint-disable-next-line no-control-regex -- XML cannot hold these, not even escaped
const NOT_XML = /[\u0000-\u001f\ufffe\uffff]/g;
const SPACE = /\s+/;

export interface TextStyle {
  /** Of the characters, in pixels. */
  readonly size: number;
  /** As `#rrggbb`. */
  readonly colour: string;
  readonly align: 'left' | 'center' | 'right';
  /** A dark line around the characters. */
  readonly outline: boolean;
}

export interface TextDrawing {
  readonly svg: string;
  /** In pixels. */
  readonly height: number;
}

/** Breaks text into lines of at most `length` characters, at spaces if it can, and keeps the first `count` lines. */
export function wrapText(text: string, length: number, count: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.slice(0, MAX_TEXT).split(/\r\n?|\n/)) {
    if (lines.length >= count) break;
    let line = '';
    let used = 0;
    for (const word of paragraph.split(SPACE)) {
      const characters = Array.from(word);
      if (line && used + 1 + characters.length <= length) {
        line += ` ${word}`;
        used += 1 + characters.length;
        continue;
      }
      if (line) lines.push(line);
      let from = 0;
      for (; characters.length - from > length; from += length) {
        lines.push(characters.slice(from, from + length).join(''));
      }
      line = characters.slice(from).join('');
      used = characters.length - from;
    }
    lines.push(line);
  }
  return lines.slice(0, count);
}

function escapeXml(text: string): string {
  return text.replace(NOT_XML, '').replace(/[&<>"']/g, (character) => ESCAPES.get(character)!);
}

/** Draws a text into a strip of the given width, at most `maxHeight` high. */
export function drawText(text: string, width: number, maxHeight: number, style: TextStyle): TextDrawing {
  const { size, align } = style;
  const margin = size / 2;
  const lineHeight = size * LINE_HEIGHT;
  const fitting = Math.max(Math.floor((width - 2 * margin) / (size * CHARACTER_WIDTH)), 1);
  const lines = wrapText(text, fitting, Math.max(Math.ceil(maxHeight / lineHeight), 1));
  const height = Math.min(Math.ceil(lines.length * lineHeight + margin), maxHeight);
  const x = align === 'left' ? margin : align === 'right' ? width - margin : width / 2;
  const anchor = align === 'left' ? 'start' : align === 'right' ? 'end' : 'middle';
  const stroke = style.outline
    ? ` stroke="#000000" stroke-width="${size / 8}" stroke-linejoin="round" paint-order="stroke"`
    : '';
  const rows = lines.map((line, at) => {
    const y = margin / 2 + size + at * lineHeight;
    return `<text x="${x}" y="${y}">${escapeXml(line)}</text>`;
  });
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<g font-family="sans-serif" font-size="${size}" text-anchor="${anchor}" fill="${style.colour}"${stroke}>` +
    `${rows.join('')}</g></svg>`;
  return { svg, height };
}
