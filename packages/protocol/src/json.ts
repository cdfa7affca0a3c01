export { asObject, Float, float, floatText, toJson, toPlain } from './json-values.ts';
export type { Json, JsonObject } from './json-values.ts';
export { JsonError, parseJson } from './read-json.ts';
export type { ParseJsonOptions } from './read-json.ts';
export { stringifyJson } from './write-json.ts';
export type { StringifyJsonOptions } from './write-json.ts';
