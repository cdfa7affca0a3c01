/** Fields of a workflow file, read leniently: what is of another kind counts as absent. */
import { Float } from '@snug/protocol';
import type { Json } from '@snug/protocol';

export function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

export function numberOf(json: Json | undefined): number | undefined {
  if (json instanceof Float) return json.value;
  return typeof json === 'number' ? json : undefined;
}

/** Ids are numbers or texts; both mean the same text. */
export function textOf(json: Json | undefined): string | undefined {
  if (typeof json === 'string') return json;
  if (json instanceof Float) return String(json.value);
  return typeof json === 'number' || typeof json === 'bigint' ? String(json) : undefined;
}
