/** What the two sides tell each other that they can, in `feature_flags` and at `GET /features`. */
import * as v from 'valibot';
import { anyObject } from './record-schema.ts';

export interface FeatureSpec<S extends v.GenericSchema = v.GenericSchema> {
  readonly schema: S;
  /** Not a flag of the reference. */
  readonly ours: boolean;
  readonly rules: readonly string[];
}

const feature = <S extends v.GenericSchema>(schema: S, rules: readonly string[], ours = false): FeatureSpec<S> => ({
  schema,
  ours,
  rules,
});

/** What a server tells. Any of them may be missing, and there may be more. */
export const serverFeatures = {
  /** Previews can say which node and prompt they are of. */
  supports_preview_metadata: feature(v.boolean(), ['SE10']),
  /** Bytes of a request body; may be a fraction. */
  max_upload_size: feature(v.number(), ['HT8', 'TX22']),
  supports_model_type_tags: feature(v.boolean(), ['TX22']),
  extension: feature(anyObject, ['TX22']),
  node_replacements: feature(v.boolean(), ['FI24']),
  /** Whether the server keeps assets; ours does not. */
  assets: feature(v.boolean(), ['FI26']),
  /** A socket whose client id was taken over is closed with 4409, for clients that say they understand it. */
  supports_takeover_close: feature(v.boolean(), ['EXT2'], true),
} as const satisfies Readonly<Record<string, FeatureSpec>>;

/** What a client may tell; only `true` switches something on. */
export const clientFeatures = {
  supports_preview_metadata: feature(v.boolean(), ['SE10']),
  supports_takeover_close: feature(v.boolean(), ['EXT2'], true),
} as const satisfies Readonly<Record<string, FeatureSpec>>;

type FeaturesOf<T extends Readonly<Record<string, FeatureSpec>>> = {
  readonly [K in keyof T]?: v.InferOutput<T[K]['schema']> | undefined;
} & { readonly [name: string]: unknown };

export type ServerFeatures = FeaturesOf<typeof serverFeatures>;
export type ClientFeatures = FeaturesOf<typeof clientFeatures>;

/** The features of a table that a server or client tells in a form that can be used; others are left out. */
export function readFeatures<T extends Readonly<Record<string, FeatureSpec>>>(
  table: T,
  told: unknown,
): { readonly [K in keyof T]?: v.InferOutput<T[K]['schema']> } {
  const read: Record<string, unknown> = {};
  if (typeof told !== 'object' || told === null) return {};
  for (const [name, { schema }] of Object.entries(table)) {
    const value = Object.hasOwn(told, name) ? (told as Record<string, unknown>)[name] : undefined;
    if (v.is(schema, value)) read[name] = value;
  }
  return read;
}
