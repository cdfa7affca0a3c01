/** Turns the messages about one job into what its listeners are told, and keeps what they were told. */
import type { BinaryMessage } from './incoming.ts';
import type { JobEvent, JobNode, JobWarning, Progress } from './job-events.ts';
import { isBlocked, readFailure } from './look.ts';
import { asOutput, readOutputs } from './outputs.ts';
import type { Output } from './outputs.ts';
import { JobProgress } from './progress.ts';
import type { NodeTimes } from './progress.ts';
import { endingOf } from './mime.ts';
import { RemoteFile } from './remote-file.ts';
import type { FileAccess } from './remote-file.ts';
import { entriesOf, isObject, member, numberAt, objectAt, textAt, textsAt } from './wire.ts';
import type { WireObject } from './wire.ts';

export interface NarratorOptions {
  readonly access: FileAccess;
  readonly times: NodeTimes;
  /** Classes of nodes whose previews are results. */
  readonly socketOutputs: ReadonlySet<string>;
  readonly now: () => number;
  readonly tell: (event: JobEvent) => void;
}

export class JobNarrator {
  readonly #options: NarratorOptions;
  readonly #nodes = new Map<string, JobNode>();
  readonly #model: JobProgress;
  /** What messages showed, by node id. */
  readonly shown = new Map<string, WireObject>();
  /** Pictures that came through the socket: no record has them. */
  readonly fromSocket: Output[] = [];
  readonly warnings: JobWarning[] = [];
  cached: readonly string[] = [];
  #running: string | undefined;
  #progress: Progress = { share: 0, remainingMs: undefined, node: undefined, steps: undefined };
  readonly #states = new Map<string, string>();
  #hasStarted = false;

