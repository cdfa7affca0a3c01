/** Options of an input, read leniently: what is of another kind counts as absent. */
import { asObject, Float } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';

export function numberOf(json: Json | undefined): number | bigint | undefined {
  if (json instanceof Float) return json.value;
  return typeof json === 'number' || typeof json === 'bigint' ? json : undefined;
}

/** A number that no one writes past 2^53: a step, a time. */
export function smallNumberOf(json: Json | undefined): number | undefined {
  const number = numberOf(json);
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function textOf(json: Json | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined;
}

export function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

export function textsOf(json: Json | undefined): string[] {
  return listOf(json).filter((one) => typeof one === 'string');
}

export const NO_OPTIONS: JsonObject = new Map();

export function objectOf(json: Json | undefined): JsonObject {
  return asObject(json) ?? NO_OPTIONS;
}
