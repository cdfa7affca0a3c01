/** The items of an axis that an index and a length name: a negative index counts from the end, both stay inside. */
export function axisPart(size: number, index: number, length: number): { start: number; length: number } {
  const start = Math.max(Math.min(index < 0 ? index + size : index, size - 1), 0);
  return { start, length: Math.min(length, size - start) };
}
