/** The output of a node, on its way to the input of another. */
import { ClientError } from '../errors.ts';

declare const socket: unique symbol;

/**
 * An output that fits wherever one of `Type` is asked for: a `Link<'IMAGE' | 'MASK'>` goes into inputs of either,
 * `Link<string>` into any. The input of a type takes `Link<'IMAGE'>`, one of several `Link<'IMAGE'> | Link<'MASK'>`,
 * one of anything `Link<never>`.
 */
export interface Link<in Type extends string> {
  readonly nodeId: string;
  /** Position among the outputs of the node, from 0. */
  readonly slot: number;
  /** For the compiler only. */
  readonly [socket]: (type: Type) => void;
}

/** A list: the nodes that it goes to run once for each element, unless they take lists. */
export type ListLink<Type extends string> = Link<Type>;

export class OutputLink implements Link<string> {
  readonly nodeId: string;
  readonly slot: number;
  declare readonly [socket]: (type: string) => void;
  /** The workflow it belongs to. */
  readonly #workflow: object;
  readonly #fault: string | undefined;

  /** @param fault why it leads nowhere */
  constructor(workflow: object, nodeId: string, slot: number, fault?: string) {
    this.#workflow = workflow;
    this.nodeId = nodeId;
    this.slot = slot;
    this.#fault = fault;
  }

  /** As a prompt has it. @throws {ClientError} `invalid_workflow` */
  resolve(workflow: object, place: string): readonly [nodeId: string, slot: number] {
    if (this.#fault !== undefined) throw new ClientError('invalid_workflow', `${place}: ${this.#fault}`);
    if (this.#workflow !== workflow) {
      throw new ClientError(
        'invalid_workflow',
        `${place}: the link is of another workflow: build its node in this one.`,
      );
    }
    return [this.nodeId, this.slot];
  }
}

const nodes = new WeakSet<object>();

/** Whether a value is a node, where one of its outputs was meant. */
export const isNode = (value: object): boolean => nodes.has(value);

/** Names that the language itself asks any object for: neither a class nor an output is meant. */
export const ASKED_OF_ANYTHING: ReadonlySet<string> = new Set(['then', 'constructor', 'toString', 'valueOf']);
const POSITION = /^(?:0|[1-9]\d{0,5})$/;

/**
 * The outputs of a node as members, by position and by name; `nodeId` is its id. A member that does not exist is a link
 * that says so when it is used.
 * @param names undefined where they are not known
 */
export function outputsOf(
  workflow: object,
  nodeId: string,
  classType: string,
  names: readonly string[] | undefined,
): object {
  const link = (slot: number, fault?: string): OutputLink => new OutputLink(workflow, nodeId, slot, fault);
  const outputs = new Proxy(Object.freeze({ nodeId }), {
    get(target, key) {
      if (typeof key === 'symbol' || key === 'toJSON' || ASKED_OF_ANYTHING.has(key)) return undefined;
      if (key === 'nodeId') return target.nodeId;
      if (POSITION.test(key) && (!names || Number(key) < names.length)) return link(Number(key));
      const slot = names ? names.indexOf(key) : -1;
      return slot >= 0 ? link(slot) : link(-1, noOutput(classType, key, names));
    },
  });
  nodes.add(outputs);
  return outputs;
}

function noOutput(classType: string, name: string, names: readonly string[] | undefined): string {
  if (names?.length === 0) return `${classType} has no outputs.`;
  if (names) return `${classType} has no output ${name}: it has ${names.join(', ')}.`;
  return (
    `output ${name} of ${classType} is only known by its position, as in [0]: ` +
    'give createWorkflow the generated `nodes`, or the descriptions of the server.'
  );
}
