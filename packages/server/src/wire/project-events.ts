/** From what happens in a run to what clients see and what is kept of it. The only place that does either. */
import { encodeFrame } from '@snug/protocol';
import type { AddedNode, EndEvent, ExecutionEvent } from '@snug/executor';
import { latestMessage, orderedMessage } from './messages.ts';
import type { Outgoing, Recipients } from './outgoing.ts';
import { ProgressMap } from './progress-map.ts';
import type { NodePlace } from './progress-map.ts';

/** In a run of so many nodes, every change of progress is told at once, as the reference does. */
const TOLD_AT_ONCE = 64;
/** In a larger one, the whole map goes out at most so often. */
const MIN_INTERVAL_MS = 50;
/** A larger map goes out more rarely, so that it never takes more than this of the wire. */
const BYTES_PER_MS = 4000;

/** An entry of a record's `status.messages`. */
type StatusMessage = readonly [event: string, dataText: string];

/** What a run leaves behind, as JSON text. */
export interface RunTrace {
  readonly outputs: ReadonlyMap<string, string>;
  readonly outputsText: string;
  readonly metaText: string;
  readonly messages: readonly StatusMessage[];
  readonly startTime: number | undefined;
  readonly endTime: number | undefined;
}

type Handlers = { readonly [T in ExecutionEvent['type']]: (event: Extract<ExecutionEvent, { type: T }>) => void };

const json = (value: unknown): string => JSON.stringify(value);

export class RunProjection {
  readonly #promptId: string;
  /** As JSON: most messages have it. */
  readonly #promptIdText: string;
  readonly #clientId: string | undefined;
  readonly #recipients: Recipients;
  readonly #onLog: (line: string) => void;
  readonly #added = new Map<string, AddedNode>();
  readonly #progress: ProgressMap;
  #planned = 0;
  #isProgressUntold = false;
  #toldAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  readonly #outputs = new Map<string, string>();
  readonly #messages: StatusMessage[] = [];
  #startTime: number | undefined;
  #endTime: number | undefined;
  #current: string | undefined;

  constructor(run: {
    promptId: string;
    clientId: string | undefined;
    recipients: Recipients;
    onLog: (line: string) => void;
  }) {
    this.#promptId = run.promptId;
    this.#promptIdText = json(run.promptId);
    this.#clientId = run.clientId;
    this.#recipients = run.recipients;
    this.#onLog = run.onLog;
    this.#progress = new ProgressMap(run.promptId);
  }

  /** The node that a client sees as running; undefined between nodes of no client. */
  get currentDisplayNode(): string | undefined {
    return this.#clientId === undefined || this.#current === undefined
      ? undefined
      : this.#place(this.#current).displayId;
  }

  /** The id of the submitted node that started last. */
  get currentRealNode(): string | undefined {
    return this.#current === undefined ? undefined : this.#place(this.#current).realId;
  }

  take(event: ExecutionEvent): void {
    const handle = this.#handlers[event.type] as (event: ExecutionEvent) => void;
    handle(event);
  }

