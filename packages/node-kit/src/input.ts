import { DYNAMIC_TYPES, float, toJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { DescribeContext, NodeGraph } from './context.ts';
import type { Socket } from './socket.ts';

/** How a value is handed to the node's code. `exact` keeps Float and bigint as the wire has them. */
export type ValueKind = 'plain' | 'int' | 'int64' | 'float' | 'exact';

/** One input of a node, as made by the functions of {@link input}. `T` is what `run` receives. */
export interface InputSpec<T = unknown, Group extends string = string> {
  readonly group: Group;
  /** The name on the wire, the options of an older-form choice, or for hidden inputs the key. */
  readonly type: string | Json[];
  readonly kind: ValueKind;
  /** Options in wire form, without the dynamic ones. */
  readonly options: JsonObject;
  /** Choices that depend on files; asked for again each time the node is described. */
  readonly choices?: ((context: DescribeContext) => readonly string[] | Promise<readonly string[]>) | undefined;
  /** Members of a dynamic input: one template, or the inputs of each option. */
  readonly members?: DynamicMembers | undefined;
  readonly choiceForm?: 'list' | 'combo' | undefined;
  /** Only for inference; never present. */
  readonly value?: T;
}

export type DynamicMembers =
  | { readonly by: 'autogrow'; readonly template: InputSpec; readonly names: readonly string[]; readonly min: number }
  | { readonly by: 'combo'; readonly options: readonly { key: string; inputs: InputSpecs }[] }
  | { readonly by: 'slot'; readonly inputs: InputSpecs };

export type InputSpecs = Readonly<Record<string, InputSpec>>;

/** What every input may say. */
export interface CommonOptions {
  /** Help that a front end shows for the input. */
  tooltip?: string | undefined;
  /** The label, where it should differ from the name. */
  displayName?: string | undefined;
  /** Evaluated only when the node's `needs` asks for it; arrives as undefined until then. */
  lazy?: boolean | undefined;
  /** A front end shows a socket, not a widget. */
  forceInput?: boolean | undefined;
  /** `run` receives the link itself as `[node id, slot]`, not the value behind it. */
  rawLink?: boolean | undefined;
  /** A front end hides it until asked for details. */
  advanced?: boolean | undefined;
  /** A widget only: nothing can be linked to it. */
  socketless?: boolean | undefined;
  /** Numbers arrive as the wire has them: 5 as number, 5.0 as Float, large integers as bigint. */
  exact?: boolean | undefined;
  /** Any further option that a front end understands, by its wire name. */
  extra?: Readonly<Record<string, unknown>> | undefined;
}

export interface NumberOptions<N> extends CommonOptions {
  default?: N | undefined;
  /** Smallest value accepted; smaller ones refuse the prompt. */
  min?: N | undefined;
  /** Largest value accepted; larger ones refuse the prompt. */
  max?: N | undefined;
  step?: N | undefined;
  /** Shown as `number`, `slider`, `color`, ... */
  display?: string | undefined;
}

export interface IntOptions<N> extends NumberOptions<N> {
  /** A front end offers to change the value after each run; a text names the first mode. */
  controlAfterGenerate?: boolean | string | undefined;
}

export interface FloatOptions extends NumberOptions<number> {
  /** A front end rounds to this; `false` turns rounding off. */
  round?: number | false | undefined;
}

export interface StringOptions extends CommonOptions {
  default?: string | undefined;
  multiline?: boolean | undefined;
  placeholder?: string | undefined;
  /** A front end resolves `{a|b}` before it submits. */
  dynamicPrompts?: boolean | undefined;
}

export interface BooleanOptions extends CommonOptions {
  default?: boolean | undefined;
  labelOn?: string | undefined;
  labelOff?: string | undefined;
}

export interface ChoiceOptions<V> extends CommonOptions {
  default?: V | undefined;
  /** The wire form: `list` writes the options in the place of the type, `combo` writes `COMBO`. Default: the node's form. */
  form?: 'list' | 'combo' | undefined;
  multiselect?: boolean | undefined;
}

const WIRE_NAMES: Record<string, string> = {
  displayName: 'display_name',
  controlAfterGenerate: 'control_after_generate',
  labelOn: 'label_on',
  labelOff: 'label_off',
};
const NOT_ON_WIRE = new Set(['exact', 'extra', 'form']);
const FLOAT_OPTIONS = new Set(['default', 'min', 'max', 'step', 'round']);

function wireOptions(options: object, floats = false): JsonObject {
  const wire: JsonObject = new Map();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || NOT_ON_WIRE.has(name)) continue;
    const json = floats && FLOAT_OPTIONS.has(name) && typeof value === 'number' ? float(value) : toJson(value);
    wire.set(WIRE_NAMES[name] ?? name, json);
  }
  const { extra } = options as CommonOptions;
  for (const [name, value] of Object.entries(extra ?? {})) wire.set(name, toJson(value));
  return wire;
}

type Required<T> = InputSpec<T, 'required'>;
type Lazily<O extends CommonOptions, T> = O extends { lazy: true } ? T | undefined : T;

function spec<T>(
  type: string | Json[],
  kind: ValueKind,
  options: CommonOptions,
  more: Partial<InputSpec> = {},
): Required<T> {
  return described('required', type, options.exact ? 'exact' : kind, wireOptions(options, kind === 'float'), more);
}

