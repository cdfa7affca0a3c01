/** Fields of a workflow file, read leniently: what is of another kind counts as absent. */
import { Float } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';

export function without(source: ReadonlyMap<string, Json>, members: readonly string[]): Map<string, Json> {
  const rest = new Map(source);
  for (const member of members) rest.delete(member);
  return rest;
}

export function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

/** Ids are numbers or texts; both mean the same text. */
export function idOf(json: Json | undefined): string | undefined {
  if (typeof json === 'string') return json;
  if (json instanceof Float) return String(json.value);
  return typeof json === 'number' || typeof json === 'bigint' ? String(json) : undefined;
}

export function numberOf(json: Json | undefined): number | undefined {
  if (json instanceof Float) return json.value;
  return typeof json === 'number' ? json : undefined;
}

/** A list of numbers; early front ends wrote lists of fixed length as objects by position. */
export function numbersOf(json: Json | undefined): number[] {
  const items = json instanceof Map ? ['0', '1', '2', '3'].map((at) => json.get(at)) : listOf(json);
  return items.map(numberOf).filter((one) => one !== undefined);
}

/** Ids that are no whole numbers do not count. */
export function largest(least: number, ids: Iterable<string>): number {
  let found = least;
  for (const id of ids) {
    const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
    if (number > found) found = number;
  }
  return found;
}
