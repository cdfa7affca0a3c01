/** One prompt on a server, from what the client tells of its job to what a run tells. */
import { ExecutionError, RequestError, ValidationError } from '@snug/client/node';
import type { Client, Job, JobEndEvent, JobEvent, Outputs, Problem } from '@snug/client/node';
import { asObject, toJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { nodeClass } from './prepare-prompt.ts';
import type { Refusal, RunEnd, RunEvent } from './prompt-host.ts';

/** Answers of a proxy for a server that is away. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

export class ServerRun {
  /** Resolves with the end; rejects with what kept the prompt from the server. */
  readonly ended: Promise<RunEnd>;
  readonly #prompt: JsonObject;
  readonly #onEvent: (event: RunEvent) => void;
  readonly #outputs: JsonObject = new Map();
  readonly #refusals: Refusal[] = [];
  #isQueued = false;
  #hasStarted = false;

  /** @param client where the job runs: it alone tells outputs as they came */
  constructor(job: Job, client: Client, prompt: JsonObject, onEvent: (event: RunEvent) => void) {
    this.#prompt = prompt;
    this.#onEvent = onEvent;
    const forget = client.on('executed', ({ prompt_id: id, node, display_node: shownBy, output }) => {
      const shown = asObject(toJson(output));
      if (id !== job.id || !shown) return;
      this.#outputs.set(node, shown);
      this.#queued(job.id);
      onEvent({ type: 'output', node: shownBy ?? node, output: shown });
    });
    this.ended = new Promise((resolve, reject) => {
      job.on('*', (event) => {
        this.#take(event, job.id);
        if (!job.end) return;
        forget();
        try {
          resolve(this.#endOf(job.end));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** What nodes have shown so far. */
  get outputs(): JsonObject {
    return this.#outputs;
  }

  #take(event: JobEvent, promptId: string): void {
    switch (event.type) {
      case 'queued':
        return this.#queued(promptId);
      case 'started':
        this.#queued(promptId);
        this.#hasStarted = true;
        return this.#onEvent({ type: 'started' });
      case 'cached':
        return this.#onEvent({ type: 'cached', nodes: event.nodes });
      case 'node': {
        const { id } = event.node;
        if (!this.#prompt.has(id)) return;
        return this.#onEvent({ type: event.state === 'running' ? 'node-started' : 'node-finished', node: id });
      }
      case 'progress': {
        const { node, steps } = event;
        // what a node adds while it runs is not in the prompt
        if (node && steps && this.#prompt.has(node.id)) this.#onEvent({ type: 'progress', node: node.id, ...steps });
        return;
      }
      case 'warning':
        return this.#warn(event.warning);
      case 'output':
      case 'preview':
      case 'text':
      case 'custom':
      case 'succeeded':
      case 'failed':
      case 'canceled':
      case 'lost':
      case 'rejected':
        return;
    }
  }

  /** Told once, and first: a prompt may run before its submission is answered. */
  #queued(promptId: string): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#onEvent({ type: 'queued', promptId });
  }

  #warn(warning: Extract<JobEvent, { type: 'warning' }>['warning']): void {
    if (warning.type === 'partial-acceptance') this.#refusals.push(...warning.problems.map(refusal));
    else if (warning.type === 'blocked') {
      const { nodeId, message } = warning;
      const place = `node ${nodeId} (${nodeClass(this.#prompt, nodeId)})`;
      this.#onEvent({ type: 'warning', message: `${place}: ${message.trim()}` });
    } else this.#onEvent({ type: 'warning', message: warning.message });
  }

  #endOf(end: JobEndEvent): RunEnd {
    const outputs = this.#recorded(end.result.outputs);
    switch (end.type) {
      case 'succeeded':
        return { kind: 'done', outputs, refusals: this.#refusals };
      case 'failed': {
        const { error } = end;
        if (!(error instanceof ExecutionError)) throw error;
        const { nodeId: node, classType, exceptionMessage: reason } = error;
        return { kind: 'failed', node, classType, reason, outputs };
      }
      case 'canceled':
        return { kind: 'cancelled', outputs };
      case 'rejected':
        return { kind: 'refused', refusals: refusalsOf(end.error) };
      case 'lost':
        if (end.reason === 'never-accepted') throw end.error.cause ?? end.error;
        return { kind: 'lost', reason: this.#lostReason(end) };
    }
  }

  /** The outputs of the record, in the order in which they came. */
  #recorded({ raw }: Outputs): JsonObject {
    const ids = new Set([...this.#outputs.keys(), ...raw.keys()]);
    return new Map([...ids].flatMap((id): [string, Json][] => (raw.has(id) ? [[id, toJson(raw.get(id))]] : [])));
  }

  #lostReason({ reason, error }: Extract<JobEndEvent, { type: 'lost' }>): string {
    if (reason === 'unreachable') {
      const why = error.cause instanceof Error ? error.cause.message : 'it gave no answer';
      return `the server stopped answering (${why}); it may still run it`;
    }
    if (reason === 'client-closed') return 'nobody waited for it';
    return this.#hasStarted
      ? 'the server has no record of it: it was restarted, or its history was cleared'
      : 'it is no longer in the queue: somebody removed it, or the server was restarted';
  }
}

function refusal({ nodeId: node, classType, input, message: reason }: Problem): Refusal {
  return { node, classType, input, reason };
}

/** @throws what says that there is no server */
function refusalsOf(error: Error): Refusal[] {
  if (error instanceof ValidationError) return error.problems.map(refusal);
  if (error instanceof RequestError && AWAY.has(error.status)) throw error;
  return [{ node: '', classType: '', input: '', reason: error.message }];
}
