/** `/internal/logs`: the newest lines of the log, and who follows them. */
import { asObject } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { FastifyInstance } from 'fastify';
import { sendJson, sendNothing, sendText } from '../http/answers.ts';
import { readJsonBody } from '../http/body.ts';

/** A line of the log: when, as local time, and what, usually with a line break at its end. */
export interface LogEntry {
  readonly t: string;
  readonly m: string;
}

export interface LogRingOptions {
  /** Default 300. */
  readonly maxEntries?: number | undefined;
  /** Characters of one line; the rest is cut. Default 16,384. */
  readonly maxLength?: number | undefined;
  readonly now?: (() => Date) | undefined;
}

/** Keeps the newest lines and tells listeners of each. */
export class LogRing {
  readonly #entries: LogEntry[] = [];
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  readonly #maxEntries: number;
  readonly #maxLength: number;
  readonly #now: () => Date;

  constructor({ maxEntries = 300, maxLength = 16_384, now = () => new Date() }: LogRingOptions = {}) {
    this.#maxEntries = maxEntries;
    this.#maxLength = maxLength;
    this.#now = now;
  }

  add(message: string): void {
    const isLong = message.length > this.#maxLength;
    const entry = { t: localTime(this.#now()), m: isLong ? `${message.slice(0, this.#maxLength)}...\n` : message };
    this.#entries.push(entry);
    if (this.#entries.length > this.#maxEntries) this.#entries.shift();
    for (const listener of this.#listeners) listener(entry);
  }

  /** Oldest first. */
  entries(): readonly LogEntry[] {
    return [...this.#entries];
  }

  /** Calls a listener for each line from now on; the result stops that. */
  onEntry(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function localTime(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1);
}

export interface LogOptions {
  readonly logs: LogRing;
  /** Starts or stops sending lines to a client. */
  readonly subscribe: (clientId: string, enabled: boolean) => void;
}

const MAX_BODY_BYTES = 16 * 1024;
const TERMINAL_SIZE = new Map([
  ['cols', 80],
  ['rows', 24],
]);

export function registerLogs(app: FastifyInstance, { logs, subscribe }: LogOptions): void {
  app.get('/internal/logs', (_request, reply) =>
    sendJson(
      reply,
      logs
        .entries()
        .map(({ t, m }) => `${t} - ${m}`)
        .join(''),
    ),
  );

  app.get('/internal/logs/raw', (_request, reply) => {
    const entries = logs.entries().map(
      ({ t, m }): Json =>
        new Map([
          ['t', t],
          ['m', m],
        ]),
    );
    return sendJson(
      reply,
      new Map<string, Json>([
        ['entries', entries],
        ['size', TERMINAL_SIZE],
      ]),
    );
  });

  app.patch('/internal/logs/subscribe', async (request, reply) => {
    const body = await readJsonBody(request, MAX_BODY_BYTES);
    const members = body.kind === 'json' ? asObject(body.value) : undefined;
    const clientId = members?.get('clientId');
    const enabled = members?.get('enabled');
    if (typeof clientId !== 'string' || typeof enabled !== 'boolean') {
      return sendText(reply, 400, 'Send an object with clientId (text) and enabled (true or false).');
    }
    subscribe(clientId, enabled);
    return sendNothing(reply);
  });
}
