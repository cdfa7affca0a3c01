/** Colours as front ends write them: `#rrggbb`, `#rgb`, or with alpha `#rrggbbaa`. */

const LONG = /^#?([\da-f]{2})([\da-f]{2})([\da-f]{2})(?:[\da-f]{2})?$/i;
const SHORT = /^#?([\da-f])([\da-f])([\da-f])$/i;

/** Red, green and blue from 0 to 1, or undefined when the text is no colour. Alpha is left out. */
export function parseHexColour(text: string): readonly [number, number, number] | undefined {
  const long = LONG.exec(text);
  const digits = long ?? SHORT.exec(text);
  if (!digits) return undefined;
  const most = long ? 255 : 15;
  const [, red = '', green = '', blue = ''] = digits;
  return [parseInt(red, 16) / most, parseInt(green, 16) / most, parseInt(blue, 16) / most];
}
