/** Values of any kind as text for people, however large they are. */
import { isImage, isLatent, isMask } from '@snug/node-kit';
import { Float, pythonRepr } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';

/** Values nested deeper, or with more members, are not shown in full. */
const MAX_DEPTH = 100;
const MAX_MEMBERS = 1_000_000;

/**
 * A value as JSON with nothing lost. Undefined when it holds anything that JSON has no form for (pixels, functions,
 * instances of classes), nests deeper than 100 levels, or has more than a million members.
 */
export function jsonData(value: unknown): Json | undefined {
  let members = 0;

  // recursion is bounded by MAX_DEPTH
  function read(item: unknown, depth: number): Json | undefined {
    if (item === null || item === undefined) return null;
    if (item instanceof Float) return item;
    if (typeof item === 'object') return depth < MAX_DEPTH ? readMembers(item, depth + 1) : undefined;
    return isScalar(item) ? item : undefined;
  }

  function readMembers(item: object, depth: number): Json | undefined {
    if (Array.isArray(item)) {
      const list: Json[] = [];
      for (const member of item as unknown[]) {
        const json = ++members > MAX_MEMBERS ? undefined : read(member, depth);
        if (json === undefined) return undefined;
        list.push(json);
      }
      return list;
    }
    const entries = entriesOf(item);
    if (!entries) return undefined;
    const object: JsonObject = new Map();
    for (const [key, member] of entries) {
      const json = ++members > MAX_MEMBERS ? undefined : read(member, depth);
      if (json === undefined) return undefined;
      object.set(String(key), json);
    }
    return object;
  }

  return read(value, 0);
}

function isScalar(item: unknown): item is string | boolean | number | bigint {
  return ['string', 'boolean', 'number', 'bigint'].includes(typeof item);
}

/** The members of a map or a plain object. */
function entriesOf(item: object): Iterable<[unknown, unknown]> | undefined {
  if (item instanceof Map) return item as Map<unknown, unknown>;
  const prototype: unknown = Object.getPrototypeOf(item);
  return prototype === null || prototype === Object.prototype ? Object.entries(item) : undefined;
}

/** Python's `str` of a value; what cannot be written out is named by its kind and shape. */
export function shownText(value: unknown): string {
  return typeof value === 'string' ? value : shownRepr(value);
}

/** As {@link shownText}, with texts in quotes. */
export function shownRepr(value: unknown): string {
  const json = jsonData(value);
  return json === undefined ? kindText(value) : pythonRepr(json);
}

/** What kind of value it is, and how large. */
export function kindText(value: unknown): string {
  if (isImage(value)) return shapeText('image', [value.batch, value.height, value.width, value.channels]);
  if (isMask(value)) return shapeText('mask', [value.batch, value.height, value.width]);
  if (isLatent(value)) return shapeText('latent', value.samples.shape);
  if (Array.isArray(value)) return `<list of ${value.length}>`;
  if (typeof value !== 'object' || value === null) return `<${typeof value}>`;
  return `<${value.constructor?.name ?? 'object'}>`;
}

function shapeText(kind: string, sides: readonly number[]): string {
  return `<${kind} [${sides.join(', ')}]>`;
}
