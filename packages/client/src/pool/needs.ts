/** What a workflow needs of a server, and what a server has: classes of nodes, and model files. */
import { toPlain } from '@snug/protocol/json';
import { entriesOf, isObject, listAt, member, objectAt, textAt } from '../wire.ts';
import type { InputValues, WorkflowSource } from '../workflow-source.ts';

export interface Needs {
  readonly classes: ReadonlySet<string>;
  /** Files by the class of the node that loads them. */
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
  /**
   * The front end's form names nodes that no server has, such as notes: only classes that some server has count.
   */
  readonly isVague: boolean;
}

/** What a server offers. */
export interface Supply {
  readonly classes: ReadonlySet<string>;
  /** Files that a class can load; classes that list none are missing, and take any. */
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
}

export const NO_NEEDS: Needs = { classes: new Set(), models: new Map(), isVague: true };

const MODEL_FILE = /\.(?:safetensors|sft|ckpt|pth?|bin|gguf|onnx|pkl)$/i;
const isModel = (value: unknown): value is string => typeof value === 'string' && MODEL_FILE.test(value);

/** What a server's `/object_info` offers. */
export function readSupply(info: unknown): Supply {
  const classes = new Set<string>();
  const models = new Map<string, Set<string>>();
  for (const [classType, description] of entriesOf(info)) {
    classes.add(classType);
    const input = objectAt(description, 'input');
    for (const [, group] of entriesOf(input))
      for (const [, spec] of entriesOf(group))
        for (const choice of choicesOf(spec)) if (isModel(choice)) addTo(models, classType, choice);
  }
  return { classes, models };
}

/** Choices of an input: a list in the place of its type, or the options of a `COMBO`. */
function choicesOf(spec: unknown): readonly unknown[] {
  if (!Array.isArray(spec)) return [];
  const [type, options] = spec as unknown[];
  if (Array.isArray(type)) return type as unknown[];
  return type === 'COMBO' ? listAt(options, 'options') : [];
}

/**
 * What a workflow needs, as far as it can be told without a server; nothing of what cannot be read, which is refused
 * where it is run.
 */
export async function readNeeds(source: WorkflowSource, inputs: InputValues | undefined): Promise<Needs> {
  const graph = await asPlain(source).catch(() => undefined);
  if (!isObject(graph)) return NO_NEEDS;
  const sets = new Map<string, unknown>(inputs instanceof Map ? inputs : Object.entries(inputs ?? {}));
  return Array.isArray(graph['nodes']) ? needsOfWorkflow(graph, sets) : needsOfPrompt(graph, sets);
}

async function asPlain(source: WorkflowSource): Promise<unknown> {
  if (source instanceof Map) return toPlain(source);
  const isBytes = source instanceof Blob || source instanceof ArrayBuffer || ArrayBuffer.isView(source);
  if (typeof source !== 'string' && !isBytes) return source;
  // the tools are loaded only by those who need them
  const { readSource } = await import('./read-source.ts');
  return readSource(source);
}

function needsOfPrompt(prompt: object, sets: ReadonlyMap<string, unknown>): Needs {
  const classes = new Set<string>();
  const models = new Map<string, Set<string>>();
  for (const [nodeId, node] of Object.entries(prompt)) {
    const classType = textAt(node, 'class_type');
    if (classType === undefined) continue;
    classes.add(classType);
    const own = entriesOf(member(node, 'inputs')).filter(([name]) => !sets.has(`${nodeId}.${name}`));
    for (const value of [...own.map(([, value]) => value), ...setsOf(nodeId, sets)])
      if (isModel(value)) addTo(models, classType, value);
  }
  return { classes, models, isVague: false };
}

/** Modes of nodes that do not run: muted and bypassed. */
const IDLE_MODES: ReadonlySet<unknown> = new Set([2, 4]);

function needsOfWorkflow(workflow: object, sets: ReadonlyMap<string, unknown>): Needs {
  const classes = new Set<string>();
  const models = new Map<string, Set<string>>();
  const subgraphs = new Map<unknown, unknown>(
    listAt(objectAt(workflow, 'definitions'), 'subgraphs').map((one) => [member(one, 'id'), one]),
  );
  // each once, however often it is used
  const opened = new Set<unknown>([workflow]);
  for (const graph of opened)
    for (const node of listAt(graph, 'nodes')) {
      const classType = textAt(node, 'type');
      if (classType === undefined || IDLE_MODES.has(member(node, 'mode'))) continue;
      if (subgraphs.has(classType)) {
        opened.add(subgraphs.get(classType));
        continue;
      }
      classes.add(classType);
      const set = setsOf(String(member(node, 'id')), sets, graph !== workflow);
      // which widget an input replaces only the server's description tells
      const widgets = set.length ? [] : Object.values(Object(member(node, 'widgets_values')) as object);
      for (const value of [...widgets, ...set]) if (isModel(value)) addTo(models, classType, value);
    }
  return { classes, models, isVague: true };
}

/** @param isInner the node is in a subgraph, and its address `3:7.name` begins with where that is used */
function setsOf(nodeId: string, sets: ReadonlyMap<string, unknown>, isInner = false): unknown[] {
  return [...sets].flatMap(([address, value]) => {
    const node = address.slice(0, Math.max(0, address.lastIndexOf('.')));
    return (isInner ? node.endsWith(`:${nodeId}`) : node === nodeId) ? [value] : [];
  });
}

function addTo(models: Map<string, Set<string>>, classType: string, file: string): void {
  const files = models.get(classType) ?? new Set();
  models.set(classType, files.add(file));
}

export interface Missing {
  readonly classes: readonly string[];
  readonly models: readonly string[];
}

/** What a server lacks. @param isKnown whether any server has a class */
export function missing(needs: Needs, supply: Supply, isKnown: (classType: string) => boolean): Missing {
  const classes = [...needs.classes].filter((one) => !supply.classes.has(one) && (!needs.isVague || isKnown(one)));
  const models = [...needs.models].flatMap(([classType, files]) => {
    const offered = supply.models.get(classType);
    return offered ? [...files].filter((file) => !offered.has(file)) : [];
  });
  return { classes, models };
}
