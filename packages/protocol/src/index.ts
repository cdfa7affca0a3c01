export { asObject, Float, float, floatText, JsonError, parseJson, stringifyJson, toJson, toPlain } from './json.ts';
export type { Json, JsonObject, ParseJsonOptions, StringifyJsonOptions } from './json.ts';
export { plainText } from './plain-text.ts';
export { pythonRepr, pythonStr, pythonTruth } from './python-text.ts';
export { DYNAMIC_TYPES } from './object-info.ts';
export type { InputDescription, InputGroup, InputType, NodeDescription } from './object-info.ts';
export { decodeFrame, encodeFrame, FRAME } from './frames.ts';
export type { Frame, PictureMime, PreviewMetadata } from './frames.ts';
export { clientMessages, serverMessages } from './messages.ts';
export type {
  ClientMessage,
  ClientMessageType,
  Delivery,
  MessageData,
  MessageScope,
  MessageSpec,
  NodeProgress,
  ServerMessage,
  ServerMessageType,
} from './messages.ts';
export { decodeMessage, parseTolerantly } from './decode.ts';
export type { UnknownMessage } from './decode.ts';
export {
  cancelBody,
  clearBody,
  freeBody,
  interruptBody,
  promptBody,
  routePaths,
  routes,
  subscribeBody,
  userBody,
} from './routes.ts';
export type { Method, ReplyKind, RouteName, RouteSpec } from './routes.ts';
export { clientFeatures, readFeatures, serverFeatures } from './features.ts';
export type { ClientFeatures, FeatureSpec, ServerFeatures } from './features.ts';
export { errors, exceptionTypes } from './errors.ts';
export type { ErrorCode, ErrorFamily, ErrorSpec } from './errors.ts';
export { isCanonicalUuid, mintUuid } from './ids.ts';
