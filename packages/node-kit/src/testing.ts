/** Runs single nodes in tests, without a server: `import { runNode } from '@snug/node-kit/testing'`. */
import { asObject, toJson, toPlain } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { Interrupted } from './context.ts';
import type { NodeContext, NodeFiles, NodeGraph, Preview } from './context.ts';
import type { InputValues, NodeDefinition } from './define-node.ts';
import { folderFiles } from './folder-files.ts';
import { createGraphBuilder, Link } from './graph-builder.ts';
import type { Subgraph } from './graph-builder.ts';
import type { InputSpec, InputSpecs } from './input.ts';
import type { OutputSpec, OutputSpecs } from './output.ts';
import { Blocker, NodeResult } from './result.ts';
import type { UiOutput } from './result.ts';

export { folderFiles } from './folder-files.ts';

type HiddenKeys<I extends InputSpecs> = {
  [K in keyof I]: I[K] extends InputSpec<unknown, 'hidden'> ? K : never;
}[keyof I];

/** What a test gives a node: every input as `run` receives it. Hidden inputs are filled in when left out. */
export type TestInputs<I extends InputSpecs, Lists extends boolean> = Omit<InputValues<I, Lists>, HiddenKeys<I>> &
  Partial<Pick<InputValues<I, Lists>, HiddenKeys<I> & keyof InputValues<I, Lists>>>;

type TestOutput<S extends OutputSpec> =
  S extends OutputSpec<infer T, infer List> ? (List extends true ? readonly (T | Blocker)[] : T) : never;

export interface RunNodeOptions {
  /** A folder for the node's files, see {@link folderFiles}, or files of your own. Without it files cannot be used. */
  readonly files?: string | NodeFiles | undefined;
  /** Interrupts the node. */
  readonly signal?: AbortSignal | undefined;
  /** Default `1`. */
  readonly nodeId?: string | undefined;
  /** Default `test-prompt`. */
  readonly promptId?: string | undefined;
  /** The submitted prompt in API form, as plain data. Default: an empty one. */
  readonly prompt?: object | undefined;
  /** What the client wants embedded in files. Default null. */
  readonly extraPngInfo?: object | null | undefined;
  /** Default true. */
  readonly embedMetadata?: boolean | undefined;
  /** Position in a list of calls. Default 0. */
  readonly listIndex?: number | undefined;
  /** Default: no previews of latents, 512 pixels. */
  readonly previews?: NodeContext['previews'] | undefined;
  /** Where `context.state` keeps its data: give one map to several runs to see what the node remembers. */
  readonly state?: Map<string, unknown> | undefined;
  /** Default: a graph of this node alone. */
  readonly graph?: NodeGraph | undefined;
}

/** A report of `progress` or `setProgress`. All of them are here: only the server leaves some out. */
export interface ReportedProgress {
  readonly value: number;
  readonly max: number;
  readonly preview: Preview | undefined;
}

/** All that came of a run. */
export interface NodeRun<O extends OutputSpecs> {
  /**
   * Values by output. Reading an output that has none throws and says why: it is blocked, it is a link into the
   * expansion, or the node only showed something.
   */
  readonly outputs: { readonly [K in keyof O]: TestOutput<O[K]> };
  /** The outputs that are blocked; all of them when the node returned {@link Blocker}. */
  readonly blocked: ReadonlyMap<string, Blocker>;
  /** The outputs that are links into {@link NodeRun.expansion}. */
  readonly links: ReadonlyMap<string, Link>;
  readonly ui: UiOutput | undefined;
  readonly expansion: Subgraph | undefined;
  readonly progress: readonly ReportedProgress[];
  /** What `context.send` sent, as a client receives it. */
  readonly events: readonly { readonly event: string; readonly data: unknown }[];
  readonly texts: readonly string[];
  readonly logs: readonly string[];
}

/**
 * Runs one node once. Values are handed over as they are given: limits, choices and defaults are the server's business,
 * and so are lists, lazy inputs and caching.
 * @throws what the node throws; {@link Interrupted} when the signal is aborted; TypeError for a result that does not fit
 * the node's outputs.
 */
