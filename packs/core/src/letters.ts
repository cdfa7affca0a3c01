/** The names of inputs that grow by letter. */
export const LETTERS: readonly string[] = Array.from('abcdefghijklmnopqrstuvwxyz');
