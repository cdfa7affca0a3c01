/** Python's `str.lower`, `capitalize` and `title`. They need title case, which JavaScript lacks. */

/** Σ at the end of a word becomes ς: looks at the letters around it past apostrophes, points and accents. */
const FINAL_SIGMA =
  /Σ(?<=(?!\p{Case_Ignorable})\p{Cased}\p{Case_Ignorable}*Σ)(?!\p{Case_Ignorable}*(?!\p{Case_Ignorable})\p{Cased})/gu;
const WORD = /(\p{Cased})(\p{Cased}*)/gu;

/** Letters whose capital stands for two letters: each triple is capital, title, small. */
const DIGRAPHS = new Map(
  ['ǄǅǆǄ', 'ǇǈǉǇ', 'ǊǋǌǊ', 'ǱǲǳǱ'].flatMap((row) => {
    const [capital, title, small] = Array.from(row) as [string, string, string];
    return [capital, title, small].map((letter): [string, string] => [letter, title]);
  }),
);
const GEORGIAN = /[\u10d0-\u10fa\u10fd-\u10ff]/;

/** A letter as the first one of a word. */
function titleLetter(letter: string): string {
  const digraph = DIGRAPHS.get(letter);
  if (digraph) return digraph;
  // Georgian has capitals, but no word starts with one
  if (GEORGIAN.test(letter)) return letter;
  const upper = letter.toUpperCase();
  const [first, ...rest] = Array.from(upper) as [string, ...string[]];
  if (!rest.length || letter === 'ŉ') return upper;
  const code = letter.codePointAt(0)!;
  if (code >= 0x1f80 && code <= 0x1fff && rest.at(-1) === 'Ι') return iotaTitle(code, first, rest);
  return first + rest.join('').toLowerCase();
}

/** Greek vowels with a small iota below keep it below in title case. */
function iotaTitle(code: number, first: string, rest: readonly string[]): string {
  if (code < 0x1fb0) return String.fromCodePoint(code | 8);
  const plain = code & 0xf;
  if (plain === 0x3 || plain === 0xc) return String.fromCodePoint((code & 0xfff0) | 0xc);
  return `${first}${rest.slice(0, -1).join('')}\u0345`;
}

/** The first letter in title case, the rest small. */
export function capitalize(text: string): string {
  const [first] = text;
  if (first === undefined) return '';
  return titleLetter(first) + text.toLowerCase().slice(first.toLowerCase().length);
}

/** The first letter of each run of letters in title case, the others small. */
export function titleCase(text: string): string {
  const settled = text.replace(FINAL_SIGMA, 'ς');
  return settled.replace(
    WORD,
    // each letter for itself: which sigma ends a word is settled
    (_, first: string, rest: string) => titleLetter(first) + rest.replaceAll('Σ', 'σ').toLowerCase(),
  );
}
