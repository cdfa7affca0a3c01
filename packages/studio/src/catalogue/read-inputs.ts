/** Inputs of a node class, in the order that they are declared. */
import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { listOf, NO_OPTIONS, objectOf, smallNumberOf, textOf } from './option.ts';
import { controlOf, DYNAMIC_CHOICE, readWidget, widgetTypeOf } from './read-widget.ts';
import type { DynamicInput, InputDefinition } from './types.ts';

const GROWING = 'COMFY_AUTOGROW_V3';
const SLOT = 'COMFY_DYNAMICSLOT_V3';
/** A match type stands for whatever is linked first. */
const MATCH = 'COMFY_MATCHTYPE_V3';
/** More members than this no input can have. */
const MAX_MEMBERS = 100;
/** Dynamic inputs inside each other; deeper ones are left out. */
const MAX_DEPTH = 8;

/** @param groups `required` and `optional`, as a description has them */
export function readInputs(groups: JsonObject | undefined, prefix = '', depth = 0): InputDefinition[] {
  const inputs = new Map<string, InputDefinition>();
  for (const group of ['required', 'optional']) {
    for (const [key, declared] of asObject(groups?.get(group)) ?? []) {
      const input = readInput(prefix + key, declared, group === 'required', depth);
      if (input) inputs.set(input.name, input);
    }
  }
  return [...inputs.values()];
}

function readInput(name: string, declared: Json, isRequired: boolean, depth: number): InputDefinition | undefined {
  if (!Array.isArray(declared)) return undefined;
  const [type, second] = declared;
  if (typeof type !== 'string' && !Array.isArray(type)) return undefined;
  const options = asObject(second) ?? NO_OPTIONS;
  const widgetType = options.get('forceInput') === true ? undefined : widgetTypeOf(type, options);
  const control = widgetType === undefined ? undefined : controlOf(name, widgetType, options);
  return {
    name,
    label: textOf(options.get('display_name')) ?? name,
    isRequired,
    type: linkTypeOf(type, options),
    widget: widgetType === undefined ? undefined : readWidget(widgetType, type, options, control !== undefined),
    isSocket: options.get('socketless') !== true,
    control,
    isLazy: options.get('lazy') === true,
    isAdvanced: options.get('advanced') === true,
    tooltip: textOf(options.get('tooltip')),
    dynamic: depth < MAX_DEPTH ? dynamicOf(name, type, options, depth + 1) : undefined,
    options,
  };
}

/** The type that links are held against. */
function linkTypeOf(type: Json, options: JsonObject): string {
  if (typeof type !== 'string' || type === DYNAMIC_CHOICE) return 'COMBO';
  if (type === MATCH) return textOf(objectOf(options.get('template')).get('allowed_types')) ?? '*';
  if (type === SLOT) return textOf(options.get('slotType')) ?? '*';
  return type;
}

function dynamicOf(name: string, type: Json, options: JsonObject, depth: number): DynamicInput | undefined {
  if (type === SLOT) return { kind: 'slot', inputs: readInputs(asObject(options.get('inputs')), `${name}.`, depth) };
  if (type === DYNAMIC_CHOICE) {
    const branches = new Map<unknown, readonly InputDefinition[]>();
    for (const option of listOf(options.get('options'))) {
      const key = asObject(option)?.get('key');
      if (key === undefined) continue;
      branches.set(key, readInputs(asObject(asObject(option)?.get('inputs')), `${name}.`, depth));
    }
    return { kind: 'choice', branches };
  }
  if (type !== GROWING) return undefined;
  const template = objectOf(options.get('template'));
  const [member] = readInputs(asObject(template.get('input')), '', depth);
  const min = smallNumberOf(template.get('min')) ?? 0;
  return member && { kind: 'growing', names: memberNames(template), min, member };
}

function memberNames(template: JsonObject): string[] {
  const names = template.get('names');
  if (Array.isArray(names)) return names.slice(0, MAX_MEMBERS).map(String);
  const max = smallNumberOf(template.get('max')) ?? MAX_MEMBERS;
  const prefix = textOf(template.get('prefix')) ?? '';
  return Array.from({ length: Math.max(0, Math.min(max, MAX_MEMBERS)) }, (_, at) => `${prefix}${at}`);
}

/** What is in a widget before anyone set it; undefined for inputs without one. */
export function defaultOf(input: InputDefinition): unknown {
  return input.widget?.default;
}
