/** Text to CLIP's tokens, by byte pair encoding (Sennrich et al. 2016; Radford et al. 2021). */
import { byteCharacters, clipVocabulary, WORD_END } from './vocabulary.ts';

/** What is merged by itself: endings with an apostrophe, letters, single digits, runs of anything else. */
const WORD = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/giu;
/** Words seen before and their tokens: prompts repeat themselves. */
const MOST_REMEMBERED = 10_000;
const remembered = new Map<string, readonly number[]>();

/** The tokens of a text, without start and end. Upper case counts as lower case. */
export function tokenize(text: string): number[] {
  return (text.normalize('NFC').toLowerCase().match(WORD) ?? []).flatMap(wordTokens);
}

function wordTokens(word: string): readonly number[] {
  const known = remembered.get(word);
  if (known) return known;
  const { ids } = clipVocabulary();
  const tokens = merge(word).map((piece) => {
    const id = ids.get(piece);
    if (id === undefined) throw new Error(`CLIP's vocabulary has no piece ${piece}.`);
    return id;
  });
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(word, tokens);
  return tokens;
}

/** Joins neighbouring pieces, the earliest merge first, until none applies. */
function merge(word: string): string[] {
  const { ranks } = clipVocabulary();
  const characters = byteCharacters();
  const pieces = Array.from(new TextEncoder().encode(word), (byte) => characters.get(byte) ?? '');
  pieces[pieces.length - 1] += WORD_END;
  for (;;) {
    let best = Infinity;
    for (let at = 0; at + 1 < pieces.length; at++) {
      best = Math.min(best, ranks.get(`${pieces[at]} ${pieces[at + 1]}`) ?? Infinity);
    }
    if (best === Infinity) return pieces;
    for (let at = 0; at + 1 < pieces.length; at++) {
      if (ranks.get(`${pieces[at]} ${pieces[at + 1]}`) === best) pieces.splice(at, 2, `${pieces[at]}${pieces[at + 1]}`);
    }
  }
}
