/** What a client sees of a server whose nodes misbehave. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startFaultServer } from './fixtures/fault-server.ts';
import type { FaultServer } from './fixtures/fault-server.ts';
import { call, one, post, submit, WireClient } from './fixtures/wire-client.ts';
import type { Data } from './fixtures/wire-client.ts';

let server: FaultServer;
let client: WireClient;
beforeAll(async () => {
  server = await startFaultServer();
  client = await WireClient.connect(server.url, { clientId: 'me' });
});
afterEach(async () => {
  // what a failed test left behind is not the next one's concern
  await post(`${server.url}/queue`, { clear: true });
  await post(`${server.url}/interrupt`, {});
});
afterAll(async () => {
  await server.close();
});

const mine = { client_id: 'me' };
const startOf = (promptId: string) =>
  client.until(({ type, data }) => type === 'executing' && data['prompt_id'] === promptId && data['node'] !== null);

async function history(promptId: string): Promise<{ status: { status_str: string; messages: [string, Data][] } }> {
  const answer = await call(`${server.url}/history/${promptId}`);
  return (answer.json() as Record<string, { status: { status_str: string; messages: [string, Data][] } }>)[promptId]!;
}

/** The next prompt runs to its end, as if nothing had been. */
async function expectToWork(): Promise<void> {
  const promptId = await submit(server.url, one('Echo', { text: `alive ${Math.random()}` }), mine);
  expect((await client.end(promptId)).type).toBe('execution_success');
}

describe('a prompt over the wire', () => {
  test('is queued, told of, and found in the history by the time of its end message', async () => {
    const promptId = await submit(server.url, one('Echo', { text: 'hello' }), mine);
    await client.until(({ type, data }) => type === 'executing' && data['node'] === null);
    expect(await history(promptId)).toMatchObject({ outputs: { 1: { text: ['hello'] } }, status: { completed: true } });
  });

  test('what waits and what runs is listed, and one that is deleted never runs', async () => {
    const gate = join(server.base, 'listed');
    const running = await submit(server.url, one('Hold', { gate }), mine);
    await startOf(running);
    const [second, third] = [
      await submit(server.url, one('Echo', { text: '2' })),
      await submit(server.url, one('Echo', { text: '3' })),
    ];
    const before = (await call(`${server.url}/queue`)).json() as { queue_running: Data[][]; queue_pending: Data[][] };
    expect(before.queue_running.map((entry) => entry[1])).toEqual([running]);
    expect(before.queue_pending.map((entry) => entry[1])).toEqual([second, third]);
    expect(before.queue_pending[0]).toHaveLength(5);
    expect((await post(`${server.url}/queue`, { delete: [second, 'unknown'] })).status).toBe(200);
    writeFileSync(gate, '');
    await client.end(running);
    await expect.poll(() => history(third!)).toBeDefined();
    expect(await history(second!)).toBeUndefined();
  });

  test('a client that connects while its prompt runs is told the node, without a prompt id', async () => {
    const gate = join(server.base, 'watched');
    const promptId = await submit(server.url, one('Hold', { gate }), { client_id: 'late' });
    await expect.poll(() => server.server.queue.currentNodeOf('late')).toBe('1');
    const late = await WireClient.connect(server.url, { clientId: 'late' });
    expect((await late.until('executing')).data).toEqual({ node: '1' });
    writeFileSync(gate, '');
    await late.end(promptId);
    await late.close();
  });

  test('number and front decide the order', async () => {
    const gate = join(server.base, 'ordered');
    const running = await submit(server.url, one('Hold', { gate }), mine);
    await startOf(running);
    const ids: string[] = [];
    for (const more of [{ number: 1e6 }, { number: 999_999.5 }, {}, { front: true }, { front: true }])
      ids.push(await submit(server.url, one('Echo', { text: `${ids.length}` }), { ...mine, ...more }));
    writeFileSync(gate, '');
    for (const id of ids) await client.end(id);
    const starts = client.heard.flatMap((message) =>
      'data' in message && message.type === 'execution_start' ? [message.data['prompt_id']] : [],
    );
    expect(starts.filter((id) => ids.includes(id as string))).toEqual([4, 3, 2, 1, 0].map((at) => ids[at]));
  });
});

