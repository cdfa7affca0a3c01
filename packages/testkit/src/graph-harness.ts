/** Runs graphs on an executor of their own and collects what happens: for tests of nodes, packs and the executor. */
import { createClassicCache, createExecutor, createRegistry, isEnd, runOwnValidation } from '@snug/executor';
import type { EndEvent, ExecutionEvent, Executor, ExecutorOptions, Failure } from '@snug/executor';
import { compileNodeType, listProblems, validatePrompt } from '@snug/graph';
import type { NodeType, Validation } from '@snug/graph';
import { describeNode, Link } from '@snug/node-kit';
import type { Pack, SubgraphNode } from '@snug/node-kit';
import { parseJson, toJson, toPlain } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { createMemoryFiles } from './memory-files.ts';

/** Nodes by id, in order, as `createGraphBuilder('').finish()` makes them. Literals are plain data or lossless JSON. */
export type Graph = ReadonlyMap<string, SubgraphNode>;

export interface HarnessOptions extends Partial<Omit<ExecutorOptions, 'packs'>> {
  readonly packs: readonly Pack[];
}

export interface RunOptions {
  readonly promptId?: string | undefined;
  /** `partial_execution_targets`. Default: every output node. */
  readonly targets?: Json | undefined;
  readonly extraData?: JsonObject | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly isInterrupted?: (() => boolean) | undefined;
  readonly onEvent?: ((event: ExecutionEvent) => void) | undefined;
}

/** What happened while a prompt ran. */
export interface GraphRun {
  readonly validation: Validation;
  /** In order; grows if anything is told after the end. */
  readonly events: readonly ExecutionEvent[];
  readonly end: EndEvent;
  /** Why the prompt failed, if it did. */
  readonly failure: Failure | undefined;
  /** Ids of the nodes that started, in order; a node that went on after lazy inputs is there again. */
  readonly started: readonly string[];
  /** Ids of the nodes that were known before the run. */
  readonly cached: readonly string[];
  didRun(id: string): boolean;
  wasCached(id: string): boolean;
  /** What a node showed, as plain data; undefined when it showed nothing. */
  shown(id: string): unknown;
}

export interface GraphHarness {
  readonly executor: Executor;
  validate(graph: Graph, targets?: Json): Promise<Validation>;
  /** @throws {GraphRefused} when the graph is not valid. */
  run(graph: Graph, options?: RunOptions): Promise<GraphRun>;
}

/** Thrown when a graph that should run does not pass validation. */
export class GraphRefused extends Error {
  readonly code = 'graph_refused';
  readonly validation: Validation;
  constructor(validation: Extract<Validation, { kind: 'refused' }>) {
    const problems = listProblems(validation.nodeErrors).map(({ nodeId, text }) => `node ${nodeId}: ${text}`);
    const { message } = toPlain(validation.error) as { message: string };
    super([message, ...problems].join('\n'));
    this.name = 'GraphRefused';
    this.validation = validation;
  }
}

/** The graph as a client submits it. */
export function promptOf(graph: Graph): JsonObject {
  const prompt: JsonObject = new Map();
  for (const [id, { classType, inputs }] of graph) {
    const members: JsonObject = new Map();
    for (const [name, value] of inputs)
      members.set(name, value instanceof Link ? [value.node, value.slot] : toJson(value));
    prompt.set(id, new Map<string, Json>([['class_type', classType], ['inputs', members]])); // prettier-ignore
  }
  return prompt;
}

/** The descriptions of all nodes of some packs, taken apart for validation. */
export async function compileNodeTypes(packs: readonly Pack[]): Promise<Map<string, NodeType>> {
  const files = createMemoryFiles();
  const types = new Map<string, NodeType>();
  for (const pack of packs) {
    for (const node of pack.nodes) {
      const description = await describeNode(node, pack.module ?? `custom_nodes.${pack.name}`, { files });
      const own = node.validate && {
        inputs: node.validate.inputs === 'all' ? ('all' as const) : new Set<string>(node.validate.inputs),
        types: node.validate.types === true,
      };
      types.set(node.type, compileNodeType(description, own));
    }
  }
  return types;
}

/** Default cache: the classic one. Default files: in memory. Time stands at 0. */
export async function createGraphHarness(options: HarnessOptions): Promise<GraphHarness> {
  const { packs, cache = createClassicCache(), files = createMemoryFiles(), clock = () => 0 } = options;
  const executor = createExecutor({ ...options, cache, files, clock });
  const registry = createRegistry(packs);
  const types = await compileNodeTypes(packs);
  let runs = 0;

  const validate = (prompt: JsonObject, targets: Json | undefined): Promise<Validation> =>
    validatePrompt(prompt, {
      targets,
      typeOf: (classType) => types.get(classType),
      check: (checks) => Promise.all(checks.map((check) => runOwnValidation(registry, check, { files }))),
    });

  return {
    executor,
    validate: (graph, targets) => validate(promptOf(graph), targets),
    async run(graph, { promptId = `prompt-${++runs}`, targets, extraData = new Map(), ...control } = {}) {
      const prompt = promptOf(graph);
      const validation = await validate(prompt, targets);
      if (validation.kind === 'refused') throw new GraphRefused(validation);
      const events: ExecutionEvent[] = [];
      const end = await executor.run(
        { promptId, prompt, extraData, targets: validation.targets },
        {
          signal: control.signal ?? new AbortController().signal,
          isInterrupted: control.isInterrupted,
          onEvent(event) {
            events.push(event);
            control.onEvent?.(event);
          },
        },
      );
      return collect(validation, events, end);
    },
  };
}

/** Runs one graph on an executor of its own. */
export async function runGraph(
  graph: Graph,
  { run, ...options }: HarnessOptions & { run?: RunOptions },
): Promise<GraphRun> {
  const harness = await createGraphHarness(options);
  return harness.run(graph, run);
}

function collect(validation: Validation, events: readonly ExecutionEvent[], end: EndEvent): GraphRun {
  if (events[0]?.type !== 'started' || events[1]?.type !== 'cached')
    throw new Error('A run must begin with started, cached.');
  if (events.at(-1) !== end || events.filter(isEnd).length !== 1)
    throw new Error('A run must end with its only end event.');
  const shown = new Map<string, unknown>();
  const started: string[] = [];
  for (const event of events) {
    if (event.type === 'node-started') started.push(event.node);
    if (event.type === 'output-shown') shown.set(event.node, toPlain(parseJson(event.outputText)));
  }
  const cached = events[1].nodes;
  return {
    validation,
    events,
    end,
    started,
    cached,
    failure: end.type === 'failed' ? end.failure : undefined,
    didRun: (id) => started.includes(id),
    wasCached: (id) => cached.includes(id),
    shown: (id) => shown.get(id),
  };
}
