import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Broker, JobRecord } from '../src/broker/broker.ts';
import { createMemoryBroker } from '../src/broker/memory-broker.ts';
import { historyText } from '../src/prompts/entries.ts';
import { historyRoutes } from '../src/routes/history.ts';
import { makeEnd, makeJob } from './contracts/jobs.ts';

let broker: Broker;
let app: FastifyInstance;
let sockets: Socket[];

function serve(served: Broker): FastifyInstance {
  const app = fastify();
  historyRoutes(app, { broker: served, maxBodyBytes: 1000 });
  return app;
}
beforeEach(() => {
  broker = createMemoryBroker();
  app = serve(broker);
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await app.close();
});

async function run(promptId: string): Promise<void> {
  await broker.enqueue(makeJob(promptId));
  await broker.claim();
  await broker.finish(promptId, makeEnd());
}

/** A broker whose history is made by the test. */
const withPages = (pages: () => AsyncIterable<readonly JobRecord[]>): Broker => ({
  ...broker,
  historyPages: pages,
});

async function aRecord(outputsText: string): Promise<JobRecord> {
  await run('one');
  return { ...(await broker.record('one'))!, outputsText };
}

/** Asks for the history on a socket of our own, and waits for the beginning of the answer. */
async function ask(): Promise<Socket> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.write('GET /history HTTP/1.1\r\nhost: test\r\n\r\n');
  await once(socket, 'readable');
  return socket;
}

describe('the history as one answer', () => {
  test('a short one has its length', async () => {
    for (const id of ['a', 'b', 'c']) await run(id);
    const { statusCode, headers, body } = await app.inject('/history');
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'content-length': `${body.length}` });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toBe(historyText(await broker.history()));
    expect((await app.inject('/history?max_items=2')).body).toBe(historyText(await broker.history({ limit: 2 })));
  });

  test('an empty one is an empty object', async () => {
    const { headers, body } = await app.inject('/history');
    expect(body).toBe('{}');
    expect(headers['content-length']).toBe('2');
  });

  test('a long one is the same text, in pieces', async () => {
    for (let at = 0; at < 500; at++) await run(`prompt ${at} é`);
    const { statusCode, headers, body } = await app.inject('/history');
    expect(statusCode).toBe(200);
    expect(headers['content-length']).toBeUndefined();
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toBe(historyText(await broker.history()));
    const part = await app.inject('/history?max_items=300&offset=100');
    expect(part.body).toBe(historyText(await broker.history({ limit: 300, offset: 100 })));
  });

  test('HEAD of a long one has no body', async () => {
    for (let at = 0; at < 500; at++) await run(`${at}`);
    const { statusCode, body } = await app.inject({ method: 'HEAD', url: '/history' });
    expect({ statusCode, body }).toEqual({ statusCode: 200, body: '' });
  });
});

describe('a long history', () => {
  test('is read no faster than the client takes it, and no further once the client has gone', async () => {
    const record = await aRecord(JSON.stringify('x'.repeat(1_000_000)));
    let read = 0;
    const ended = new Promise<void>((resolve) => {
      app = serve(
        withPages(async function* () {
          try {
            for (; read < 2000; read++) {
              yield [record];
              await nextTurn();
            }
          } finally {
            resolve();
          }
        }),
      );
    });
    const socket = await ask();
    for (let turn = 0; turn < 1000; turn++) await nextTurn();
    // what the buffers of two sockets hold, and some
    expect(read).toBeLessThan(100);
    socket.destroy();
    await ended;
    expect(read).toBeLessThan(100);
  });

  test('that cannot be read is refused at its beginning, and breaks off in its middle', async () => {
    const record = await aRecord('{}');
    const refusal = { next: () => Promise.reject(new Error('no')) };
    app = serve(withPages(() => ({ [Symbol.asyncIterator]: () => refusal })));
    expect((await app.inject('/history')).statusCode).toBe(500);
    await app.close();

    app = serve(
      withPages(async function* () {
        for (let page = 0; page < 5; page++) yield [record];
        throw new Error('no more');
      }),
    );
    const socket = await ask();
    let text = '';
    for await (const piece of socket.setEncoding('latin1')) text += String(piece);
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    // the last chunk is missing, so that no client takes the rest for the whole
    expect(text).not.toMatch(/0\r\n\r\n$/);
  });
});
