/** Weights in prompts: `(more)`, `((much more))`, `(exactly:1.3)`; `\(` and `\)` are parentheses of the text. */

export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}

/** What a pair of parentheses without a number multiplies by. */
const EMPHASIS = 1.1;
const NUMBERED = /^(.+):\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*$/is;

/** Splits a prompt where its weight changes. A number is the weight itself, whatever is around its parentheses. */
export function weightedTexts(prompt: string, weight = 1): WeightedText[] {
  const found: WeightedText[] = [];
  const say = (text: string): void => {
    if (text) found.push({ text: text.replace(/\\([()])/g, '$1'), weight });
  };
  let from = 0;
  for (let at = 0; at < prompt.length; at++) {
    if (prompt[at] === '\\' && /[()]/.test(prompt[at + 1] ?? '')) at++;
    else if (prompt[at] === '(') {
      const end = closing(prompt, at);
      if (end === undefined) break;
      say(prompt.slice(from, at));
      const inside = prompt.slice(at + 1, end);
      const [, text = inside, number] = NUMBERED.exec(inside) ?? [];
      found.push(...weightedTexts(text, number === undefined ? weight * EMPHASIS : Number(number)));
      at = end;
      from = end + 1;
    }
  }
  say(prompt.slice(from));
  return found;
}

/** Where the parenthesis that opens at `from` closes; undefined when it does not: then it is text. */
function closing(prompt: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < prompt.length; at++) {
    if (prompt[at] === '\\' && /[()]/.test(prompt[at + 1] ?? '')) at++;
    else if (prompt[at] === '(') depth++;
    else if (prompt[at] === ')' && --depth === 0) return at;
  }
  return undefined;
}