  /** Nothing more is told of this attempt: the prompt is tried again. */
  abandon(): void {
    clearTimeout(this.#timer);
  }

  /** What is left when the run is over. */
  trace(): RunTrace {
    clearTimeout(this.#timer);
    const ids = [...this.#outputs.keys()];
    const meta = ids.map((id) => {
      const { displayId, parentId, realId } = this.#place(id);
      return `${json(id)}:${json({ node_id: id, display_node: displayId, parent_node: parentId, real_node_id: realId })}`;
    });
    return {
      outputs: this.#outputs,
      outputsText: `{${ids.map((id) => `${json(id)}:${this.#outputs.get(id)}`).join(',')}}`,
      metaText: `{${meta.join(',')}}`,
      messages: this.#messages,
      startTime: this.#startTime,
      endTime: this.#endTime,
    };
  }

  readonly #handlers: Handlers = {
    started: ({ time }) => {
      this.#startTime = time;
      this.#tellAndKeep('execution_start', `{"prompt_id":${this.#promptIdText},"timestamp":${time}}`);
    },
    cached: ({ nodes, planned, time }) => {
      this.#planned = planned;
      this.#tellAndKeep(
        'execution_cached',
        `{"nodes":${json(nodes)},"prompt_id":${this.#promptIdText},"timestamp":${time}}`,
      );
    },
    'nodes-added': ({ nodes }) => {
      for (const node of nodes) this.#added.set(node.id, node);
    },
    'node-started': ({ node }) => {
      this.#current = node;
      const place = this.#place(node);
      this.#progress.start(place);
      this.#tellProgress();
      const id = json(node);
      const displayId = place.displayId === node ? id : json(place.displayId);
      const data = `{"node":${id},"display_node":${displayId},"prompt_id":${this.#promptIdText}}`;
      this.#toClient(orderedMessage('executing', data));
    },
    'node-progressed': (event) => this.#progressed(event),
    'text-shown': ({ node, text }) => {
      const data = encodeFrame({ type: 'text', node, text });
      this.#toOwner({ data, delivery: 'latest', key: `text:${node}` });
    },
    'custom-sent': ({ event, dataText }) => this.#toOwner(orderedMessage(event, dataText)),
    logged: ({ line }) => this.#onLog(line),
    'output-shown': ({ node, outputText }) => {
      if (outputText !== 'null') this.#outputs.set(node, outputText);
      const { displayId } = this.#place(node);
      const data = `{"node":${json(node)},"display_node":${json(displayId)},"output":${outputText},"prompt_id":${this.#promptIdText}}`;
      this.#toClient(orderedMessage('executed', data));
    },
    'node-blocked': ({ node, nodeType, message, executed }) => {
      const data = {
        prompt_id: this.#promptId,
        node_id: node,
        node_type: nodeType,
        executed,
        exception_message: `Execution Blocked: ${message}`,
        exception_type: 'ExecutionBlocked',
        traceback: [],
        current_inputs: [],
        current_outputs: [],
      };
      this.#toOwner(orderedMessage('execution_error', json(data)));
    },
    'node-finished': ({ node, fromCache }) => {
      this.#progress.finish(this.#place(node), fromCache);
      this.#tellProgress();
    },
    succeeded: (event) =>
      this.#end(event, 'execution_success', `{"prompt_id":${this.#promptIdText},"timestamp":${event.time}}`),
    failed: (event) => {
      const { failure, executed, time } = event;
      const head = { prompt_id: this.#promptId, node_id: failure.nodeId, node_type: failure.nodeType, executed };
      const what = {
        exception_message: failure.message,
        exception_type: failure.errorType,
        traceback: failure.traceback,
      };
      const tail = `"current_inputs":${failure.currentInputsText},"current_outputs":${json(failure.currentOutputs)},"timestamp":${time}}`;
      this.#end(event, 'execution_error', `${json({ ...head, ...what }).slice(0, -1)},${tail}`);
    },
    interrupted: (event) => {
      const { nodeId, nodeType, executed, time } = event;
      const data = { prompt_id: this.#promptId, node_id: nodeId, node_type: nodeType, executed, timestamp: time };
      this.#end(event, 'execution_interrupted', json(data));
    },
  };

  #progressed(event: Extract<ExecutionEvent, { type: 'node-progressed' }>): void {
    const { node, value, max, withLegacy, preview } = event;
    const place = this.#place(node);
    this.#progress.update(place, value, max);
    this.#tellProgress();
    const inFull = this.#clientId !== undefined && this.#recipients.wantsPreviewMetadata(this.#clientId);
    const delivery = preview?.delivery === 'every' ? 'ordered' : 'lossy';
    const key = `preview:${node}`;
    if (preview && inFull) {
      const metadata = {
        node_id: node,
        prompt_id: this.#promptId,
        display_node_id: place.displayId,
        parent_node_id: place.parentId,
        real_node_id: place.realId,
        image_type: preview.mime,
      };
      const data = encodeFrame({ type: 'preview-with-metadata', metadata, image: preview.bytes });
      this.#toOwner({ data, delivery, key });
    }
    if (!withLegacy) return;
    const data = { value, max, prompt_id: this.#promptId, node };
    this.#toOwner(latestMessage('progress', this.#promptId, json(data)));
    if (preview && !inFull) {
      this.#toOwner({
        data: encodeFrame({ type: 'preview', mime: preview.mime, image: preview.bytes }),
        delivery,
        key,
      });
    }
  }

  #end({ type, time }: EndEvent, name: string, dataText: string): void {
    if (this.#isProgressUntold) this.#sendProgress();
    this.#endTime = time;
    this.#messages.push([name, dataText]);
    const message = orderedMessage(name, dataText);
    // an interruption is told to everybody when nobody in particular asked for the prompt
    if (type === 'interrupted') this.#toOwner(message);
    else this.#toClient(message);
  }

  #tellAndKeep(name: string, dataText: string): void {
    this.#messages.push([name, dataText]);
    this.#toClient(orderedMessage(name, dataText));
  }

  #tellProgress(): void {
    this.#isProgressUntold = true;
    if (Math.max(this.#planned, this.#progress.size) <= TOLD_AT_ONCE) {
      this.#sendProgress();
      return;
    }
    const interval = Math.max(MIN_INTERVAL_MS, this.#progress.bytes / BYTES_PER_MS);
    const due = this.#toldAt + interval - performance.now();
    if (due <= 0) this.#sendProgress();
    else this.#timer ??= setTimeout(() => this.#sendProgress(), due);
  }

  #sendProgress(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isProgressUntold = false;
    this.#toldAt = performance.now();
    this.#toOwner(latestMessage('progress_state', this.#promptId, this.#progress.toPieces()));
  }

  #place(id: string): NodePlace {
    const added = this.#added.get(id);
    return added ?? { id, displayId: id, parentId: null, realId: id };
  }

  /** Only to the client that submitted the prompt. */
  #toClient(message: Outgoing): void {
    if (this.#clientId !== undefined) this.#recipients.toClient(this.#clientId, message);
  }

  /** To the client, or to everybody when the prompt has none. */
  #toOwner(message: Outgoing): void {
    if (this.#clientId === undefined) this.#recipients.toAll(message);
    else this.#recipients.toClient(this.#clientId, message);
  }
}
