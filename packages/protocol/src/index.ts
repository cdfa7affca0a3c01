export { asObject, Float, float, floatText, JsonError, parseJson, stringifyJson, toJson, toPlain } from './json.ts';
export type { Json, JsonObject, ParseJsonOptions, StringifyJsonOptions } from './json.ts';
export { pythonRepr, pythonStr, pythonTruth } from './python-text.ts';
export { DYNAMIC_TYPES } from './object-info.ts';
export type { InputDescription, InputGroup, InputType, NodeDescription } from './object-info.ts';
export { decodeFrame, encodeFrame, FRAME } from './frames.ts';
export type { Frame, PictureMime, PreviewMetadata } from './frames.ts';
