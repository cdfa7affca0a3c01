/**
 * A server as the reference behaves, without nodes: a queue, a history, sockets, and prompts that run by a plan. It knows
 * what really became of every prompt, so that a test can hold a client to it. fake-network.ts and fake-server.ts carry it.
 */
import type { Clock } from '../../src/clock.ts';

/** How a prompt goes: the class of its first node says it. */
export type Plan = 'succeed' | 'fail' | 'never-end' | 'block' | 'socket-image' | 'preview';

export interface FakeSocket {
  deliver(data: string | Uint8Array): void;
  end(code: number, reason?: string): void;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakePrompt {
  readonly id: string;
  readonly number: number;
  readonly clientId: string | undefined;
  readonly prompt: Record<string, { class_type: string; inputs: Record<string, unknown> }>;
  readonly extra: unknown;
  readonly messages: [string, object][];
  readonly outputs: Record<string, object>;
  status: 'pending' | 'running' | 'succeeded' | 'failed' | 'canceled';
}

export type Truth = FakePrompt['status'] | 'removed' | 'forgotten';

export interface FakeOptions {
  readonly clock: Clock;
  /** Routes for single jobs, and for stopping them. Default true. */
  readonly hasJobs?: boolean;
  /** Milliseconds between two steps of a prompt. Default 10. */
  readonly stepMs?: number;
  /** Milliseconds between the message of success and the record. Default 5. */
  readonly recordMs?: number;
  readonly features?: object;
  /** The history and the queue outlive a restart. Default false. */
  readonly isDurable?: boolean;
  /** A socket that closes takes a newer one of the same client with it, as the reference does. Default false. */
  readonly isDeafening?: boolean;
}

const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) });
const PNG = [0x89, 0x50, 0x4e, 0x47, 1, 2, 3];
const JPEG = [0xff, 0xd8, 0xff, 0xe0, 9];

export class FakeComfy {
  readonly options: FakeOptions;
  readonly sockets = new Set<FakeSocket>();
  readonly sessions = new Map<string, FakeSocket>();
  readonly flags = new Map<FakeSocket, Record<string, unknown>>();
  readonly history = new Map<string, FakePrompt>();
  /** What really happened to every prompt that was accepted. */
  readonly truth = new Map<string, Truth>();
  /** Every end that a prompt had: more than one, where it ran again after a restart. */
  readonly ends = new Map<string, Set<string>>();
  /** How often each id was accepted. */
  readonly accepted = new Map<string, number>();
  pending: FakePrompt[] = [];
  running: FakePrompt | undefined;
  uploads = new Map<string, Uint8Array>();
  /** Lets a prompt that never ends go on. */
  #resume: (() => unknown) | undefined;
  #timer: unknown;
  #counter = 0;

  constructor(options: FakeOptions) {
    this.options = options;
  }

  // --- sockets

  open(socket: FakeSocket, clientId: string): void {
    this.sockets.add(socket);
    this.sessions.set(clientId, socket);
    this.#send(socket, 'status', { ...this.#status(), sid: clientId });
    const { running } = this;
    if (running?.clientId === clientId) this.#send(socket, 'executing', { node: '1' });
  }

