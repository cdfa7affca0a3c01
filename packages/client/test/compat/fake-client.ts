/** A client of the compat entry, against a server that can be told to misbehave or against answers out of a table. */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { ClientConfig } from '../../src/compat/client-config.ts';
import { Client } from '../../src/compat/index.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { FakeComfy } from '../fake/fake-comfy.ts';
import type { FakeOptions } from '../fake/fake-comfy.ts';
import { FakeNetwork } from '../fake/fake-network.ts';
import { FakeServer } from '../fake/fake-server.ts';

const QUIET = { logger: { warn: () => {} }, reconnect: { minMs: 5, maxMs: 20 } };

export interface FakePair {
  readonly server: FakeServer;
  readonly client: Client;
}

/** Over real sockets. */
export async function startPair(
  { path = '', ...server }: Partial<FakeOptions> & { path?: string } = {},
  config: ClientConfig = {},
): Promise<FakePair> {
  const fake = await FakeServer.start(server, path);
  const client = new Client({ api_host: new URL(fake.url).host, api_base: path, WebSocket, ...QUIET, ...config });
  onTestFinished(async () => {
    client.close();
    await fake.stop();
  });
  return { server: fake, client };
}

/** In time that moves when the test says so. */
export function fakeTime(
  server: Partial<FakeOptions> = {},
  config: ClientConfig = {},
): { clock: FakeClock; comfy: FakeComfy; network: FakeNetwork; client: Client } {
  const clock = new FakeClock();
  const comfy = new FakeComfy({ clock, ...server });
  const network = new FakeNetwork(comfy, clock);
  const { fetch, openSocket, chance } = network.options();
  const client = new Client({ api_host: 'fake', fetch, openSocket, clock, chance, logger: QUIET.logger, ...config });
  onTestFinished(() => client.close());
  return { clock, comfy, network, client };
}

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface TableClient {
  readonly client: Client;
  readonly asked: Asked[];
}

type Reply = Response | object | string | number;

/** Without any server: `replies` has what `GET /route` is answered with, by method and path. Others are 404. */
export function tableClient(
  replies: Record<string, Reply | ((asked: Asked) => Reply)>,
  config: ClientConfig = {},
): TableClient {
  const asked: Asked[] = [];
  const fetch = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(address);
    const method = init.method ?? 'GET';
    const one = { method, url, headers: new Headers(init.headers), body: init.body };
    asked.push(one);
    const found = replies[`${method} ${url.pathname}`];
    const reply = typeof found === 'function' ? found(one) : found;
    if (reply instanceof Response) return reply.clone();
    if (typeof reply === 'number') return new Response('', { status: reply });
    if (reply === undefined) return new Response('', { status: 404 });
    return new Response(typeof reply === 'string' ? reply : JSON.stringify(reply));
  };
  const client = new Client({ fetch, ...QUIET, ...config });
  onTestFinished(() => client.close());
  return { client, asked };
}

/** The next event of a type. */
export function next(client: Client, type: string): Promise<unknown[]> {
  return new Promise((resolve) => client.once(type, (...args: unknown[]) => resolve(args)));
}

/** What something rejects with. */
export async function failureOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => undefined,
    (error: unknown) => error,
  );
}
