/** What the builder knows of node classes at run time: from a generated table, or from the server's descriptions. */
import { asObject, toJson } from '@snug/protocol/json';
import type { JsonObject } from '@snug/protocol/json';
import { ClientError } from '../errors.ts';
import { AUTOGROW, declaredInputs, DYNAMIC_CHOICE, DYNAMIC_SLOT, innerInputs } from './node-inputs.ts';
import type { InputFacts, SocketType } from './node-inputs.ts';

/** How the members of a dynamic input are called; neither for members that have names of their own. */
export interface MemberNames {
  /** `image` for `image0`, `image1` ... */
  readonly prefix?: string;
  readonly names?: readonly string[];
}

/** What a generated file tells of one class. */
export interface NodeFacts {
  /** Names of the outputs, in order. */
  readonly outputs: readonly string[];
  /** Dynamic inputs by name, dotted where one is inside another. */
  readonly members?: Readonly<Record<string, MemberNames>>;
}

export interface ClassKnowledge {
  readonly outputs: readonly string[];
  readonly members: ReadonlyMap<string, MemberNames>;
  /** What inputs are held against; undefined when only a table is there. */
  readonly described: Described | undefined;
}

export interface Described {
  readonly inputs: readonly InputFacts[];
  /** Types of the outputs. */
  readonly outputs: readonly SocketType[];
}

/** Knows a class, or says that there is none. @throws {ClientError} `invalid_workflow` */
export type Knowledge = (classType: string) => ClassKnowledge;

/** @param source a table, or descriptions; both by class */
export function knowledgeOf(source: object): Knowledge {
  const known = new Map<string, ClassKnowledge>();
  return (classType) => {
    const entry: unknown = source instanceof Map ? source.get(classType) : ownMember(source, classType);
    if (typeof entry !== 'object' || entry === null) throw unknownClass(source, classType);
    const found = known.get(classType) ?? readEntry(entry);
    known.set(classType, found);
    return found;
  };
}

const ownMember = (holder: object, key: string): unknown =>
  Object.hasOwn(holder, key) ? (holder as Record<string, unknown>)[key] : undefined;

function readEntry(entry: object): ClassKnowledge {
  if (isFacts(entry)) {
    return { outputs: entry.outputs, members: new Map(Object.entries(entry.members ?? {})), described: undefined };
  }
  const description = toJson(entry) as JsonObject;
  const inputs = declaredInputs(description.get('input'));
  const types = description.get('output');
  const outputs = (Array.isArray(types) ? types : []).map((type) =>
    typeof type === 'string' || Array.isArray(type) ? type : '*',
  );
  const names = description.get('output_name');
  return {
    outputs: outputs.map((type, at) => {
      const name = Array.isArray(names) ? names[at] : undefined;
      return [name, type].find((one) => typeof one === 'string') ?? 'COMBO';
    }),
    members: dynamicMembers(inputs),
    described: { inputs, outputs },
  };
}

const isFacts = (entry: object): entry is NodeFacts => Array.isArray(ownMember(entry, 'outputs'));

/** Dynamic inputs inside each other deeper than this are only known by their dotted names. */
const MAX_DEPTH = 8;

function dynamicMembers(inputs: readonly InputFacts[]): Map<string, MemberNames> {
  const members = new Map<string, MemberNames>();
  const open = inputs.map((facts) => ({ facts, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { facts, depth } = next;
    const names = memberNames(facts);
    if (!names || depth > MAX_DEPTH) continue;
    members.set(facts.name, names);
    for (const inner of innerInputs(facts)) open.push({ facts: inner, depth: depth + 1 });
  }
  return members;
}

function memberNames({ type, options }: InputFacts): MemberNames | undefined {
  if (type === DYNAMIC_CHOICE || type === DYNAMIC_SLOT) return {};
  if (type !== AUTOGROW) return undefined;
  const template = asObject(options.get('template'));
  const names = template?.get('names');
  const prefix = template?.get('prefix');
  return Array.isArray(names) ? { names: names.map(String) } : { prefix: typeof prefix === 'string' ? prefix : '' };
}

function unknownClass(source: object, classType: string): ClientError {
  const classes = source instanceof Map ? [...(source as Map<string, unknown>).keys()] : Object.keys(source);
  const wanted = classType.toLowerCase();
  const alike = classes.find((name) => name.toLowerCase() === wanted);
  const hint = alike === undefined ? '' : ` Did you mean ${alike}?`;
  const problem = `There is no node class ${classType} among the ${classes.length} known.`;
  return new ClientError('invalid_workflow', problem + hint);
}