export async function runNode<const I extends InputSpecs, const O extends OutputSpecs, const Lists extends boolean>(
  node: NodeDefinition<I, O, Lists>,
  inputs: TestInputs<I, Lists>,
  options: RunNodeOptions = {},
): Promise<NodeRun<O>> {
  const progress: ReportedProgress[] = [];
  const events: { event: string; data: unknown }[] = [];
  const texts: string[] = [];
  const logs: string[] = [];
  const { signal = new AbortController().signal, nodeId = '1', listIndex = 0, state = new Map() } = options;
  const prompt = asObject(toJson(options.prompt ?? {})) ?? new Map();
  const extraPngInfo = asObject(toJson(options.extraPngInfo)) ?? null;
  const graph = options.graph ?? graphOf(nodeId, node.type, inputs, prompt);
  const throwIfInterrupted = (): void => {
    if (signal.aborted) throw new Interrupted();
  };
  let builders = 0;
  const context: NodeContext = {
    signal,
    promptId: options.promptId ?? 'test-prompt',
    nodeId,
    listIndex,
    prompt,
    extraPngInfo,
    embedMetadata: options.embedMetadata ?? true,
    graph,
    previews: options.previews ?? { method: 'none', size: 512 },
    get files() {
      return filesOf(options.files);
    },
    throwIfInterrupted,
    progress(value, max, preview) {
      throwIfInterrupted();
      progress.push({ value: Math.min(value, max), max, preview });
    },
    told: async () => {},
    setProgress: (value, max, preview) => void progress.push({ value, max, preview }),
    send: (event, data) => void events.push({ event, data: toPlain(toJson(data)) }),
    text: (text) => void texts.push(text),
    log: (line) => void logs.push(line),
    state<T>(create: () => T): T {
      const key = `${node.type}\n${nodeId}`;
      if (!state.has(key)) state.set(key, create());
      return state.get(key) as T;
    },
    builder: () => createGraphBuilder(`${nodeId}.${listIndex}.${builders++}.`),
  };
  const hidden: Record<string, unknown> = {};
  const known: Record<string, unknown> = {
    UNIQUE_ID: nodeId,
    PROMPT: prompt,
    DYNPROMPT: graph,
    EXTRA_PNGINFO: extraPngInfo,
  };
  for (const [name, spec] of Object.entries(node.inputs))
    if (spec.group === 'hidden' && typeof spec.type === 'string') hidden[name] = known[spec.type] ?? null;

  throwIfInterrupted();
  const returned: unknown = await node.run({ ...hidden, ...inputs } as InputValues<I, Lists>, context);
  const { ui, expansion, ...values } = readReturn(node.type, node.outputs, returned);
  return { ...values, outputs: values.outputs as NodeRun<O>['outputs'], ui, expansion, progress, events, texts, logs };
}

function filesOf(files: RunNodeOptions['files']): NodeFiles {
  if (files === undefined) throw new TypeError('The node uses files: give runNode a folder, { files: folder }.');
  return typeof files === 'string' ? folderFiles(files) : files;
}

function graphOf(nodeId: string, classType: string, inputs: object, original: JsonObject): NodeGraph {
  const known = (id: string): string => {
    if (id !== nodeId) throw new Error(`There is no node ${id} in the graph.`);
    return id;
  };
  return {
    has: (id) => id === nodeId,
    get: (id) => (id === nodeId ? { classType, inputs: new Map(Object.entries(inputs)) } : undefined),
    displayId: known,
    realId: known,
    parentId: (id) => void known(id),
    ids: () => [nodeId],
    original,
  };
}

interface ReadReturn {
  readonly outputs: Record<string, unknown>;
  readonly blocked: Map<string, Blocker>;
  readonly links: Map<string, Link>;
  readonly ui: UiOutput | undefined;
  readonly expansion: Subgraph | undefined;
}

function readReturn(type: string, specs: OutputSpecs, returned: unknown): ReadReturn {
  const { outputs: given, ui, expansion } = returned instanceof NodeResult ? returned : { outputs: returned };
  const outputs: Record<string, unknown> = {};
  const blocked = new Map<string, Blocker>();
  const links = new Map<string, Link>();
  const names = Object.keys(specs);
  if (names.length && !(returned instanceof NodeResult) && (typeof given !== 'object' || given === null)) {
    throw new TypeError(`Node ${type} returned ${String(given)}; it must return an object with: ${names.join(', ')}.`);
  }
  for (const [name, spec] of Object.entries(specs)) {
    const value = given instanceof Blocker ? given : (given as Record<string, unknown> | undefined)?.[name];
    if (value instanceof Blocker) blocked.set(name, value);
    else if (value instanceof Link) links.set(name, value);
    else if (value !== undefined || given === undefined) checkValues(name, spec, value);
    else throw new TypeError(`Node ${type} returned no value for its output ${name}.`);
    const problem = absence(name, value);
    Object.defineProperty(outputs, name, {
      enumerable: true,
      get() {
        if (problem) throw new TypeError(problem);
        return value;
      },
    });
  }
  return { outputs, blocked, links, ui, expansion };
}

/** Why an output cannot be read as a value. */
function absence(name: string, value: unknown): string | undefined {
  if (value instanceof Blocker) return `Output ${name} is blocked: look into \`blocked\`.`;
  if (value instanceof Link) return `Output ${name} is a link to node ${value.node}: look into \`links\`.`;
  return value === undefined ? `Output ${name} has no value: the node returned only what it shows.` : undefined;
}

function checkValues(name: string, spec: OutputSpec, value: unknown): void {
  if (value === undefined) return;
  if (spec.list && !Array.isArray(value)) throw new TypeError(`Output ${name} is a list: return an array for it.`);
  for (const one of spec.list ? (value as unknown[]) : [value]) {
    if (spec.guard && one !== null && one !== undefined && !(one instanceof Blocker) && !spec.guard(one))
      throw new TypeError(`Output ${name} got a value that is no ${String(spec.type)}.`);
  }
}
