/**
 * Plays a recorded transcript to a client: what the recorded server said, in its order, with the ids of the client in the
 * place of the recorded ones. A message about a prompt waits until the client has submitted it.
 */
import type { FakeClock } from './fake-clock.ts';
import type { Answer, FakeSocket } from './fake-comfy.ts';
import { frame } from './fake-comfy.ts';
import type { CarriedServer } from './fake-network.ts';

export interface RecordedMessage {
  readonly type?: string;
  readonly data?: { readonly prompt_id?: string; readonly node?: string | null; readonly [key: string]: unknown };
  readonly binary?: number;
  readonly format?: number;
  readonly node?: string;
  readonly text?: string;
  readonly image?: { readonly kind: string };
  readonly metadata?: { readonly prompt_id: string; readonly image_type: string };
}

export interface Transcript {
  readonly http: readonly { readonly request?: string; readonly status: number; readonly body?: unknown }[];
  readonly ws: Readonly<Record<string, readonly RecordedMessage[]>>;
}

const ENDS = new Map([
  ['execution_success', 'succeeded'],
  ['execution_error', 'failed'],
  ['execution_interrupted', 'canceled'],
]);

/** How a prompt ends by the messages, if they tell. */
export function endIn(messages: readonly RecordedMessage[], label: string): string | undefined {
  for (const { type, data } of messages) {
    if (data?.prompt_id !== label || data['exception_type'] === 'ExecutionBlocked') continue;
    const end = ENDS.get(type ?? '');
    if (end) return end;
  }
  return undefined;
}

const SIGNATURES: Record<string, number[]> = { png: [0x89, 0x50, 0x4e, 0x47], jpeg: [0xff, 0xd8, 0xff] };

export class TranscriptPlayer implements CarriedServer {
  readonly #clock: FakeClock;
  /** One list for each connection of the client, in order. */
  readonly #connections: (readonly RecordedMessage[])[];
  readonly #posts: Transcript['http'];
  readonly #records: ReadonlyMap<string, object>;
  /** Labels by the client's ids, and the other way. */
  readonly #labels = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  readonly #over = new Set<string>();
  #queue: RecordedMessage[] = [];
  #socket: FakeSocket | undefined;
  #clientId = '';

  constructor(
    clock: FakeClock,
    posts: Transcript['http'],
    connections: (readonly RecordedMessage[])[],
    records: ReadonlyMap<string, object>,
  ) {
    this.#clock = clock;
    this.#posts = posts;
    this.#connections = [...connections];
    this.#records = records;
  }

  open(socket: FakeSocket, clientId: string): void {
    this.#socket = socket;
    this.#clientId = clientId;
    this.#queue = [...(this.#connections.shift() ?? [])];
    this.#play();
  }
  receive(): void {}
  closed(socket: FakeSocket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }

  answer(method: string, path: string, _query: URLSearchParams, body: string): Answer {
    const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) });
    const id = decodeURIComponent(path.split('/').at(-1)!);
    const label = this.#labels.get(id);
    if (method === 'POST' && path === '/api/prompt')
      return this.#accept((JSON.parse(body) as { prompt_id: string }).prompt_id);
    if (path.startsWith('/api/jobs/')) return { status: 404, body: '' };
    if (path === '/api/queue') {
      const running = [...this.#labels].filter(([, one]) => !this.#over.has(one) && !this.#isForgotten(one));
      return json({ queue_running: running.map(([one]) => [0, one, {}, {}, []]), queue_pending: [] });
    }
    if (path.startsWith('/api/history/')) {
      const record = label !== undefined && this.#over.has(label) ? this.#records.get(label) : undefined;
      return { status: 200, body: record ? this.#filled({ [id]: record }) : '{}' };
    }
    return json({});
  }

  #accept(id: string): Answer {
    const post = this.#posts[this.#labels.size]!;
    const label = (post.body as { prompt_id?: string }).prompt_id ?? `refused ${this.#labels.size}`;
    this.#labels.set(id, label);
    this.#ids.set(label, id);
    this.#play();
    return { status: post.status, body: this.#filled(post.body) };
  }

  /** Nothing more will be said of it, and there is no record: it was taken out of the queue. */
  #isForgotten(label: string): boolean {
    return !this.#records.has(label) && !this.#queue.some(({ data }) => data?.prompt_id === label);
  }

  #play(): void {
    const [message] = this.#queue;
    const label = message?.data?.prompt_id ?? message?.metadata?.prompt_id;
    if (!message || !this.#socket || (label !== undefined && !this.#ids.has(label))) {
      // the recorded client went away here and came back
      if (!message && this.#connections.length) this.#socket?.end(1006);
      return;
    }
    // what greets a socket comes before any prompt; the rest only after one
    if (message.data?.['sid'] === undefined && !this.#labels.size) return;
    this.#queue.shift();
    if (message.type === 'executing' && message.data?.node === null && label !== undefined) this.#over.add(label);
    if (message.type === 'status' && !this.#queue.some(({ data }) => data?.prompt_id))
      for (const one of this.#labels.values()) this.#over.add(one);
    this.#socket.deliver(message.binary === undefined ? this.#filled(message) : this.#frame(message));
    this.#clock.setTimeout(() => this.#play(), 2);
  }

  #filled(value: unknown): string {
    let text = JSON.stringify(value).replaceAll('"<time>"', '1700000000000').replaceAll('"<number>"', '3.5');
    for (const [label, id] of this.#ids) text = text.replaceAll(label, id);
    return text.replaceAll(/<client \w+>/g, this.#clientId);
  }

  #frame({ binary, format = 1, node = '', text = '', image, metadata }: RecordedMessage): Uint8Array {
    const bytesOf = (one: string): number[] => [...new TextEncoder().encode(one)];
    const picture = SIGNATURES[image?.kind ?? ''] ?? [];
    if (binary === 1) return frame(1, format, picture);
    const head = bytesOf(binary === 3 ? node : this.#filled(metadata));
    return frame(binary!, head.length, [...head, ...(binary === 3 ? bytesOf(text) : picture)]);
  }
}
