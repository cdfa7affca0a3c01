/** Texts with choices, as the front end resolves them when it submits: `a {red|blue} car // a note`. */

interface Choice {
  readonly done: string[];
  open: string;
}

/**
 * Replaces each `{a|b|c}` by one of its members and drops `//` and C-style comments; `\{`, `\}` and `\|` are literal.
 * `random` gives numbers in [0, 1).
 */
export function resolveDynamicText(text: string, random: () => number): string {
  const plain = withoutComments(text);
  const outer: Choice[] = [];
  let current: Choice = { done: [], open: '' };
  for (let at = 0; at < plain.length; at++) {
    const unit = plain[at]!;
    const escaped = plain[at + 1];
    if (unit === '\\' && (escaped === '{' || escaped === '}' || escaped === '|')) {
      current.open += escaped;
      at++;
    } else if (unit === '{') {
      outer.push(current);
      current = { done: [], open: '' };
    } else if (unit === '|' && outer.length) {
      current.done.push(current.open);
      current.open = '';
    } else if (unit === '}' && outer.length) {
      const members = [...current.done, current.open];
      current = outer.pop()!;
      current.open += members[Math.floor(random() * members.length)] ?? '';
    } else current.open += unit;
  }
  // a brace that nobody closed is a brace
  for (let parent = outer.pop(); parent; parent = outer.pop()) {
    parent.open += `{${[...current.done, current.open].join('|')}`;
    current = parent;
  }
  return current.open;
}

function withoutComments(text: string): string {
  let kept = '';
  let from = 0;
  let canClose = true;
  for (let at = text.indexOf('/'); at !== -1; at = text.indexOf('/', at)) {
    let end = -1;
    if (text[at + 1] === '/') {
      end = text.indexOf('\n', at);
      if (end === -1) end = text.length;
    } else if (text[at + 1] === '*' && canClose) {
      end = text.indexOf('*/', at + 2);
      canClose = end !== -1;
      if (canClose) end += 2;
    }
    if (end === -1) at++;
    else {
      kept += text.slice(from, at);
      from = at = end;
    }
  }
  return kept + text.slice(from);
}