  receive(socket: FakeSocket, text: string): void {
    const message = JSON.parse(text) as { type: string; data: Record<string, unknown> };
    if (message.type !== 'feature_flags' || this.flags.has(socket)) return;
    this.flags.set(socket, message.data);
    this.#send(
      socket,
      'feature_flags',
      this.options.features ?? { supports_preview_metadata: true, max_upload_size: 1e8 },
    );
  }

  closed(socket: FakeSocket, clientId: string): void {
    this.sockets.delete(socket);
    this.flags.delete(socket);
    if (this.sessions.get(clientId) === socket || this.options.isDeafening) this.sessions.delete(clientId);
  }

  tell(clientId: string | undefined, type: string, data: unknown): void {
    const socket = clientId === undefined ? undefined : this.sessions.get(clientId);
    if (socket) this.#send(socket, type, data);
  }

  tellBytes(clientId: string | undefined, bytes: Uint8Array): void {
    const socket = clientId === undefined ? undefined : this.sessions.get(clientId);
    socket?.deliver(bytes);
  }

  broadcastStatus(): void {
    for (const socket of this.sessions.values()) this.#send(socket, 'status', this.#status());
  }

  #send(socket: FakeSocket, type: string, data: unknown): void {
    socket.deliver(JSON.stringify({ type, data }));
  }

  #status(): { status: object } {
    return { status: { exec_info: { queue_remaining: this.pending.length + (this.running ? 1 : 0) } } };
  }

  // --- requests

  answer(method: string, path: string, query: URLSearchParams, body: string): Answer {
    const route = path.replace(/^\/api(?=\/(?!jobs))/, '');
    const id = decodeURIComponent(route.split('/').at(-1) ?? '');
    const data = (): Record<string, unknown> => (body ? (JSON.parse(body) as Record<string, unknown>) : {});
    if (method === 'POST' && route === '/prompt') return this.#submit(data());
    if (route === '/prompt') return json({ exec_info: { queue_remaining: this.pending.length } });
    if (route === '/queue' && method === 'POST') return this.#editQueue(data());
    if (route === '/queue')
      return json({
        queue_running: this.running ? [entry(this.running)] : [],
        queue_pending: this.pending.map(entry).reverse(),
      });
    if (route === '/history' && method === 'GET')
      return json(Object.fromEntries([...this.history].map(([key, one]) => [key, record(one)])));
    if (route.startsWith('/history/')) {
      const found = this.history.get(id);
      return json(found ? { [id]: record(found) } : {});
    }
    if (route === '/interrupt') return this.#interruptBy(data()['prompt_id']);
    if (route.startsWith('/api/jobs/') && this.options.hasJobs !== false) return this.#job(method, route);
    if (route === '/features') return json(this.options.features ?? {});
    if (route === '/object_info') return json({});
    if (route === '/system_stats') return json({ system: {}, devices: [] });
    if (route === '/view') return { status: 200, body: `file ${query.get('filename')}` };
    return { status: 404, body: '' };
  }

  #submit(body: Record<string, unknown>): Answer {
    const prompt = body['prompt'] as FakePrompt['prompt'];
    const classes = Object.values(prompt).map((node) => node.class_type);
    if (classes.includes('Refused')) {
      const problem = {
        type: 'value_not_in_list',
        message: 'Value not in list',
        details: 'c',
        extra_info: { input_name: 'c' },
      };
      const node_errors = { 1: { errors: [problem], dependent_outputs: [], class_type: 'Refused' } };
      const error = {
        type: 'prompt_outputs_failed_validation',
        message: 'Prompt outputs failed validation',
        details: '',
        extra_info: {},
      };
      return json({ error, node_errors }, 400);
    }
    const id = (body['prompt_id'] as string | undefined) ?? `server-made-${this.#counter}`;
    const number = body['front'] === true ? -this.#counter++ : this.#counter++;
    this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
    this.truth.set(id, 'pending');
    const clientId = body['client_id'] as string | undefined;
    this.pending.push({
      id,
      number,
      clientId,
      prompt,
      extra: body['extra_data'],
      messages: [],
      outputs: {},
      status: 'pending',
    });
    this.broadcastStatus();
    this.#next();
    const part = {
      errors: [
        {
          type: 'required_input_missing',
          message: 'Required input is missing',
          details: 'text',
          extra_info: { input_name: 'text' },
        },
      ],
      dependent_outputs: ['9'],
      class_type: 'Half',
    };
    return json({ prompt_id: id, number, node_errors: classes.includes('Half') ? { 9: part } : {} });
  }

  #editQueue(body: Record<string, unknown>): Answer {
    const ids = (body['delete'] as string[] | undefined) ?? this.pending.map(({ id }) => id);
    for (const id of ids) this.remove(id);
    return { status: 200, body: '' };
  }

  #job(method: string, route: string): Answer {
    const [, , , raw = '', action] = route.split('/');
    const id = decodeURIComponent(raw);
    if (action === 'cancel' && method === 'POST') return json({ cancelled: this.remove(id) || this.interrupt(id) });
    const found =
      this.history.get(id) ?? (this.running?.id === id ? this.running : this.pending.find((one) => one.id === id));
    if (!found) return json({ error: 'Job not found' }, 404);
    const status = {
      pending: 'pending',
      running: 'in_progress',
      succeeded: 'completed',
      failed: 'failed',
      canceled: 'cancelled',
    }[found.status];
    const { outputs, status: execution_status } = record(found);
    const ended = found.status === 'pending' || found.status === 'running' ? {} : { outputs, execution_status };
    return json({ id, status, outputs_count: 0, ...ended, workflow: { prompt: found.prompt, extra_data: {} } });
  }

  #interruptBy(id: unknown): Answer {
    if (this.running && (id === undefined || id === this.running.id)) this.interrupt(this.running.id);
    return { status: 200, body: '' };
  }

  /** Takes a prompt out of the queue. */
  remove(id: string): boolean {
    if (!this.pending.some((one) => one.id === id)) return false;
    this.pending = this.pending.filter((one) => one.id !== id);
    this.truth.set(id, 'removed');
    this.broadcastStatus();
    return true;
  }

  // --- running

  interrupt(id: string): boolean {
    const { running } = this;
    if (running?.id !== id || this.truth.get(id) !== 'running') return false;
    this.options.clock.clearTimeout(this.#timer);
    this.#end(running, 'canceled', 'execution_interrupted', { node_id: '1', node_type: 'Any', executed: [] });
    return true;
  }

  /** A prompt that never ends ends after all. */
  release(): void {
    this.#resume?.();
  }

  /** The process ends and another begins. */
  restart(): void {
    this.options.clock.clearTimeout(this.#timer);
    const lost = [...this.pending, ...(this.running ? [this.running] : [])];
    for (const socket of Array.from(this.sockets)) socket.end(1006);
    this.sessions.clear();
    this.sockets.clear();
    if (this.options.isDurable) {
      this.pending = lost.map((one) => ({ ...one, status: 'pending' as const, messages: [], outputs: {} }));
    } else {
      for (const { id } of lost) this.truth.set(id, 'forgotten');
      this.pending = [];
      this.history.clear();
    }
    this.running = undefined;
    this.#next();
  }

  #after(run: () => void, ms = this.options.stepMs ?? 10): void {
    this.#timer = this.options.clock.setTimeout(run, ms);
  }

  #next(): void {
    if (this.running || !this.pending.length) return;
    this.pending.sort((a, b) => a.number - b.number);
    const job = this.pending.shift()!;
    this.running = job;
    job.status = 'running';
    this.truth.set(job.id, 'running');
    this.#after(() => {
      this.broadcastStatus();
      this.#note(job, 'execution_start', {});
      const cached = Object.entries(job.prompt).flatMap(([id, { class_type }]) =>
        class_type === 'Cached' ? [id] : [],
      );
      this.#note(job, 'execution_cached', { nodes: cached });
      this.#after(() => this.#node(job, 0));
    });
  }

  #note(job: FakePrompt, type: string, data: object): void {
    const told = { ...data, prompt_id: job.id, timestamp: Math.round(this.options.clock.now()) };
    job.messages.push([type, told]);
    this.tell(job.clientId, type, told);
  }

  #node(job: FakePrompt, at: number): void {
    const [node, spec] = Object.entries(job.prompt)[at] ?? [];
    if (node === undefined) return this.#succeed(job);
    const { clientId } = job;
    const prompt_id = job.id;
    if (spec!.class_type === 'Cached') {
      job.outputs[node] = { text: ['known'] };
      return this.#node(job, at + 1);
    }
    const state = (value: number, max: number, is: string): object => ({
      prompt_id,
      nodes: {
        [node]: {
          value,
          max,
          state: is,
          node_id: node,
          prompt_id,
          display_node_id: node,
          parent_node_id: null,
          real_node_id: node,
        },
      },
    });
    this.tell(clientId, 'progress_state', state(0, 1, 'running'));
    this.tell(clientId, 'executing', { node, display_node: node, prompt_id });
    const finish = (): void => {
      job.outputs[node] = { text: [`of ${node}`] };
      if (spec!.class_type === 'Save')
        job.outputs[node] = {
          images: [{ filename: `${prompt_id}.png`, subfolder: 's', type: 'output' }],
          animated: [false],
        };
      if (spec!.class_type !== 'SaveImageWebsocket')
        this.tell(clientId, 'executed', { node, display_node: node, output: job.outputs[node], prompt_id });
      else delete job.outputs[node];
      this.tell(clientId, 'progress_state', state(2, 2, 'finished'));
      this.#after(() => this.#node(job, at + 1));
    };
    if (spec!.class_type === 'Fail') return this.#fail(job, node);
    if (spec!.class_type === 'Never') return void (this.#resume = () => this.running === job && finish());
    if (spec!.class_type === 'Block')
      this.tell(clientId, 'execution_error', {
        prompt_id,
        node_id: node,
        node_type: 'Block',
        exception_type: 'ExecutionBlocked',
        exception_message: 'Execution Blocked: no',
        executed: [],
        traceback: [],
        current_inputs: [],
        current_outputs: [],
      });
    if (spec!.class_type === 'SaveImageWebsocket' || spec!.class_type === 'Preview')
      this.#picture(job, node, spec!.class_type === 'Preview' ? JPEG : PNG);
    this.tell(clientId, 'progress_state', state(1, 2, 'running'));
    this.tell(clientId, 'progress', { value: 1, max: 2, prompt_id, node });
    this.#after(finish);
  }

  #picture(job: FakePrompt, node: string, image: number[]): void {
    const socket = this.sessions.get(job.clientId ?? '');
    const hasMetadata = socket && this.flags.get(socket)?.['supports_preview_metadata'] === true;
    const type = image === PNG ? 'image/png' : 'image/jpeg';
    const told = {
      node_id: node,
      prompt_id: job.id,
      display_node_id: node,
      parent_node_id: null,
      real_node_id: node,
      image_type: type,
    };
    const head = hasMetadata ? [...new TextEncoder().encode(JSON.stringify(told))] : [];
    this.tellBytes(
      job.clientId,
      frame(hasMetadata ? 4 : 1, hasMetadata ? head.length : image === PNG ? 2 : 1, [...head, ...image]),
    );
  }

  #fail(job: FakePrompt, node: string): void {
    const data = {
      node_id: node,
      node_type: 'Fail',
      executed: [],
      exception_message: 'no luck\n',
      exception_type: 'ValueError',
      traceback: ['at Fail'],
      current_inputs: {},
      current_outputs: [],
    };
    this.#end(job, 'failed', 'execution_error', data);
  }

  #succeed(job: FakePrompt): void {
    this.#end(job, 'succeeded', 'execution_success', {});
  }

  #end(job: FakePrompt, status: 'succeeded' | 'failed' | 'canceled', type: string, data: object): void {
    this.#note(job, type, data);
    this.truth.set(job.id, status);
    this.ends.set(job.id, new Set([...(this.ends.get(job.id) ?? []), status]));
    this.#resume = undefined;
    this.#after(() => {
      job.status = status;
      this.history.set(job.id, job);
      this.running = undefined;
      this.broadcastStatus();
      this.tell(job.clientId, 'executing', { node: null, prompt_id: job.id });
      this.#next();
    }, this.options.recordMs ?? 5);
  }
}

export function frame(type: number, second: number, bytes: readonly number[]): Uint8Array {
  const all = new Uint8Array(8 + bytes.length);
  new DataView(all.buffer).setUint32(0, type);
  new DataView(all.buffer).setUint32(4, second);
  all.set(bytes, 8);
  return all;
}

function entry(one: FakePrompt): unknown[] {
  return [one.number, one.id, one.prompt, one.extra ?? {}, []];
}

function record(one: FakePrompt): { prompt: unknown; outputs: object; status: object; meta: object } {
  const isSuccess = one.status === 'succeeded';
  const status = { status_str: isSuccess ? 'success' : 'error', completed: isSuccess, messages: one.messages };
  return { prompt: entry(one), outputs: one.outputs, status, meta: {} };
}
