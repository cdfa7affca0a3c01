/** A node's description, taken apart once so that prompts can be checked against it quickly. */
import { asObject, DYNAMIC_TYPES, pythonStr } from '@snug/protocol';
import type { InputType, Json, JsonObject, NodeDescription } from '@snug/protocol';

export interface InputFacts {
  readonly name: string;
  readonly required: boolean;
  readonly type: InputType;
  readonly options: JsonObject;
}

/** What a node checks itself, so that nobody else does. */
export interface OwnValidationFacts {
  readonly inputs: ReadonlySet<string> | 'all';
  readonly types: boolean;
}

export interface NodeType {
  readonly classType: string;
  readonly description: NodeDescription;
  readonly inputs: ReadonlyMap<string, InputFacts>;
  readonly outputs: readonly InputType[];
  readonly isOutput: boolean;
  /** Some inputs exist only when the prompt names them. */
  readonly isDynamic: boolean;
  readonly ownValidation: OwnValidationFacts | undefined;
}

const NO_OPTIONS: JsonObject = new Map();
const CHOICES = 'options';
const DYNAMIC = new Set<Json>([DYNAMIC_TYPES.autogrow, DYNAMIC_TYPES.combo, DYNAMIC_TYPES.slot]);

export function compileNodeType(description: NodeDescription, ownValidation?: OwnValidationFacts): NodeType {
  const inputs = readGroups(asObject(description.get('input')), '');
  const outputs = description.get('output');
  return {
    classType: pythonStr(description.get('name')),
    description,
    inputs,
    outputs: Array.isArray(outputs) ? (outputs as InputType[]) : [],
    isOutput: description.get('output_node') === true,
    isDynamic: [...inputs.values()].some((facts) => DYNAMIC.has(facts.type)),
    ownValidation,
  };
}

function readGroups(groups: JsonObject | undefined, prefix: string): Map<string, InputFacts> {
  const inputs = new Map<string, InputFacts>();
  for (const group of ['required', 'optional']) {
    for (const [key, declaration] of asObject(groups?.get(group)) ?? []) {
      const name = prefix + key;
      const facts = readInput(name, declaration, group === 'required');
      if (facts) inputs.set(name, facts);
    }
  }
  return inputs;
}

function readInput(name: string, declaration: Json, required: boolean): InputFacts | undefined {
  if (!Array.isArray(declaration)) return undefined;
  const [type, options] = declaration;
  if (typeof type !== 'string' && !Array.isArray(type)) return undefined;
  return { name, required, type, options: asObject(options) ?? NO_OPTIONS };
}

/**
 * The inputs of a node as one prompt uses it: dynamic inputs are replaced by the dotted ones that the prompt names or
 * must name. Linear in what the description and the prompt hold.
 */
export function inputsInUse(type: NodeType, given: ReadonlyMap<string, Json>): ReadonlyMap<string, InputFacts> {
  if (!type.isDynamic) return type.inputs;
  const inUse = new Map<string, InputFacts>();
  const open = [...type.inputs.values()].reverse();
  while (open.length) {
    const facts = open.pop()!;
    if (!DYNAMIC.has(facts.type)) {
      inUse.set(facts.name, facts);
      continue;
    }
    if (facts.type !== DYNAMIC_TYPES.autogrow) inUse.set(facts.name, { ...facts, required: false });
    open.push(...[...membersInUse(facts, given)].reverse());
  }
  return inUse;
}

function membersInUse(facts: InputFacts, given: ReadonlyMap<string, Json>): Iterable<InputFacts> {
  const prefix = `${facts.name}.`;
  if (facts.type === DYNAMIC_TYPES.autogrow) return autogrowMembers(facts, given);
  if (facts.type === DYNAMIC_TYPES.slot) {
    if (!given.has(facts.name)) return [];
    return readGroups(asObject(facts.options.get('inputs')), prefix).values();
  }
  const choices = facts.options.get(CHOICES);
  const chosen = given.get(facts.name);
  const choice = Array.isArray(choices) ? choices.find((one) => asObject(one)?.get('key') === chosen) : undefined;
  return readGroups(asObject(asObject(choice)?.get('inputs')), prefix).values();
}

/** Names that an autogrow template allows, in order. At most 100, as the reference has it. */
export function autogrowNames(template: JsonObject): string[] {
  const names = template.get('names');
  if (Array.isArray(names)) return names.slice(0, 100).map(String);
  const prefix = template.get('prefix');
  const max = template.get('max');
  const count = typeof max === 'number' ? Math.min(max, 100) : 100;
  return Array.from({ length: count }, (_, at) => `${typeof prefix === 'string' ? prefix : ''}${at}`);
}

function* autogrowMembers(facts: InputFacts, given: ReadonlyMap<string, Json>): Iterable<InputFacts> {
  const template = asObject(facts.options.get('template')) ?? NO_OPTIONS;
  const min = template.get('min');
  const least = typeof min === 'number' ? min : 0;
  const [inner] = readGroups(asObject(template.get('input')), '').values();
  for (const [at, key] of autogrowNames(template).entries()) {
    const name = `${facts.name}.${key}`;
    const required = facts.required && at < least;
    if (inner && (required || given.has(name))) yield { ...inner, name, required };
  }
}
