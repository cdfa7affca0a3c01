/** Rows 2.1 (config) and 2.2 (`WsClient`) of the checklist; each title names its row. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { Client, WsClient } from '../../src/compat/index.ts';
import { frame } from '../fake/fake-comfy.ts';
import { promptOf } from '../fake/harness.ts';
import { failureOf, fakeTime, next, startPair, tableClient } from './fake-client.ts';

const PREVIEW = [0xff, 0xd8, 0xff, 1];
const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
const ID = '11111111-2222-4333-8444-555555555555';

describe('2.1 config', () => {
  it('2.1 api_host: a host, or a whole address as `url`', () => {
    expect(new WsClient({}).api_host).toBe('127.0.0.1:8188');
    const { api_host, api_base, ssl } = new WsClient({ url: 'https://gpu.example.com/comfy/' });
    expect({ api_host, api_base, ssl }).toEqual({ api_host: 'gpu.example.com', api_base: '/comfy', ssl: true });
    expect(new WsClient({ api_host: 'http://127.0.0.1:9/' }).api_host).toBe('127.0.0.1:9');
    expect(() => new WsClient({ api_host: 'a b' })).toThrow('api_host');
  });

  it('2.1 api_base: before every path, that of the socket and of files too', () => {
    const client = new WsClient({ api_base: 'comfy/', clientId: 'c' });
    expect(client.apiURL('/queue')).toBe('http://127.0.0.1:8188/comfy/queue');
    expect(client.wsURL()).toBe('ws://127.0.0.1:8188/comfy/ws?clientId=c');
    expect(client.viewURL('a', '', 'output')).toContain('/comfy/view?');
  });

  it('2.1 clientId: a UUID by default, kept in a store when asked', () => {
    const kept = new Map([['snug.clientId', 'kept']]);
    const store = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    expect(new WsClient({ clientId: 'own' }).clientId).toBe('own');
    expect(new WsClient({ clientId: { persist: store } }).clientId).toBe('kept');
    expect(new WsClient({ clientId: { persist: 'memory' } }).clientId).toMatch(/^[\da-f-]{36}$/);
  });

  it('2.1 sessionName: accepted, as is `cache`', () => {
    expect(new WsClient({ sessionName: 'x', cache: { enabled: true } }).closed).toBe(false);
  });

  it('2.1 user: sent only when it is given', () => {
    expect(new WsClient({ user: 'me' }).apiHeaders()).toEqual({ Accept: '*/*', 'Comfy-User': 'me' });
    expect(new WsClient({}).apiHeaders()).toEqual({ Accept: '*/*' });
  });

  it('2.1 ssl: for requests, sockets and files', () => {
    const client = new WsClient({ ssl: true, api_host: 'h' });
    expect(
      [client.apiURL('/a'), client.wsURL(), client.viewURL('a', '', 'temp')].map((one) => one.split('://')[0]),
    ).toEqual(['https', 'wss', 'https']);
  });

  it('2.1 WebSocket, fetch: those that are given are used, and none is needed before', async () => {
    const before = globalThis.fetch;
    onTestFinished(() => void (globalThis.fetch = before));
    Reflect.deleteProperty(globalThis, 'fetch');
    const { client } = tableClient({ 'GET /embeddings': ['a'] });
    expect(await client.getEmbeddings()).toEqual(['a']);
    const bare = new Client({});
    expect(await failureOf(bare.getEmbeddings())).toMatchObject({
      message: expect.stringContaining('fetch') as string,
    });
    expect(await failureOf(new WsClient({ WebSocket: undefined }).connect())).toMatchObject(
      typeof globalThis.WebSocket === 'function' ? {} : { code: 'invalid_option' },
    );
  });

  it('2.1 auth, headers, features, json, logger, hooks', async () => {
    const warnings: string[] = [];
    const { client, asked } = tableClient(
      { 'GET /settings': '{"seed":18446744073709551615}', 'POST /interrupt': '' },
      {
        auth: { basic: { user: 'a', password: 'ü' }, query: { token: 't' } },
        headers: { 'X-Own': '1' },
        json: { bigints: 'safe' },
        logger: { warn: (message) => warnings.push(message) },
        hooks: [{ request: ({ url, init }) => ({ url: `${url}&hooked=1`, init }) }],
      },
    );
    expect(await client.getSettings()).toEqual({ seed: 18446744073709551615n });
    expect(String(asked[0]!.url)).toBe('http://127.0.0.1:8188/settings?token=t&hooked=1');
    expect(Object.fromEntries(asked[0]!.headers)).toMatchObject({ authorization: 'Basic YTrDvA==', 'x-own': '1' });
    await client.interrupt();
    expect(warnings).toHaveLength(1);
    const { server, client: other } = await startPair({}, { features: { supports_own: true } });
    await other.connect();
    await next(other, 'feature_flags');
    expect([...server.comfy.flags.values()]).toMatchObject([{ supports_own: true, supports_preview_metadata: true }]);
  });
});