/** Every description has every property, in one order: what reads them is compiled for one shape, whatever nodes there are. */
function described<T, Group extends string>(
  group: Group,
  type: string | Json[],
  kind: ValueKind,
  options: JsonObject,
  { choices, members, choiceForm }: Partial<InputSpec> = {},
): InputSpec<T, Group> {
  return { group, type, kind, options, choices, members, choiceForm };
}

/** Values that the server fills in, not the prompt. */
export interface HiddenValues {
  /** The id of the running node. Asking for it keeps equal nodes from sharing a cached result. */
  UNIQUE_ID: string;
  /** The submitted prompt, as stored. */
  PROMPT: JsonObject;
  /** The graph as it is now, with the nodes that expansion added. */
  DYNPROMPT: NodeGraph;
  /** What the client wants embedded in files, `workflow` among it; null when it sent nothing. */
  EXTRA_PNGINFO: JsonObject | null;
  AUTH_TOKEN_COMFY_ORG: string | null;
  API_KEY_COMFY_ORG: string | null;
  COMFY_USAGE_SOURCE: string | null;
}

/** The kinds of input. Each function returns a description; the type of the value is inferred from it. */
export const input = {
  /** A whole number within ±2^53. Larger ones refuse the prompt: use {@link input.int64} for seeds. */
  int: <const O extends IntOptions<number>>(options: O = {} as O): Required<Lazily<O, number>> =>
    spec('INT', 'int', options),
  /** A whole number of any size, as bigint. */
  int64: <const O extends IntOptions<bigint | number>>(options: O = {} as O): Required<Lazily<O, bigint>> =>
    spec('INT', 'int64', options),
  float: <const O extends FloatOptions>(options: O = {} as O): Required<Lazily<O, number>> =>
    spec('FLOAT', 'float', options),
  string: <const O extends StringOptions>(options: O = {} as O): Required<Lazily<O, string>> =>
    spec('STRING', 'plain', options),
  boolean: <const O extends BooleanOptions>(options: O = {} as O): Required<Lazily<O, boolean>> =>
    spec('BOOLEAN', 'plain', options),
  /** One of some texts; anything else refuses the prompt. A function lists choices that change, such as files. */
  choice: <const V extends string>(
    values: readonly V[] | NonNullable<InputSpec['choices']>,
    options: ChoiceOptions<NoInfer<V>> = {},
  ): Required<V> => {
    const choiceForm = options.form;
    return typeof values === 'function'
      ? spec('COMBO', 'plain', options, { choices: values, choiceForm })
      : spec([...values], 'plain', options, { choiceForm });
  },
  /** A value that comes over a link, or a widget type of a front end. */
  of: <T, const O extends CommonOptions & { default?: unknown }>(
    type: Socket<T>,
    options: O = {} as O,
  ): Required<Lazily<O, T>> => spec(type.type, 'plain', options),
  /** Several types on one socket, such as `IMAGE,MASK`; `T` is yours to say. */
  anyOf: <T>(types: readonly Socket<T>[], options: CommonOptions = {}): Required<T> =>
    spec(types.map((one) => one.type).join(','), 'plain', options),
  /** Any type, equal to the other inputs and outputs of the same template as far as the front end sees to it. */
  match: <T = unknown>(template: string, options: CommonOptions & { allowed?: string } = {}): Required<T> => {
    const { allowed = '*', ...common } = options;
    return spec(DYNAMIC_TYPES.match, 'plain', {
      ...common,
      extra: { template: { template_id: template, allowed_types: allowed }, ...common.extra },
    });
  },
  /** As many inputs of one kind as the author of the workflow connects; arrives as an object by name. */
  autogrow: <T>(
    template: InputSpec<T>,
    growth: { prefix: string; min?: number; max: number } | { names: readonly string[]; min?: number },
    options: CommonOptions = {},
  ): Required<Readonly<Record<string, T>>> => {
    const min = growth.min ?? 1;
    const names =
      'names' in growth ? growth.names : Array.from({ length: growth.max }, (_, at) => `${growth.prefix}${at}`);
    const members = { by: 'autogrow', template, names, min } as const;
    const wire = 'names' in growth ? { names: growth.names, min } : { prefix: growth.prefix, min, max: growth.max };
    return spec(
      DYNAMIC_TYPES.autogrow,
      'plain',
      { ...options, extra: { ...options.extra, template: wire } },
      { members },
    );
  },
  /** A choice that brings inputs of its own; arrives as an object with the choice under the input's own name. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the author of the node says what arrives
  dynamicChoice: <T = Readonly<Record<string, unknown>>>(
    choices: readonly { key: string; inputs: InputSpecs }[],
    options: CommonOptions = {},
  ): Required<NoInfer<T>> =>
    spec(DYNAMIC_TYPES.combo, 'plain', options, { members: { by: 'combo', options: choices } }),
  /** An input that may be left out: `run` then receives undefined. */
  optional: <T>(required: InputSpec<T>): InputSpec<T | undefined, 'optional'> => ({ ...required, group: 'optional' }),
  /** A value that the server fills in. */
  hidden: <const K extends keyof HiddenValues>(key: K): InputSpec<HiddenValues[K], 'hidden'> =>
    described('hidden', key, 'plain', new Map()),
} as const;
