/**
 * Inputs as a description tells them. `@snug/graph` does the same for servers; the builder has to stay small, and must not
 * bring a schema library into a page.
 */
import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';

export type SocketType = string | readonly Json[];

export interface InputFacts {
  /** Dotted inside dynamic inputs. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: SocketType;
  readonly options: JsonObject;
}

export const AUTOGROW = 'COMFY_AUTOGROW_V3';
export const DYNAMIC_CHOICE = 'COMFY_DYNAMICCOMBO_V3';
export const DYNAMIC_SLOT = 'COMFY_DYNAMICSLOT_V3';
const MATCH = 'COMFY_MATCHTYPE_V3';

/** More members than this no input can have. */
const MAX_MEMBERS = 100;
const NO_OPTIONS: JsonObject = new Map();

/** @param groups `required` and `optional`, as a description has them */
export function declaredInputs(groups: Json | undefined, prefix = ''): InputFacts[] {
  const inputs = new Map<string, InputFacts>();
  for (const group of ['required', 'optional']) {
    for (const [key, input] of asObject(asObject(groups)?.get(group)) ?? []) {
      const type = Array.isArray(input) ? input[0] : undefined;
      if (!Array.isArray(input) || (typeof type !== 'string' && !Array.isArray(type))) continue;
      const name = prefix + key;
      inputs.set(name, { name, isRequired: group === 'required', type, options: asObject(input[1]) ?? NO_OPTIONS });
    }
  }
  return [...inputs.values()];
}

/** What a dynamic input brings along: of a choice, that of one key or, without one, of all. */
export function innerInputs({ name, type, options }: InputFacts, key?: unknown): InputFacts[] {
  if (type === DYNAMIC_SLOT) return declaredInputs(options.get('inputs'), `${name}.`);
  const choices = type === DYNAMIC_CHOICE ? options.get('options') : undefined;
  return (Array.isArray(choices) ? choices : []).flatMap((choice) => {
    const object = asObject(choice);
    return key === undefined || object?.get('key') === key ? declaredInputs(object?.get('inputs'), `${name}.`) : [];
  });
}

/** The inputs that a node has, or must have, when it is given these. */
export function inputsInUse(
  declared: readonly InputFacts[],
  given: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, InputFacts> {
  const inUse = new Map<string, InputFacts>();
  const open = [...declared].reverse();
  for (let facts = open.pop(); facts; facts = open.pop()) {
    if (facts.type === AUTOGROW) open.push(...grownInputs(facts, given).reverse());
    else inUse.set(facts.name, facts);
    if (given.has(facts.name)) open.push(...innerInputs(facts, given.get(facts.name)).reverse());
  }
  return inUse;
}

function grownInputs(facts: InputFacts, given: ReadonlyMap<string, unknown>): InputFacts[] {
  const template = asObject(facts.options.get('template'));
  const [inner] = declaredInputs(template?.get('input'));
  const min = Number(template?.get('min') ?? 0);
  if (!inner) return [];
  return memberNames(facts).flatMap((key, at) => {
    const name = `${facts.name}.${key}`;
    const isRequired = facts.isRequired && at < min;
    return isRequired || given.has(name) ? [{ ...inner, name, isRequired }] : [];
  });
}

function memberNames({ options }: InputFacts): string[] {
  const template = asObject(options.get('template'));
  const names = template?.get('names');
  if (Array.isArray(names)) return names.slice(0, MAX_MEMBERS).map(String);
  const prefix = template?.get('prefix');
  const length = Math.min(Number(template?.get('max') ?? MAX_MEMBERS), MAX_MEMBERS);
  return Array.from({ length }, (_, at) => `${typeof prefix === 'string' ? prefix : ''}${at}`);
}

const membersOf = (type: string): string[] => type.split(',').map((member) => member.trim());

/** Whether an output of one type goes into an input of another, as servers decide it. */
export function typesConnect(output: SocketType, input: SocketType): boolean {
  if (output === '*' || input === '*' || output === MATCH || input === MATCH) return true;
  if (typeof output !== 'string' || typeof input !== 'string') {
    if (typeof output === 'string') return false;
    return input === 'COMBO' || (output.length === input.length && output.every((one, at) => one === input[at]));
  }
  if (output === '' || input === '') return output === input;
  const offered = new Set(membersOf(output));
  return offered.has('*') || membersOf(input).some((member) => member === '*' || offered.has(member));
}
