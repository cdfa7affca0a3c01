import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startFaultServer } from './fixtures/fault-server.ts';
import type { FaultServer } from './fixtures/fault-server.ts';
import { startSocketHost } from './fixtures/socket-host.ts';
import { call, one, post, submit, WireClient } from './fixtures/wire-client.ts';

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer({ server: { maxConnections: 60 } });
});
afterAll(async () => {
  await server.close();
});

/** The status of an upgrade that is refused. */
async function refusalOf(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
    socket.on('open', () => reject(new Error('the upgrade was not refused')));
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
}

const port = (): number => Number(new URL(server.url).port);

/** Everything that the server says to some bytes until it closes. */
function raw(bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection(port(), '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('close', () => resolve(text));
    socket.on('error', () => {});
  });
}

/** A socket that has been upgraded by hand and reads only when the test does. */
async function upgradeByHand(clientId: string, at = port()): Promise<Socket> {
  const socket = createConnection(at, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `GET /ws?clientId=${clientId} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

describe('the handshake', () => {
  test.each(['/ws', '/api/ws'])('%s opens, whatever else its query says', async (path) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}?clientId=a%20b&x=1`);
    const [data] = await new Promise<[Buffer]>((resolve) =>
      socket.once('message', (first: Buffer) => resolve([first])),
    );
    expect(JSON.parse(data.toString())).toMatchObject({ type: 'status', data: { sid: 'a b' } });
    socket.terminate();
  });

  test('a client without an id, or with an empty one, is given 32 hex digits', async () => {
    for (const options of [{}, { clientId: '' }]) {
      const client = await WireClient.connect(server.url, options);
      expect((await client.until('status')).data['sid']).toMatch(/^[0-9a-f]{32}$/);
      await client.close();
    }
  });

  test('compression is not agreed to', async () => {
    const client = await WireClient.connect(server.url);
    expect(client.socket.extensions).toBe('');
    await client.close();
  });

  test.each([
    ['/other', 404],
    ['/ws/', 404],
    [`/ws?clientId=${'x'.repeat(1001)}`, 400],
  ])('%s is refused with %i', async (path, status) => {
    expect((await refusalOf(path)).status).toBe(status);
  });

  test('A5: a page of another origin gets 403 and no socket', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1'])
      expect((await refusalOf('/ws', { origin })).status).toBe(403);
    expect((await refusalOf('/ws', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await refusalOf('/ws', { host: 'evil.example' })).status).toBe(403);
    const own = await WireClient.connect(server.url, { headers: { origin: server.url } });
    await own.close();
  });

  test.each(['//', '//[', 'http://[/ws', '/ws?clientId=%', '\\\\x'])(
    'an upgrade of the address %j is answered, and the server lives',
    async (target) => {
      const head = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`;
      expect(await raw(head)).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect((await call(`${server.url}/prompt`)).status).toBe(200);
    },
  );

  test('an offer of HTTP/2 is declined by answering as ever, body and all', async () => {
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';
    const got = await raw(`GET /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\n${offer}\r\n`);
    expect(got).toMatch(/^HTTP\/1\.1 200 OK[^]*queue_remaining/);
    const body = '{"x":1}';
    const sent = await raw(`POST /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 7\r\n${offer}\r\n${body}`);
    expect(sent).toMatch(/^HTTP\/1\.1 400 [^]*no_prompt/);
  });

  test('A37: past the limit of connections further ones get 503, and those that are open go on', async () => {
    const open: WireClient[] = [];
    try {
      for (let at = 0; at < 60; at++) open.push(await WireClient.connect(server.url, { clientId: `many ${at % 7}` }));
      expect((await refusalOf('/ws')).status).toBe(503);
      open[59]!.socket.send('{"type":"feature_flags"}');
      await open[59]!.until('feature_flags');
    } finally {
      for (const client of open) client.socket.terminate();
      await Promise.all(open.map(({ closed }) => closed));
    }
    await expect.poll(() => server.server.sessions.size).toBe(0);
  });
});

describe('messages of a client', () => {
  test('4194303 bytes pass, one more closes with 1009', async () => {
    const client = await WireClient.connect(server.url);
    client.socket.send('x'.repeat(4_194_303));
    client.socket.send('{"type":"feature_flags"}');
    await client.until('feature_flags');
    client.socket.send('x'.repeat(4_194_304));
    expect(await client.closed).toBe(1009);
  });

  test('nonsense of every kind leaves the socket open and answers nothing', async () => {
    const client = await WireClient.connect(server.url);
    for (const message of ['', '{', '[]', '5', 'null', '"x"', Buffer.from([0, 0, 0, 9]), Buffer.alloc(0)])
      client.socket.send(message);
    client.socket.send('{"type":"feature_flags","data":{"__proto__":{"x":1}}}');
    await client.until('feature_flags');
    expect(client.types()).toEqual(['status', 'feature_flags']);
    await client.close();
  });
});

describe('F15, F16: one id, several sockets', () => {
  test.each([0, 1, 3, 7, 20])(
    'ten times closing and connecting %i ms later: the newest is never deaf',
    async (delay) => {
      const clientId = `hasty ${delay}`;
      let client = await WireClient.connect(server.url, { clientId });
      for (let round = 0; round < 10; round++) {
        if (round % 2) client.socket.terminate();
        else client.socket.close();
        await new Promise((resolve) => (delay ? setTimeout(resolve, delay) : setImmediate(resolve)));
        client = await WireClient.connect(server.url, { clientId });
      }
      const end = await client.end(
        await submit(server.url, one('Echo', { text: `${delay}` }), { client_id: clientId }),
      );
      expect(end.type).toBe('execution_success');
      await client.close();
    },
  );

  test('a stock client that was taken over stays open and hears nothing; its closing does not harm the newer', async () => {
    const first = await WireClient.connect(server.url, { clientId: 'two', flags: { supports_preview_metadata: true } });
    const second = await WireClient.connect(server.url, { clientId: 'two' });
    await second.end(await submit(server.url, one('Echo', { text: 'a' }), { client_id: 'two' }));
    expect(first.types()).toEqual(['status', 'feature_flags']);
    expect(first.socket.readyState).toBe(WebSocket.OPEN);
    await first.close();
    await second.end(await submit(server.url, one('Echo', { text: 'b' }), { client_id: 'two' }));
    await second.close();
  });

  test('a client that knows 4409 is closed with it', async () => {
    const first = await WireClient.connect(server.url, { clientId: 'ours', flags: { supports_takeover_close: true } });
    const second = await WireClient.connect(server.url, { clientId: 'ours' });
    expect(await first.closed).toBe(4409);
    await second.close();
  });
});

describe('F17: a client that does not read', () => {
  test('delays nobody, loses previews only, and gets the rest in order when it reads again', async () => {
    const clientId = 'slow';
    const slow = await WireClient.connect(server.url, { clientId });
    const watcher = await WireClient.connect(server.url, { clientId: 'quick' });
    slow.socket.pause();
    const gate = join(server.base, 'slow');
    writeFileSync(gate, '');
    const previews = { 1: { class_type: 'Previews', inputs: { count: 100, side: 384 } } };
    const last = { 2: { class_type: 'Note', inputs: { file: gate, line: 'end' } } };
    const promptId = await submit(server.url, { ...previews, ...last }, { client_id: clientId });
    await expect
      .poll(async () => (await call(`${server.url}/history/${promptId}`)).text.length, { timeout: 15_000 })
      .toBeGreaterThan(2);
    await watcher.end(await submit(server.url, one('Echo', { text: 'quick' }), { client_id: 'quick' }));
    slow.socket.resume();
    expect((await slow.end(promptId)).type).toBe('execution_success');
    const types = slow.types().filter((type) => !['binary', 'progress', 'progress_state', 'status'].includes(type));
    expect(types).toEqual([
      'execution_start',
      'execution_cached',
      'executing',
      'executing',
      'executed',
      'execution_success',
      'executing',
    ]);
    const pictures = slow.heard.flatMap((message) => ('bytes' in message ? [message.bytes] : []));
    expect(pictures.length).toBeLessThan(100);
    const states = slow.heard.flatMap((message) =>
      'data' in message && message.type === 'progress_state' ? [message.data] : [],
    );
    expect(states.at(-1)!['nodes']).toMatchObject({ 1: { value: 100, state: 'finished' }, 2: { state: 'finished' } });
    await slow.close();
    await watcher.close();
  });

  test('A38: is closed when more waits for it than may, while another client gets everything', async () => {
    const small = await startFaultServer({ server: { outbox: { maxQueuedBytes: 2_000_000 } } });
    try {
      const [stuck, other] = [
        await WireClient.connect(small.url, { clientId: 'stuck' }),
        await WireClient.connect(small.url, { clientId: 'other' }),
      ];
      stuck.socket.pause();
      const results = Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [at, { class_type: 'FaultShow', inputs: { megabytes: 1 } }]),
      );
      await submit(small.url, results, { client_id: 'stuck' });
      const promptId = await submit(small.url, results, { client_id: 'other' });
      expect((await other.end(promptId)).type).toBe('execution_success');
      expect(other.types().filter((type) => type === 'executed')).toHaveLength(12);
      stuck.socket.resume();
      expect(await stuck.closed).toBe(1013);
      await other.close();
    } finally {
      await small.close();
    }
  });
});

describe('A39: frames that are against the rules', () => {
  const mask = [0, 0, 0, 0];
  test.each([
    ['unmasked', [0x81, 0x01, 0x78], 1002],
    ['with a reserved bit', [0xc1, 0x81, ...mask, 0x78], 1002],
    ['with a reserved opcode', [0x83, 0x80, ...mask], 1002],
    ['of 2^63 bytes', [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, ...mask], 1009],
    ['of 1 GB', [0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, ...mask], 1009],
    ['a control frame in pieces', [0x09, 0x80, ...mask], 1002],
    ['a continuation of nothing', [0x80, 0x80, ...mask], 1002],
    ['text that is not UTF-8', [0x81, 0x81, ...mask, 0xff], 1007],
  ])('%s: closed with the code for it within a second', async (_what, bytes, code) => {
    const socket = await upgradeByHand('rules');
    const got: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const started = performance.now();
    socket.write(Uint8Array.from(bytes));
    await expect.poll(() => Buffer.concat(got).includes(Buffer.from([0x88, 0x02, code >> 8, code & 255]))).toBe(true);
    expect(performance.now() - started).toBeLessThan(1000);
    socket.destroy();
    await closed;
  });

  test('a million empty pieces of one message end with a close, and no memory is taken', async () => {
    const socket = await upgradeByHand('pieces');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.resume();
    const before = process.memoryUsage().rss;
    socket.write(Uint8Array.from([0x01, 0x80, ...mask]));
    socket.write(Buffer.concat(Array.from({ length: 1_000_000 }, () => Buffer.from([0x00, 0x80, ...mask]))));
    await closed;
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    expect((await call(`${server.url}/prompt`)).status).toBe(200);
  });

  test('A40: a flood of pings and messages keeps nobody else from being served', async () => {
    const flood = await WireClient.connect(server.url, { clientId: 'flood' });
    const other = await WireClient.connect(server.url, { clientId: 'calm' });
    for (let at = 0; at < 20_000; at++) {
      flood.socket.ping();
      flood.socket.send('{"type":"x"}');
    }
    const { type } = await other.end(await submit(server.url, one('Echo', { text: 'calm' }), { client_id: 'calm' }));
    expect(type).toBe('execution_success');
    flood.socket.terminate();
    await other.close();
  });
});

describe('F14: a peer that is gone without a word', () => {
  test('is ended when it answers no ping; one that answers is not', async () => {
    const host = await startSocketHost({ pingMs: 50 });
    const { port: quickPort, sessions } = host;
    try {
      const dead = await upgradeByHand('dead', quickPort);
      const living = await WireClient.connect(`http://127.0.0.1:${quickPort}`, { clientId: 'living' });
      dead.resume();
      await once(dead, 'close');
      await expect.poll(() => sessions.isConnected('dead')).toBe(false);
      expect(sessions.isConnected('living')).toBe(true);
      await living.close();
    } finally {
      host.close();
    }
  });
});

describe('a server that stops', () => {
  test('closes its sockets with 1001, also when one of them does not read', async () => {
    const stopping = await startFaultServer();
    const client = await WireClient.connect(stopping.url, { clientId: 'a' });
    const stuck = await WireClient.connect(stopping.url, { clientId: 'b' });
    stuck.socket.pause();
    await submit(stopping.url, one('FaultNever'), { client_id: 'a' });
    await client.until('executing');
    await stopping.close();
    expect(await client.closed).toBe(1001);
    stuck.socket.terminate();
    await expect(post(`${stopping.url}/prompt`, {})).rejects.toThrow('fetch failed');
  });
});
