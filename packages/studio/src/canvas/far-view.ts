/** Smaller than this nobody can read a widget: nodes are boxes with a title. */
const READABLE_ZOOM = 0.32;
/** Smaller than this nobody can read the title either. */
const TITLE_ZOOM = 0.18;

interface View {
  /** Where the canvas begins, and its zoom. */
  readonly transform: readonly [number, number, number];
}

export function isFarAway({ transform }: View): boolean {
  return transform[2] < READABLE_ZOOM;
}

export function showsTitles({ transform }: View): boolean {
  return transform[2] >= TITLE_ZOOM;
}
