/** Rows of 77 tokens, as the text encoders take them: a long prompt fills several. */
import { END_TOKEN, START_TOKEN } from './vocabulary.ts';

/** An id, or a vector that takes the place of one. */
export type Token = number | Float32Array;

export interface WeightedToken {
  readonly token: Token;
  readonly weight: number;
}

const ROW = 77;
/** A phrase of fewer tokens is not torn apart at the end of a row. */
const LONG_PHRASE = 8;

/** Lays phrases into rows, each with a start, an end and padding; there is at least one row. */
export function fillRows(phrases: readonly (readonly WeightedToken[])[], padding: number): WeightedToken[][] {
  const plain = (token: number): WeightedToken => ({ token, weight: 1 });
  const rows: WeightedToken[][] = [];
  let row: WeightedToken[] = [plain(START_TOKEN)];
  const finish = (): void => {
    row.push(plain(END_TOKEN));
    while (row.length < ROW) row.push(plain(padding));
    rows.push(row);
    row = [plain(START_TOKEN)];
  };
  const room = (): number => ROW - 1 - row.length;
  for (const phrase of phrases) {
    let rest = phrase;
    while (rest.length > room()) {
      if (phrase.length >= LONG_PHRASE) {
        const taken = room();
        row.push(...rest.slice(0, taken));
        rest = rest.slice(taken);
      }
      finish();
    }
    row.push(...rest);
  }
  if (row.length > 1 || !rows.length) finish();
  return rows;
}
