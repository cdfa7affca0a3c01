/** Which inputs of a node the front end shows as widgets, read from the node's description. */
import { asObject, DYNAMIC_TYPES } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';

export type WidgetKind = 'int' | 'float' | 'string' | 'boolean' | 'combo' | 'other';

export interface WidgetSpec {
  /** The input's name in a prompt; dotted inside dynamic inputs. */
  readonly name: string;
  readonly kind: WidgetKind;
  readonly options: JsonObject;
  /** What a combo offers, where the description says so. */
  readonly choices: readonly Json[] | undefined;
  /** The widget is followed by one that changes it after each run. */
  readonly hasControl: boolean;
  /** Inputs that a choice brings along, by choice. */
  readonly branches: ReadonlyMap<Json, JsonObject> | undefined;
}

/** What stands in a node's list of widget values, in order. */
export type WidgetPlace =
  | { readonly kind: 'widget'; readonly spec: WidgetSpec }
  /** A socket that older front ends gave a value nevertheless. */
  | { readonly kind: 'placeholder' }
  /** Buttons that the front end adds after the required inputs. */
  | { readonly kind: 'uploads' };

const KINDS: ReadonlyMap<string, WidgetKind> = new Map([
  ['INT', 'int'],
  ['FLOAT', 'float'],
  ['STRING', 'string'],
  ['BOOLEAN', 'boolean'],
  ['COMBO', 'combo'],
  [DYNAMIC_TYPES.combo, 'combo'],
]);
/** Widgets of the front end that some nodes use without saying `socketless`. */
const OTHER_WIDGETS = new Set([
  'AUDIOUPLOAD',
  'AUDIO_RECORD',
  'AUDIO_UI',
  'BOUNDING_BOX',
  'COLOR',
  'CURVE',
  'IMAGEUPLOAD',
  'LOAD_3D',
  'LOAD_3D_ANIMATION',
  'MARKDOWN',
  'PAINTER',
  'RANGE',
  'WEBCAM',
]);
const UPLOADS = ['image_upload', 'video_upload', 'animated_image_upload', 'audio_upload', 'file_upload'];
const SEEDS = new Set(['seed', 'noise_seed']);

/**
 * The places of a node's widget values. `marked` names inputs that the workflow itself calls widgets, for types that
 * only a front end's extension knows.
 */
export function widgetPlaces(description: NodeDescription, marked: ReadonlySet<string>): WidgetPlace[] {
  return placesOf(asObject(description.get('input')), '', marked);
}

/** The places of the inputs that a choice of a dynamic combo brings. */
export function branchPlaces(spec: WidgetSpec, choice: Json, marked: ReadonlySet<string>): WidgetPlace[] {
  return placesOf(spec.branches?.get(choice), `${spec.name}.`, marked);
}

function placesOf(groups: JsonObject | undefined, prefix: string, marked: ReadonlySet<string>): WidgetPlace[] {
  const places: WidgetPlace[] = [];
  for (const group of ['required', 'optional']) {
    let hasUpload = false;
    for (const [name, input] of asObject(groups?.get(group)) ?? []) {
      const place = placeOf(prefix + name, input, marked);
      if (!place) continue;
      places.push(place);
      hasUpload ||= place.kind === 'widget' && UPLOADS.some((key) => place.spec.options.get(key) === true);
    }
    if (hasUpload) places.push({ kind: 'uploads' });
  }
  return places;
}

function placeOf(name: string, input: Json, marked: ReadonlySet<string>): WidgetPlace | undefined {
  if (!Array.isArray(input)) return undefined;
  const [type, second] = input;
  const options = asObject(second) ?? new Map<string, Json>();
  const kind = kindOf(type, options, marked.has(name));
  if (!kind) return undefined;
  if (options.get('forceInput') === true) return { kind: 'placeholder' };
  return { kind: 'widget', spec: specOf(name, kind, type, options) };
}

function kindOf(type: Json | undefined, options: JsonObject, isMarked: boolean): WidgetKind | undefined {
  if (Array.isArray(type)) return 'combo';
  if (typeof type !== 'string') return undefined;
  const shown = options.get('widgetType');
  const known = KINDS.get(typeof shown === 'string' ? shown : type);
  if (known) return known;
  const isWidget = typeof shown === 'string' || options.get('socketless') === true || OTHER_WIDGETS.has(type);
  return isWidget || isMarked ? 'other' : undefined;
}

function specOf(name: string, kind: WidgetKind, type: Json | undefined, options: JsonObject): WidgetSpec {
  const control = options.get('control_after_generate');
  const isSeed = kind === 'int' && SEEDS.has(name.slice(name.lastIndexOf('.') + 1));
  const listed = Array.isArray(type) ? type : options.get('options');
  const branches = type === DYNAMIC_TYPES.combo && Array.isArray(listed) ? branchesOf(listed) : undefined;
  const choices = branches ? [...branches.keys()] : Array.isArray(listed) ? listed : undefined;
  return {
    name,
    kind,
    options,
    choices: kind === 'combo' ? choices : undefined,
    hasControl: control === undefined || control === null ? isSeed : control !== false,
    branches,
  };
}

function branchesOf(listed: readonly Json[]): Map<Json, JsonObject> {
  const branches = new Map<Json, JsonObject>();
  for (const option of listed) {
    const key = asObject(option)?.get('key');
    if (key !== undefined) branches.set(key, asObject(asObject(option)?.get('inputs')) ?? new Map());
  }
  return branches;
}

const EMPTY: Readonly<Record<WidgetKind, Json | undefined>> = {
  int: 0,
  float: 0,
  string: '',
  boolean: false,
  combo: undefined,
  other: undefined,
};

/** What the front end shows before anyone has set the widget; undefined when it cannot be told. */
export function defaultOf(spec: WidgetSpec): Json | undefined {
  const given = spec.options.get('default');
  if (given !== undefined && given !== null) return given;
  if (spec.kind === 'combo') return spec.options.get('multiselect') === true ? [] : spec.choices?.[0];
  return EMPTY[spec.kind];
}
