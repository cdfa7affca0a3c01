/** What `GET /object_info` says of a node, as typed data. Wire names; see PROTOCOL.md, rules OI*. */
import type { Json, JsonObject } from './json.ts';

/** A type name, a comma list of them, `*`, or the options themselves (the older form of a choice). */
export type InputType = string | Json[];

/** `[type]` or `[type, options]`. */
export type InputDescription = readonly [type: InputType, options?: JsonObject];

export type InputGroup = 'required' | 'optional' | 'hidden';

/** One node as clients see it, kept as JSON so that key order and number kinds survive. */
export type NodeDescription = JsonObject;

/** Types whose inputs a person sets as several dotted keys: `images.image0`, `format.quality`. */
export const DYNAMIC_TYPES = {
  autogrow: 'COMFY_AUTOGROW_V3',
  combo: 'COMFY_DYNAMICCOMBO_V3',
  slot: 'COMFY_DYNAMICSLOT_V3',
  match: 'COMFY_MATCHTYPE_V3',
} as const;
