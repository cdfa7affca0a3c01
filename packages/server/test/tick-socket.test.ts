/** What one tick sends: it arrives whole and in order, however it lies in memory and in however many writes it leaves. */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { TextPieces } from '../src/wire/outgoing.ts';
import type { MessageData } from '../src/wire/outgoing.ts';
import { startSocketHost } from './fixtures/socket-host.ts';
import type { SocketHost } from './fixtures/socket-host.ts';

let host: SocketHost;
beforeAll(async () => {
  host = await startSocketHost();
});
afterAll(() => host.close());

interface Client {
  readonly socket: WebSocket;
  /** What has come, but for the greeting. */
  readonly got: string[];
  untilGot(count: number): Promise<void>;
}

async function connect(clientId: string): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/ws?clientId=${clientId}`);
  const got: string[] = [];
  let isGreeted = false;
  const greeting = new Promise<void>((resolve) =>
    socket.on('message', (data: Buffer, isBinary) => {
      if (isGreeted) got.push(isBinary ? `bytes ${data.toString('latin1')}` : data.toString());
      isGreeted = true;
      resolve();
    }),
  );
  await greeting;
  return {
    socket,
    got,
    async untilGot(count) {
      while (got.length < count) await once(socket, 'message');
    },
  };
}

const send = (clientId: string, data: MessageData, key = ''): void =>
  host.sessions.toClient(clientId, { data, delivery: key ? 'latest' : 'ordered', key });

test('texts, pieces and bytes of all lengths of a header, to two clients by turns', async () => {
  const one = await connect('one');
  const two = await connect('two');
  const want: Record<'one' | 'two', string[]> = { one: [], two: [] };
  const lengths = [0, 1, 125, 126, 127, 32_766, 32_767, 65_535, 65_536, 70_000];
  for (let round = 0; round < 3; round++) {
    for (const [at, length] of lengths.entries()) {
      const text = 'é'.repeat(Math.floor(length / 2)).padEnd(length - Math.floor(length / 2), 'x');
      const pieces = new TextPieces([text, Buffer.from('ü€'), '', 'end']);
      const bytes = new Uint8Array(length).fill(at + 65);
      for (const id of at % 2 ? (['one', 'two'] as const) : (['one'] as const)) {
        for (const data of [text, pieces, bytes]) send(id, data);
        want[id].push(text, `${text}ü€end`, `bytes ${String.fromCharCode(at + 65).repeat(length)}`);
      }
    }
  }
  await Promise.all([one.untilGot(want.one.length), two.untilGot(want.two.length)]);
  expect(one.got).toEqual(want.one);
  expect(two.got).toEqual(want.two);
  for (const { socket } of [one, two]) socket.terminate();
});

test('nothing is dropped of one tick, however much it is: only what earlier ticks left counts as behind', async () => {
  const client = await connect('slow');
  client.socket.pause();
  const text = 'x'.repeat(100_000);
  for (let at = 0; at < 200; at++) send('slow', `${at} ${text}`, 'newest');
  await new Promise((resolve) => setImmediate(resolve));
  for (let at = 200; at < 300; at++) send('slow', `${at} ${text}`, 'newest');
  client.socket.resume();
  await client.untilGot(201);
  await expect.poll(() => client.got.at(-1)!.slice(0, 4)).toBe('299 ');
  expect(client.got.slice(0, 200).map((message) => Number.parseInt(message, 10))).toEqual([...Array(200).keys()]);
  expect(client.got.length).toBeLessThan(205);
  client.socket.terminate();
});