describe('a node that misbehaves ends its own prompt and nothing else (F7, F8)', () => {
  test.each([
    ['FaultThrow', 'on purpose\n'],
    ['FaultThrowText', 'only a text\n'],
  ])('%s: execution_error with what it said', async (classType, message) => {
    const { type, data } = await client.end(await submit(server.url, one(classType), mine));
    expect([type, data['exception_message'], data['node_id']]).toEqual(['execution_error', message, '1']);
    await expectToWork();
  });

  test('A46: an error of 13 MB is cut', async () => {
    const { data } = await client.end(await submit(server.url, one('FaultThrowLong'), mine));
    expect(JSON.stringify(data).length).toBeLessThan(1_000_000);
    expect(data['exception_message']).toMatch(/^<script>/);
    await expectToWork();
  });

  test.each(['FaultExit', 'FaultThrowLater'])(
    '%s: takes its runner down twice, gets execution_error, and is not tried a third time',
    async (classType) => {
      const promptId = await submit(server.url, one(classType), mine);
      const { type, data } = await client.end(promptId);
      expect([type, data['exception_type'], data['node_id'], data['node_type']]).toEqual([
        'execution_error',
        'RunnerLost',
        '1',
        classType,
      ]);
      const starts = client.heard.filter(
        (message) => 'data' in message && message.type === 'execution_start' && message.data['prompt_id'] === promptId,
      );
      expect(starts).toHaveLength(2);
      expect((await history(promptId)).status.status_str).toBe('error');
      await expectToWork();
    },
  );

  test.each(['FaultSpin', 'FaultNever'])(
    '%s: sockets and routes answer meanwhile, and it is interrupted after the grace time',
    async (classType) => {
      const promptId = await submit(server.url, one(classType), mine);
      await startOf(promptId);
      const other = await WireClient.connect(server.url, { flags: {} });
      for (const path of ['/prompt', '/queue', '/object_info', '/system_stats'])
        expect((await call(server.url + path)).status).toBe(200);
      expect((await post(`${server.url}/interrupt`, { prompt_id: promptId })).status).toBe(200);
      const { type, data } = await client.end(promptId);
      expect([type, data['node_id'], data['node_type']]).toEqual(['execution_interrupted', '1', classType]);
      expect((await history(promptId)).status).toMatchObject({ status_str: 'error', completed: false });
      await other.close();
      await expectToWork();
    },
  );

  test('F24: interrupting while idle, twice, and with another id leaves the next prompt alone', async () => {
    for (const body of ['', '{}', 'null', '[]', '{"prompt_id":5}', '{"prompt_id":"unknown"}'])
      expect((await post(`${server.url}/interrupt`, body)).status).toBe(200);
    await expectToWork();
  });
});

describe('a node whose own validation misbehaves', () => {
  test.each([
    ['spin', 'took longer than 1000 ms'],
    ['exit', 'ended its process'],
  ])('%s: its prompt is refused after the limit with the reason, others validate', async (mode, reason) => {
    const hanging = post(`${server.url}/prompt`, { prompt: one('FaultCheck', { mode }), ...mine });
    const others = ['ok', 'ok', 'refuse'].map((other) =>
      post(`${server.url}/prompt`, { prompt: one('FaultCheck', { mode: other }), ...mine }),
    );
    const answer = await hanging;
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(reason)]);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 400]);
    await expectToWork();
  });
});

describe('a prompt id that is used again (A29)', () => {
  const id = '0d9a2f5e-1c1b-4b7e-9a8c-2b1f3c4d5e6f';
  test('while it waits or runs: the same prompt gets the same answer, another one 409, and it runs once', async () => {
    const gate = join(server.base, 'twice');
    const prompt = one('Hold', { gate });
    const send = (graph: unknown) => post(`${server.url}/prompt`, { prompt: graph, prompt_id: id, ...mine });
    const first = await send(prompt);
    await startOf(id);
    expect((await send(prompt)).text).toBe(first.text);
    const other = await send(one('Echo', { text: 'x' }));
    expect([other.status, other.json()['error']]).toEqual([
      409,
      expect.objectContaining({ type: 'duplicate_prompt_id' }),
    ]);
    writeFileSync(gate, '');
    await client.end(id);
    expect((await call(`${server.url}/prompt`)).json()).toEqual({ exec_info: { queue_remaining: 0 } });
  });
});
