import { BadInput } from './bad-input.ts';

/** Longer results are refused, in UTF-16 units: two short inputs can ask for a text that no memory holds. */
export const MAX_TEXT = 2 ** 26;

/** @throws {BadInput} when a text of that length is too long to make. */
export function checkLength(length: number, input: string): void {
  if (length > MAX_TEXT) throw new BadInput(input, `the result would be longer than ${MAX_TEXT} characters.`);
}
