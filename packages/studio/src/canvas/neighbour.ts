/** The node that a person means by "the next one that way". */
import type { Point } from '../document/types.ts';

export interface Placed {
  readonly id: string;
  readonly middle: Point;
}

/** Aside counts twice: what lies straight ahead comes first. */
const ASIDE = 2;

export function neighbourOf(from: Placed, all: readonly Placed[], way: Point): string | undefined {
  let nearest: { readonly id: string; readonly distance: number } | undefined;
  for (const { id, middle } of all) {
    const dx = middle.x - from.middle.x;
    const dy = middle.y - from.middle.y;
    const ahead = dx * way.x + dy * way.y;
    const aside = Math.abs(dx * way.y) + Math.abs(dy * way.x);
    if (id === from.id || ahead <= 0) continue;
    const distance = ahead + ASIDE * aside;
    if (!nearest || distance < nearest.distance) nearest = { id, distance };
  }
  return nearest?.id;
}