  constructor(options: NarratorOptions) {
    this.#options = options;
    this.#model = new JobProgress(options.times);
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Whether pictures of the job come through the socket. */
  get hasSocketOutputs(): boolean {
    for (const { classType } of this.#nodes.values()) if (this.#options.socketOutputs.has(classType)) return true;
    return false;
  }

  /** What the job consists of, in API form. */
  learnFrom(prompt: unknown): void {
    if (this.#nodes.size) return;
    const nodes: Iterable<readonly [unknown, unknown]> = prompt instanceof Map ? prompt : entriesOf(prompt);
    for (const [id, node] of nodes) {
      const classType = read(node, 'class_type');
      const title = read(read(node, '_meta'), 'title');
      if (typeof id !== 'string' || typeof classType !== 'string') continue;
      this.#nodes.set(id, { id, classType, title: typeof title === 'string' && title ? title : classType });
      this.#model.add(id, classType);
    }
  }

  has(nodeId: string): boolean {
    return this.#nodes.size === 0 || this.#nodes.has(nodeId);
  }

  warn(warning: JobWarning): void {
    this.warnings.push(warning);
    this.#options.tell({ type: 'warning', warning });
  }

  /** What a late listener should know. */
  *recap(): Iterable<JobEvent> {
    if (this.#hasStarted) yield { type: 'started' };
    for (const warning of this.warnings) yield { type: 'warning', warning };
    if (this.cached.length) yield { type: 'cached', nodes: this.cached };
    for (const output of this.outputs(this.shown)) yield { type: 'output', output };
    if (this.#progress.share > 0) yield { type: 'progress', ...this.#progress };
  }

  /** The outputs in what nodes showed, and those that came through the socket. */
  outputs(shown: ReadonlyMap<string, WireObject>): Output[] {
    const outputs = [...shown].flatMap(([nodeId, one]) => readOutputs(nodeId, one, this.#options.access));
    return [...outputs, ...this.fromSocket];
  }

  hear(type: string, data: unknown): void {
    const { tell } = this.#options;
    switch (type) {
      case 'execution_start':
        return this.begin();
      case 'execution_cached':
        this.begin();
        this.cached = textsAt(data, 'nodes');
        for (const id of this.cached) this.#model.leaveOut(id);
        return tell({ type: 'cached', nodes: this.cached });
      case 'executing':
        return this.#executing(textAt(data, 'node'), textAt(data, 'display_node'));
      case 'progress':
        return this.#steps(textAt(data, 'node'), data);
      case 'progress_state':
        for (const [id, state] of entriesOf(objectAt(data, 'nodes'))) this.#nodeState(id, state);
        return;
      case 'executed':
        return this.#executed(textAt(data, 'node'), member(data, 'output'));
      case 'execution_error':
        if (isBlocked(data)) {
          const { nodeId, message } = readFailure(data);
          this.warn({ type: 'blocked', nodeId, message });
        }
        return;
      case 'execution_success':
      case 'execution_interrupted':
        return;
      case 'job':
        this.#model.tell(numberAt(data, 'progress'), numberAt(data, 'eta_ms'));
        return this.#tellProgress(this.#running, undefined);
      default:
        return tell({ type: 'custom', name: type, data });
    }
  }

  hearBinary(message: BinaryMessage): void {
    const { tell, socketOutputs } = this.#options;
    if (message.kind === 'text') return tell({ type: 'text', nodeId: message.nodeId, text: message.text });
    if (message.kind !== 'preview') return;
    const { bytes, mime } = message;
    const nodeId = message.nodeId ?? this.#running;
    const source = this.#nodes.get(message.realNodeId ?? nodeId ?? '') ?? this.#nodes.get(nodeId ?? '');
    if (nodeId === undefined || !source || !socketOutputs.has(source.classType))
      return tell({ type: 'preview', nodeId, mime, bytes, blob: new Blob([bytes], { type: mime }) });
    const filename = `${nodeId}-${this.fromSocket.length + 1}.${endingOf(mime) ?? 'bin'}`;
    const file = new RemoteFile({ filename, subfolder: '', folder: '' }, this.#options.access, mime, bytes);
    const output = asOutput(file, nodeId, 'images');
    this.fromSocket.push(output);
    tell({ type: 'output', output });
  }

  /** The server says that it runs, or a message shows it. */
  begin(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#model.start(this.#options.now());
    this.#options.tell({ type: 'started' });
  }

  #executing(node: string | undefined, displayNode: string | undefined): void {
    if (node === undefined) return;
    this.begin();
    this.#running = node;
    this.#nodeMoves(displayNode ?? node, 'running');
  }

  #nodeMoves(id: string, state: 'running' | 'finished'): void {
    if (this.#states.get(id) === state) return;
    this.#states.set(id, state);
    this.#options.tell({ type: 'node', node: this.#nodeOf(id), state });
  }

  #nodeState(id: string, state: unknown): void {
    this.begin();
    const isFinished = textAt(state, 'state') === 'finished';
    if (isFinished && this.#states.get(id) === 'finished') return;
    this.#nodeMoves(id, isFinished ? 'finished' : 'running');
    if (!isFinished) return this.#steps(id, state);
    if (this.#model.report(id, 1, this.#options.now())) this.#tellProgress(id, undefined);
  }

  #steps(id: string | undefined, data: unknown): void {
    const value = numberAt(data, 'value');
    const max = numberAt(data, 'max');
    if (id === undefined || value === undefined || max === undefined || max <= 0) return;
    this.begin();
    // that it began is told otherwise
    if (value <= 0) return;
    // only the end of a node is all of it: its last step is not
    const isNews = this.#model.report(id, Math.min(0.99, value / max), this.#options.now());
    const { node, steps } = this.#progress;
    if (isNews || node?.id !== id || steps?.value !== value) this.#tellProgress(id, { value, max });
  }

  #executed(id: string | undefined, output: unknown): void {
    if (id === undefined) return;
    this.begin();
    if (!isObject(output)) return;
    const isNew = !this.shown.has(id);
    this.shown.set(id, output);
    if (!isNew) return;
    for (const one of readOutputs(id, output, this.#options.access))
      this.#options.tell({ type: 'output', output: one });
  }

  #tellProgress(id: string | undefined, steps: Progress['steps']): void {
    const node = id === undefined ? undefined : this.#nodeOf(id);
    this.#progress = {
      share: this.#model.share,
      remainingMs: this.#model.remainingMs(this.#options.now()),
      node,
      steps,
    };
    this.#options.tell({ type: 'progress', ...this.#progress });
  }

  #nodeOf(id: string): JobNode {
    return this.#nodes.get(id) ?? { id, classType: '', title: id };
  }
}

/** A member of plain data or of a map. */
function read(value: unknown, key: string): unknown {
  return value instanceof Map ? value.get(key) : member(value, key);
}
