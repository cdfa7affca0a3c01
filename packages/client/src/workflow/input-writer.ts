/** From the inputs as they are written in a program to those of a prompt: links, literals, dotted names. */
import { ClientError } from '../errors.ts';
import { UploadedFile } from '../uploaded-file.ts';
import type { MemberNames } from './node-knowledge.ts';
import { isNode, OutputLink } from './output-link.ts';

/** What a prompt holds at an input: a link as `[node id, slot]`, or a literal. */
export type PromptValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly PromptValue[]
  | { readonly [key: string]: PromptValue };

const MAX_DEPTH = 64;

export interface WriteOptions {
  readonly workflow: object;
  readonly classType: string;
  /** Dynamic inputs by dotted name; undefined where they are not known. */
  readonly members: ReadonlyMap<string, MemberNames> | undefined;
}

/** The inputs of a prompt's node, by dotted name, in the order given. @throws {ClientError} `invalid_workflow` */
export function writeInputs(inputs: object, { workflow, classType, members }: WriteOptions): Map<string, PromptValue> {
  const written = new Map<string, PromptValue>();
  const fail = (name: string, problem: string): never => {
    throw new ClientError('invalid_workflow', `${classType}, input ${name}: ${problem}`);
  };

  function write(name: string, own: string, value: unknown, depth: number): void {
    if (value === undefined) return;
    if (depth > MAX_DEPTH) fail(name, `it is nested deeper than ${MAX_DEPTH}.`);
    const names = members?.get(name);
    const takesSeveral = names?.prefix !== undefined || names?.names !== undefined;
    if (takesSeveral && (typeof value !== 'object' || value === null || value instanceof OutputLink))
      fail(name, 'it takes several values: give a list.');
    if (value instanceof OutputLink) {
      written.set(name, value.resolve(workflow, `${classType}, input ${name}`));
      return;
    }
    if (value instanceof UploadedFile) {
      written.set(name, value.inputValue);
      return;
    }
    const isOpen = names !== undefined || (members === undefined && holdsLinks(value));
    if (isOpen && Array.isArray(value)) writeList(name, value, names, depth);
    else if (isOpen && isRecord(value)) writeMembers(name, takesSeveral ? undefined : own, value, depth);
    else if (Array.isArray(value)) written.set(name, { __value__: literal(name, value, depth) });
    else written.set(name, literal(name, value, depth));
  }

  function writeList(name: string, list: readonly unknown[], names: MemberNames | undefined, depth: number): void {
    for (const [at, item] of list.entries()) {
      const own = names?.names ? names.names[at] : names?.prefix === undefined ? undefined : `${names.prefix}${at}`;
      if (own !== undefined) write(`${name}.${own}`, own, item, depth + 1);
      else if (names?.names) fail(name, `at most ${names.names.length} can be given, not ${list.length}.`);
      else fail(name, 'a list cannot hold links here: name them, as in { image0: link }.');
    }
  }

  /** @param own the member that is the choice itself: it goes under the name of the input, and first */
  function writeMembers(name: string, own: string | undefined, given: Record<string, unknown>, depth: number): void {
    if (own !== undefined && Object.hasOwn(given, own)) write(name, own, given[own], depth + 1);
    for (const [key, member] of Object.entries(given)) if (key !== own) write(`${name}.${key}`, key, member, depth + 1);
  }

  function literal(name: string, value: unknown, depth: number): PromptValue {
    if (depth > MAX_DEPTH) fail(name, `it is nested deeper than ${MAX_DEPTH}.`);
    switch (typeof value) {
      case 'string':
      case 'bigint':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : fail(name, `${value} is no number that a prompt can hold.`);
      default:
    }
    if (value === null) return value;
    if (value instanceof OutputLink) return fail(name, 'a link cannot be inside of a literal value.');
    if (Array.isArray(value)) return value.map((item) => literal(name, item, depth + 1));
    if (typeof value === 'object' && isNode(value))
      fail(name, 'a node was given: choose one of its outputs, as in node[0].');
    if (!isRecord(value)) return fail(name, `a value of type ${typeof value} cannot be in a prompt.`);
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([key, member]) => [key, literal(name, member, depth + 1)]));
  }

  for (const [name, value] of Object.entries(inputs)) write(name, name, value, 0);
  return written;
}

/** Whether a list or an object has a link in it: then it cannot be a literal. */
function holdsLinks(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isNode(value)) return false;
  return Object.values(value).some((member) => member instanceof OutputLink);
}

/** Plain data: what a program writes as `{ ... }`. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isNode(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