describe('2.2 WsClient', () => {
  it('2.2 static DEFAULT_API_HOST, DEFAULT_API_BASE, DEFAULT_USER, IS_BROWSER', () => {
    const { DEFAULT_API_HOST, DEFAULT_API_BASE, DEFAULT_USER, IS_BROWSER } = WsClient;
    expect([DEFAULT_API_HOST, DEFAULT_API_BASE, DEFAULT_USER, IS_BROWSER]).toEqual(['127.0.0.1:8188', '', '', false]);
  });

  it('2.2 static readBinaryData: all kinds, both layouts of texts, nothing thrown', () => {
    const read = (type: number, second: number, bytes: number[]) =>
      WsClient.readBinaryData(frame(type, second, bytes).buffer as ArrayBuffer);
    expect(read(3, 2, bytesOf('12hello'))).toEqual([{ type: 'progress_text', data: { nodeId: '12', text: 'hello' } }]);
    const long = [...bytesOf(ID), 0, 0, 0, 2, ...bytesOf('12hello')];
    expect(read(3, 36, long)).toEqual([{ type: 'progress_text', data: { nodeId: '12', text: 'hello', promptId: ID } }]);
    const told = bytesOf(JSON.stringify({ node_id: '5', prompt_id: ID, image_type: 'image/jpeg' }));
    const events = read(4, told.length, [...told, ...PREVIEW]);
    expect(events.map(({ type }) => type)).toEqual(['b_preview_with_metadata', 'b_preview']);
    expect(events[0]).toMatchObject({ data: { nodeId: '5', realNodeId: '5', promptId: ID } });
    expect(read(77, 0, [1])).toMatchObject([{ type: 'unknown_binary', data: { number: 77 } }]);
  });

  it('2.2 api_host, api_base, clientId, socket, WebSocket, ssl, user, fetch, events, closed', async () => {
    const { server, client } = await startPair();
    expect(client.socket).toBeUndefined();
    await client.connect();
    expect(client.socket?.readyState).toBe(1);
    expect(client.WebSocket).toBe(WebSocket);
    client.clientId = 'another';
    await next(client, 'connected');
    expect(server.upgrades.at(-1)?.url).toBe('/ws?clientId=another');
    client.api_host = 'moved:1';
    expect(client.apiURL('/x')).toBe('http://moved:1/x?clientId=another');
    expect([client.ssl, client.user, client.closed, typeof client.fetch]).toEqual([false, '', false, 'function']);
  });

  it('2.2 get registered', () => {
    const client = new WsClient({});
    const off = client.on('status', () => {});
    client.events.on('own', () => {});
    expect(client.registered).toEqual(['status', 'own']);
    off();
    expect(client.registered).toEqual(['own']);
  });

  it('2.2 constructor(config): nothing is sent', () => {
    const { asked } = tableClient({});
    expect(asked).toEqual([]);
    expect(new WsClient().api_host).toBe('127.0.0.1:8188');
  });

  it('2.2 apiHeaders(options): the caller wins; getHeaders is the same', () => {
    const client = new WsClient({ auth: { bearer: 'b' } });
    const headers = { accept: 'text/plain', 'X-A': '1' };
    expect(client.apiHeaders({ headers })).toEqual({ Authorization: 'Bearer b', accept: 'text/plain', 'X-A': '1' });
    expect(client.getHeaders({ headers: new Headers({ 'x-a': '1' }) })).toMatchObject({ 'x-a': '1', Accept: '*/*' });
  });

  it('2.2 apiURL(route): slashes once, the query kept, clientId where something may read it', () => {
    const client = new WsClient({ clientId: 'c d' });
    expect(client.apiURL('//own//route?a=%2F&b')).toBe('http://127.0.0.1:8188/own/route?a=%2F&b&clientId=c%20d');
    expect(client.apiURL('/own?clientId=x')).toBe('http://127.0.0.1:8188/own?clientId=x');
    expect(client.apiURL('/history?max_items=2')).toBe('http://127.0.0.1:8188/history?max_items=2');
  });

  it('2.2 internalURL(route)', () => {
    expect(new WsClient({}).internalURL('/logs')).toBe('http://127.0.0.1:8188/internal/logs');
  });

  it('2.2 viewURL(filename, subfolder, type, options)', () => {
    const client = new WsClient({ auth: { query: { token: 't' } } });
    const options = { preview: 'webp;80', channel: 'rgb', version: 3 } as const;
    expect(Object.fromEntries(new URL(client.viewURL('ä b.png', 'x/y', 'temp', options)).searchParams)).toEqual({
      filename: 'ä b.png',
      subfolder: 'x/y',
      type: 'temp',
      preview: 'webp;80',
      channel: 'rgb',
      rand: '3',
      token: 't',
    });
  });

  it('2.2 wsURL(): with the credentials that addresses carry', () => {
    const client = new WsClient({ api_base: '/b', clientId: 'c', auth: { query: { token: 't' } } });
    expect(client.wsURL()).toBe('ws://127.0.0.1:8188/b/ws?clientId=c&token=t');
  });

  it('2.2 fetchApi(route, options): signal, time limit, further tries, any error body', async () => {
    let tries = 0;
    const { client, asked } = tableClient(
      {
        'GET /busy': () =>
          ++tries < 3 ? new Response('', { status: 503, headers: { 'retry-after': '0' } }) : { ok: 1 },
        'GET /empty': 403,
        'GET /json': () => new Response('{"a":1}', { status: 418 }),
        'GET /same': () => new Response(null, { status: 304 }),
      },
      { chance: { random: () => 0, randomBytes: (bytes) => bytes } },
    );
    expect(await (await client.fetchApi('/busy')).json()).toEqual({ ok: 1 });
    expect(tries).toBe(3);
    expect(await failureOf(client.fetchApi('/empty'))).toMatchObject({ status: 403, code: 'origin_rejected' });
    expect(await failureOf(client.fetchApi('/json'))).toMatchObject({ name: 'HttpError', status: 418, json: { a: 1 } });
    expect((await client.fetchApi('/same')).status).toBe(304);
    const sent = asked.length;
    await expect(client.fetchApi('/busy', { signal: AbortSignal.abort('why') })).rejects.toBe('why');
    expect(asked).toHaveLength(sent);
    const { clock, network, client: late } = fakeTime();
    network.faults.request = () => 'hang';
    const failed = failureOf(late.fetchApi('/x', { timeout_ms: 50, retry: false }));
    await clock.pass(60);
    expect(await failed).toMatchObject({ name: 'ClientRequestError', code: 'timed_out' });
  });

  it('2.2 addEventListener, on, once: what they return ends them; { signal, once }', () => {
    const client = new WsClient({});
    const heard: string[] = [];
    const stop = new AbortController();
    const off = client.on('own', (data) => heard.push(`on ${data}`));
    client.once('own', (data) => heard.push(`once ${data}`));
    client.addEventListener('own', (data) => heard.push(`signal ${data}`), { signal: stop.signal });
    client.on('own', (data) => heard.push(`option ${data}`), { once: true });
    client.events.emit('own', 1);
    stop.abort();
    client.events.emit('own', 2);
    off();
    client.events.emit('own', 3);
    expect(heard).toEqual(['on 1', 'once 1', 'signal 1', 'option 1', 'on 2']);
    expect(client.registered).toEqual([]);
  });

  it('2.2 off(type, cb)', () => {
    const client = new WsClient({});
    const heard: unknown[] = [];
    const listen = (data: unknown): void => void heard.push(data);
    client.on('own', listen);
    client.events.emit('own', 1);
    client.off('own', listen);
    client.events.emit('own', 2);
    expect(heard).toEqual([1]);
  });

  it('2.2 addSocketCallback, removeSocketCallbacks: several per type', async () => {
    class Watching extends WsClient {
      readonly heard: string[] = [];
      watch(): void {
        for (const name of ['a', 'b']) this.addSocketCallback(this.socket!, 'message', () => this.heard.push(name));
      }
      unwatch(): void {
        this.removeSocketCallbacks();
      }
    }
    const { server } = await startPair();
    const client = new Watching({ url: server.url, WebSocket: WebSocket as never });
    onTestFinished(() => client.close());
    await client.connect();
    client.watch();
    const tell = async (): Promise<void> => {
      const told = new Promise((resolve) => client.server_events.once('own', resolve));
      server.comfy.tell(client.clientId, 'own', 1);
      await told;
    };
    await tell();
    expect(client.heard).toEqual(['a', 'b']);
    client.unwatch();
    await tell();
    expect(client.heard).toEqual(['a', 'b']);
  });

  it('2.2 _polling_timer, _polling_interval, startPollingQueue: less often while idle', async () => {
    const { clock, comfy, client } = fakeTime();
    const connecting = client.connect({ polling: { enabled: true, interval: 100 } });
    await clock.pass(10);
    expect(await connecting).toBe(true);
    expect(client['_polling_timer']).not.toBeNull();
    const told: unknown[] = [];
    client.on('status', (status) => told.push(status));
    await clock.pass(10_000);
    const whileIdle = told.length;
    expect(whileIdle).toBeLessThan(20);
    comfy.answer('POST', '/prompt', new URLSearchParams(), JSON.stringify({ prompt: promptOf('Never') }));
    comfy.answer('POST', '/prompt', new URLSearchParams(), JSON.stringify({ prompt: promptOf('Never') }));
    await clock.pass(10_000);
    expect(told.length - whileIdle).toBeGreaterThan(60);
    expect(told.at(-1)).toEqual({ exec_info: { queue_remaining: 1 } });
    client.disconnect();
    expect(client['_polling_timer']).toBeNull();
  });

  it('2.2 createSocket: after a drop, with waits that grow and are drawn', async () => {
    const { clock, network, client } = fakeTime({}, { reconnect: { minMs: 1000, maxMs: 10_000, factor: 2 } });
    const connecting = client.connect();
    await clock.pass(50);
    await connecting;
    network.faults.isSocketRefused = () => true;
    network.cut();
    await clock.pass(60_000);
    const inOneMinute = network.opened.length - 1;
    expect(inOneMinute).toBeGreaterThan(5);
    expect(inOneMinute).toBeLessThan(60);
    network.faults.isSocketRefused = () => false;
    const back = next(client, 'reconnected');
    await clock.pass(10_000);
    await back;
  });

  it('2.2 init()', async () => {
    const { client } = await startPair();
    expect(await client.init()).toBe(true);
  });

  it('2.2 connect(options): polling, websocket, timeout_ms, signal', async () => {
    const { client } = await startPair();
    expect(await client.connect()).toBe(true);
    expect(await client.connect()).toBe(true);
    await expect(client.connect({ websocket: { enabled: false } })).rejects.toThrow('You must enable');
    await expect(client.connect({ signal: AbortSignal.abort('why') })).rejects.toBe('why');
    const { clock, network, client: late } = fakeTime();
    network.faults.latencyMs = () => 8000;
    const opening = failureOf(late.connect({ timeout_ms: 2000 }));
    const probing = failureOf(late.connect({ polling: { enabled: true }, timeout_ms: 1000 }));
    await clock.pass(3000);
    expect(await opening).toMatchObject({ name: 'WebSocketTimeoutError', code: 'timed_out' });
    expect(await probing).toMatchObject({ name: 'PollingTimeoutError', code: 'timed_out' });
  });

  it('2.2 close(), disconnect(), _disconnectSocket(), _disconnectPolling(), asyncDispose', async () => {
    const { server, client } = await startPair({}, { timeouts: { pollMs: 20 } });
    await client.connect();
    const run = client.enqueue(promptOf('Never'));
    await next(client, 'executing');
    client.disconnect();
    expect([client.socket, client.closed]).toEqual([null, false]);
    server.comfy.release();
    expect((await run).images).toEqual([]);
    const closed = next(client, 'close');
    const lost = failureOf(client.enqueue(promptOf('Never')));
    client.close();
    await closed;
    expect(await lost).toMatchObject({ name: 'ConnectError', code: 'client_closed' });
    expect(client.registered).toEqual([]);
    await client.connect();
    await client[Symbol.asyncDispose]();
    expect(client.closed).toBe(true);
    client._disconnectSocket();
    client._disconnectPolling();
  });

  it('2.2 events: every one of them', async () => {
    const { server, client } = await startPair();
    const types = new Set<string>();
    const names = [
      'status',
      'progress',
      'progress_state',
      'executing',
      'executed',
      'execution_start',
      'execution_cached',
      'execution_success',
      'execution_error',
      'execution_interrupted',
      'connected',
      'reconnecting',
      'reconnected',
      'close',
      'message',
      'b_preview',
      'b_preview_with_metadata',
      'progress_text',
      'image_data',
      'unhandled',
      'logs',
      'notification',
      'feature_flags',
      'unknown_binary',
      'resync',
      'job',
      'own.type',
    ];
    for (const name of names) client.on(name, () => types.add(name));
    let status: unknown = 'none';
    client.on('status', (told) => (status = told));
    await client.connect();
    const failed = failureOf(client.enqueue(promptOf('Fail')));
    await client.enqueue(promptOf('Preview', 'Save'));
    await failed;
    const stopped = failureOf(client.enqueue(promptOf('Never')));
    await next(client, 'executing');
    server.comfy.interrupt(server.comfy.running!.id);
    await stopped;
    expect(status).toMatchObject({ exec_info: {} });
    for (const type of ['logs', 'notification', 'resync', 'job', 'own.type', 'nobody.listens'])
      server.comfy.tell(client.clientId, type, {});
    server.comfy.tellBytes(client.clientId, frame(3, 1, bytesOf('1x')));
    server.comfy.tellBytes(client.clientId, frame(9, 1, []));
    server.comfy.tell(client.clientId, 'status', { status: { exec_info: { queue_remaining: 0 } }, sid: 'renamed' });
    await next(client, 'status');
    expect(client.clientId).toBe('renamed');
    const back = next(client, 'reconnected');
    server.cut();
    await back;
    client.close();
    expect(names.filter((name) => !types.has(name))).toEqual([]);
  });
});
