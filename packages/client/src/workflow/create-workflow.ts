import { ClientError } from '../errors.ts';
import { checkInputs } from './input-check.ts';
import { isRecord, writeInputs } from './input-writer.ts';
import { knowledgeOf } from './node-knowledge.ts';
import type { ClassKnowledge, Knowledge } from './node-knowledge.ts';
import type {
  ApiPrompt,
  ByPosition,
  NodeDescriptions,
  NodeOptions,
  NodeTable,
  PromptNode,
  WorkflowBuilder,
} from './node-types.ts';
import { ASKED_OF_ANYTHING, outputsOf } from './output-link.ts';

/**
 * Starts a workflow of nodes of any class. With the descriptions of a server, every node is held against them when it is
 * added: its class, the names of its inputs, what is missing, the types of links.
 */
export function createWorkflow(descriptions?: NodeDescriptions): WorkflowBuilder;
/** Starts a workflow of the nodes of a generated file: `createWorkflow(nodes)`. */
export function createWorkflow<Nodes extends object>(nodes: NodeTable<Nodes>): WorkflowBuilder<Nodes>;
/** Types of a generated file, held against the descriptions of a server as well. */
export function createWorkflow<Nodes extends object>(descriptions: NodeDescriptions): WorkflowBuilder<Nodes>;
/** Types of a generated file without its table: nothing is there at run time, and outputs are known by position. */
export function createWorkflow<Nodes extends object>(): WorkflowBuilder<ByPosition<Nodes>>;
export function createWorkflow(source?: object): object {
  const builder = new Builder(source && knowledgeOf(source));
  const members = new Map<string, unknown>([
    ['add', builder.add],
    ['toPrompt', builder.toPrompt],
    ['toJSON', builder.toJSON],
    // what is asked of any object
    ['valueOf', (): object => workflow],
    ['toString', (): string => '[object Workflow]'],
  ]);
  const workflow: object = new Proxy(builder.prompt, {
    get(prompt, key) {
      if (typeof key === 'symbol') return undefined;
      if (Object.hasOwn(prompt, key)) return prompt[key];
      if (ASKED_OF_ANYTHING.has(key)) return members.get(key);
      return members.get(key) ?? ((inputs?: object, options?: NodeOptions) => builder.add(key, inputs, options));
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
  return workflow;
}

/** Ids that would hide what a workflow can do. */
const RESERVED: ReadonlySet<string> = new Set(['add', 'toPrompt', 'toJSON', ...ASKED_OF_ANYTHING]);

class Builder {
  /** Nodes by id. Without a prototype: an id may be any text. */
  readonly prompt = Object.create(null) as ApiPrompt;
  readonly #knowledge: Knowledge | undefined;
  readonly #known = new Map<string, ClassKnowledge>();
  #lastId = 0;

  constructor(knowledge: Knowledge | undefined) {
    this.#knowledge = knowledge;
  }

  /** @throws {ClientError} `invalid_workflow` */
  readonly add = (classType: string, inputs: object = {}, { id, title, loose = false }: NodeOptions = {}): object => {
    const knowledge = this.#knowledge?.(classType);
    if (!isRecord(inputs))
      throw new ClientError('invalid_workflow', `${classType}: give its inputs by name, as in { image: 'a.png' }.`);
    const written = writeInputs(inputs, { workflow: this, classType, members: knowledge?.members });
    if (knowledge?.described) {
      const outputAt = (nodeId: string, slot: number) => this.#outputAt(nodeId, slot);
      checkInputs(knowledge.described.inputs, written, { classType, loose, outputAt });
    }
    const nodeId = this.#freeId(id);
    const node: PromptNode = { class_type: classType, inputs: Object.fromEntries(written) };
    this.prompt[nodeId] = title === undefined ? node : { ...node, _meta: { title } };
    if (knowledge) this.#known.set(nodeId, knowledge);
    return outputsOf(this, nodeId, classType, knowledge?.outputs);
  };

  readonly toPrompt = (): ApiPrompt => ({ ...structuredClone(this.prompt) });

  readonly toJSON = (): ApiPrompt => {
    const text = JSON.stringify(this.prompt, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    return JSON.parse(text) as ApiPrompt;
  };

  #outputAt(nodeId: string, slot: number) {
    const type = this.#known.get(nodeId)?.described?.outputs[slot];
    const label = `output ${slot} of node ${nodeId}, ${this.prompt[nodeId]?.class_type}`;
    return type === undefined ? undefined : { type, label };
  }

  #freeId(wanted: string | undefined): string {
    if (wanted === undefined) {
      do this.#lastId++;
      while (String(this.#lastId) in this.prompt);
      return String(this.#lastId);
    }
    const problem = this.#idProblem(wanted);
    if (problem !== undefined) throw new ClientError('invalid_workflow', `id: ${problem}`);
    return wanted;
  }

  #idProblem(id: string): string | undefined {
    if (id === '') return 'it cannot be empty.';
    if (id in this.prompt) return `${id} is already the id of a node.`;
    return RESERVED.has(id) ? `${id} is a member of every workflow: choose another.` : undefined;
  }
}
