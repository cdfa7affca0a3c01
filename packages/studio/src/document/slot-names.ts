import type { Json } from '@snug/protocol/json';

/** Slots are told apart by name, which files do not promise: repeated ones keep theirs beside. */
export function uniqueNames<Slot extends { readonly name: string; readonly extra: ReadonlyMap<string, Json> }>(
  slots: readonly Slot[],
): Slot[] {
  const seen = new Set<string>();
  return slots.map((slot) => {
    if (!seen.has(slot.name)) {
      seen.add(slot.name);
      return slot;
    }
    let number = 2;
    while (seen.has(`${slot.name}#${number}`)) number++;
    const name = `${slot.name}#${number}`;
    seen.add(name);
    return { ...slot, name, extra: new Map<string, Json>(slot.extra).set('name', slot.name) };
  });
}
