/** Reading values of unknown form. Hand-written: a message must cost next to nothing, and the client stays small. */

export type WireObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member of an object: what a prototype has is not on the wire. */
export function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function textAt(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: unknown, key: string): number | undefined {
  const found = member(value, key);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = member(value, key);
  return Array.isArray(found) ? found : [];
}

/** The texts of a list; whatever else it holds is left out. */
export function textsAt(value: unknown, key: string): string[] {
  return listAt(value, key).filter((item): item is string => typeof item === 'string');
}

export function objectAt(value: unknown, key: string): WireObject | undefined {
  const found = member(value, key);
  return isObject(found) ? found : undefined;
}

/** Own members of an object, none for anything else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}
