/** The 21 defects of the package that this entry stands in for: each was read in its source, and none is here. */
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Client, HttpError, PromptEnqueueError, WorkflowExecutionError, WsClient } from '../../src/compat/index.ts';
import { frame } from '../fake/fake-comfy.ts';
import { promptOf } from '../fake/harness.ts';
import { failureOf, fakeTime, next, startPair, tableClient } from './fake-client.ts';

const JPEG = [0xff, 0xd8, 0xff, 0xe0, 9];
const SOURCES = join(import.meta.dirname, '../../src/compat');

describe('2.6', () => {
  it('#1 the address of the socket has the base path', async () => {
    const { server, client } = await startPair({ path: '/comfy' });
    await client.connect();
    expect(server.upgrades[0]?.url).toBe(`/comfy/ws?clientId=${client.clientId}`);
  });

  it('#2 a JPEG preview is not called PNG', () => {
    const [event] = WsClient.readBinaryData(frame(1, 1, JPEG).buffer as ArrayBuffer);
    expect(event?.type).toBe('b_preview');
    expect(event?.data).toMatchObject({ type: 'image/jpeg' });
  });

  it('#3 all outputs are in the result, and a run without any ends', async () => {
    const { client } = await startPair();
    await client.connect();
    const { images } = await client.enqueue(promptOf('Save', 'Save', 'Save'));
    expect(images).toHaveLength(3);
    const silent = await client.enqueue(promptOf('Preview'), {
      resolver: (acc) => acc,
    });
    expect(silent.images).toEqual([]);
  });

  it('#4 only its own error rejects, and an interruption does', async () => {
    const { server, client } = await startPair();
    await client.connect();
    const good = client.enqueue(promptOf('Text', 'Save'));
    const bad = failureOf(client.enqueue(promptOf('Fail')));
    const stopped = failureOf(client.enqueue(promptOf('Never')));
    expect((await good).images).toHaveLength(1);
    expect(await bad).toBeInstanceOf(WorkflowExecutionError);
    await vi.waitFor(() => expect(server.comfy.running?.prompt['1']?.class_type).toBe('Never'));
    server.comfy.interrupt(server.comfy.running!.id);
    expect(await stopped).toMatchObject({ code: 'job_canceled' });
  });

  it('#5 what is told before the answer to the request is heard', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { client } = await startPair(
      {},
      {
        hooks: [
          {
            response: async (response, { url, init }) => {
              if (init.method === 'POST' && url.endsWith('/prompt')) await held;
              return response;
            },
          },
        ],
      },
    );
    await client.connect();
    const steps: number[] = [];
    const run = client.enqueue(promptOf('SaveImageWebsocket'), { progress: ({ value }) => steps.push(value) });
    await next(client, 'execution_success');
    release();
    expect((await run).images).toMatchObject([{ type: 'buff', mime: 'image/png' }]);
    expect(steps).toEqual([1]);
  });

  it('#6 a server that cannot be asked is no sign that all is done', async () => {
    const { client } = tableClient({ 'GET /queue': 500, 'GET /history': 500 });
    await expect(client.getPromptStatus('x')).rejects.toBeInstanceOf(HttpError);
    await expect(client.getQueue()).rejects.toMatchObject({ status: 500 });
    await expect(client.getHistory()).rejects.toMatchObject({ status: 500 });
  });

  it('#7 the routes of logs have their prefix once', async () => {
    const { client, asked } = tableClient({
      'GET /internal/logs': '"text"',
      'GET /internal/logs/raw': { entries: [], size: { cols: 1, row: 1 } },
    });
    expect(await client.getLogs()).toBe('text');
    expect(await client.getRawLogs()).toMatchObject({ entries: [] });
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/internal/logs', '/internal/logs/raw']);
  });

  it('#8 nothing of Node is needed', () => {
    const files = readdirSync(SOURCES);
    expect(files.length).toBeGreaterThan(25);
    for (const file of files) {
      const code = readFileSync(join(SOURCES, file), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
      expect(code, file).not.toMatch(/\b(?:Buffer|process|require|setImmediate)\b|from 'node:/);
    }
  });

  it("#9 a proxy's page is told of, with its status", async () => {
    const page = '<html><title>502 Bad Gateway</title></html>';
    const { client } = tableClient({ 'GET /x': () => new Response(page, { status: 502 }), 'GET /y': 500 });
    const error = await failureOf(client.fetchApi('/x', { retry: false }));
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ status: 502, json: undefined, body: page });
    expect((error as Error).message).toContain('502 Bad Gateway');
    await expect(client.fetchApi('/y')).rejects.toMatchObject({ status: 500 });
  });

  it('#10 questions for the status end when the socket opens', async () => {
    const { server, client } = await startPair();
    server.faults.refuseSocket = () => 503;
    let questions = 0;
    server.faults.request = ({ method, url }) => void (method === 'GET' && url === '/prompt' && questions++);
    client['_polling_interval'] = 5;
    await failureOf(client.connect());
    await next(client, 'status');
    expect(client['_polling_timer']).not.toBeNull();
    delete server.faults.refuseSocket;
    await next(client, 'connected');
    expect(client['_polling_timer']).toBeNull();
    expect(questions).toBeGreaterThan(0);
  });

  it('#11 the type of a connection error is what went wrong', async () => {
    const { server, client } = await startPair();
    server.faults.refuseSocket = () => 403;
    const told = next(client, 'connection_error');
    await failureOf(client.connect());
    expect(await told).toMatchObject([{ type: '403', message: expect.stringContaining('403') as string }]);
  });

  it('#12 a refusal rejects at once', async () => {
    const { server, client } = await startPair();
    server.faults.refuseSocket = () => 401;
    server.faults.request = () => ({ status: 401, body: 'no' });
    // a wait for the timeout would outlast the test
    const error = await failureOf(client.connect({ timeout_ms: 600_000 }));
    expect(error).toMatchObject({ name: 'ConnectError', code: 'unauthorized' });
    const closed = new Client({ api_host: '127.0.0.1:1', WebSocket });
    onTestFinished(() => closed.close());
    await expect(closed.connect({ timeout_ms: 600_000 })).rejects.toMatchObject({ code: 'connection_failed' });
  });

  it('#13 after close() it can be opened again', async () => {
    const { client } = await startPair();
    await client.connect();
    client.close();
    await expect(client.fetchApi('/queue')).rejects.toMatchObject({ code: 'client_closed' });
    await client.connect();
    expect((await client.enqueue(promptOf('Save'))).images).toHaveLength(1);
  });

  it('#14 a message that is no JSON is an event', async () => {
    const { server, client } = await startPair();
    await client.connect();
    const [nan, broken] = [next(client, 'progress'), next(client, 'unknown_text')];
    for (const socket of server.comfy.sockets) {
      socket.deliver('{"type":"progress","data":{"value":NaN,"max":2}}');
      socket.deliver('{"type":');
    }
    expect(await nan).toEqual([{ value: NaN, max: 2 }]);
    expect(await broken).toEqual(['{"type":']);
  });

  it('#15 pictures and texts are told in the order in which they came', async () => {
    const { server, client } = await startPair();
    await client.connect();
    const order: string[] = [];
    client.on('image_data', ({ image }) => order.push(`picture ${new Uint8Array(image).at(-1)}`));
    client.on('executing', ({ node }) => order.push(node));
    const last = next(client, 'executed');
    for (const socket of server.comfy.sockets) {
      for (const at of [1, 2, 3]) {
        socket.deliver(frame(1, 1, [...JPEG, at]));
        socket.deliver(JSON.stringify({ type: 'executing', data: { node: `text ${at}` } }));
      }
      socket.deliver(JSON.stringify({ type: 'executed', data: {} }));
    }
    await last;
    expect(order).toEqual(['picture 1', 'text 1', 'picture 2', 'text 2', 'picture 3', 'text 3']);
  });

  it('#16 a redirect of a POST is refused, and never followed as a GET', async () => {
    const methods: string[] = [];
    const http = createServer((request, response) => {
      methods.push(`${request.method} ${request.url}`);
      response.writeHead(request.url === '/prompt' ? 301 : 200, { location: '/elsewhere' }).end('{"exec_info":{}}');
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void http.close());
    const client = new Client({ api_host: `127.0.0.1:${(http.address() as AddressInfo).port}` });
    onTestFinished(() => client.close());
    const error = await failureOf(client.queuePrompt(0, { prompt: {} }));
    expect(error).toMatchObject({ name: 'HttpError', code: 'redirected' });
    expect(methods).toEqual(['POST /prompt']);
  });

  it('#17 a message of the server that is called `close` imitates nothing', async () => {
    const { server, client } = await startPair();
    await client.connect();
    const heard: string[] = [];
    for (const type of ['close', 'reconnecting', 'connected']) client.on(type, () => heard.push(type));
    const told = next(client, 'unhandled');
    const own = new Promise((resolve) => client.server_events.once('reconnecting', resolve));
    server.comfy.tell(client.clientId, 'close', { of: 'a node' });
    server.comfy.tell(client.clientId, 'reconnecting', 7);
    expect(await told).toEqual([{ type: 'close', data: { of: 'a node' } }]);
    expect(await own).toBe(7);
    expect(heard).toEqual([]);
    expect(client.closed).toBe(false);
  });

  it('#18 a 400 is a PromptEnqueueError, with its node_errors', async () => {
    const { client } = await startPair();
    const errors = await Promise.all([
      failureOf(client.enqueue(promptOf('Refused'))),
      failureOf(client._enqueue_prompt(promptOf('Refused'))),
    ]);
    for (const error of errors) {
      expect(error).toBeInstanceOf(PromptEnqueueError);
      expect(error).toMatchObject({ node_errors: { 1: { class_type: 'Refused' } } });
      expect((error as Error).message).toContain('Value not in list');
    }
  });

  it('#19 previews are no results', async () => {
    const { client } = await startPair();
    await client.connect();
    const previews: unknown[] = [];
    client.on('b_preview', (blob) => previews.push(blob.type));
    const { images } = await client.enqueue(promptOf('Preview', 'SaveImageWebsocket'));
    expect(previews).toEqual(['image/jpeg', 'image/png']);
    expect(images).toMatchObject([{ type: 'buff', mime: 'image/png' }]);
  });

  it('#20 disconnect() between two attempts is final', async () => {
    const { clock, network, client } = fakeTime();
    const connecting = client.connect();
    await clock.pass(100);
    await connecting;
    const waiting = next(client, 'reconnecting');
    network.cut();
    await clock.pass(0);
    await waiting;
    client.disconnect();
    await clock.pass(600_000);
    expect(network.opened).toHaveLength(1);
    expect(client.socket).toBeNull();
  });

  it('#21 a probe that fails rejects', async () => {
    const { client } = tableClient({ 'GET /system_stats': 500 });
    const error = await failureOf(client.connect({ polling: { enabled: true }, timeout_ms: 600_000 }));
    expect(error).toMatchObject({ name: 'HttpError', status: 500 });
  });
});
