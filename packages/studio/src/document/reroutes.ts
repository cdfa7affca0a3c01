import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { idOf } from './json-field.ts';
import type { Graph } from './types.ts';

/** Links are drawn through points that name them: those of links that are gone go too. */
export function pruneReroutes(members: JsonObject, { links }: Graph): JsonObject {
  const isThere = (id: Json): boolean => links.has(idOf(id) ?? '');
  const inner = asObject(members.get('extra'));
  const prune = (holder: JsonObject): JsonObject => {
    const points = holder.get('reroutes');
    if (!Array.isArray(points)) return holder;
    const kept = points.flatMap((point) => {
      const ids = asObject(point)?.get('linkIds');
      if (!(point instanceof Map) || !Array.isArray(ids) || ids.every(isThere)) return [point];
      const left = ids.filter(isThere);
      return left.length ? [new Map(point).set('linkIds', left)] : [];
    });
    return new Map(holder).set('reroutes', kept);
  };
  const pruned = prune(members);
  return inner?.has('reroutes') ? new Map(pruned).set('extra', prune(inner)) : pruned;
}
