/** Smaller than this nobody can read a widget: nodes are boxes with a title. */
const READABLE_ZOOM = 0.32;

/** @param view the state of xyflow */
export function isFarAway({ transform }: { readonly transform: readonly [number, number, number] }): boolean {
  return transform[2] < READABLE_ZOOM;
}
