/** How much is read at once of what may be long: some milliseconds of work. */

export const PAGE_ITEMS = 64;
/** Unless one item alone has more. */
const PAGE_BYTES = 512 * 1024;

/** How many of the first items make a page: at least one, unless there is none. */
export function pageLength(sizes: readonly number[]): number {
  const most = Math.min(sizes.length, PAGE_ITEMS);
  let bytes = 0;
  for (let at = 0; at < most; at++) {
    bytes += sizes[at]!;
    if (at > 0 && bytes > PAGE_BYTES) return at;
  }
  return most;
}
