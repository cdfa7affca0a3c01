import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { stringifyJson } from '@snug/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendJson } from '../src/http/answers.ts';
import { acceptAnyBody, readJsonBody } from '../src/http/body.ts';
import { createGate } from '../src/http/gate.ts';
import { form } from './routes-app.ts';

let app: FastifyInstance;
beforeEach(() => {
  app = fastify();
  acceptAnyBody(app, { maxBodyBytes: 1000 });
  app.post('/echo', async (request, reply) => {
    const body = await readJsonBody(request, 500);
    return body.kind === 'json' ? sendJson(reply, body.value) : sendJson(reply, body.problem, 400);
  });
  app.post('/bytes', (request) => `${Buffer.isBuffer(request.body)}`);
  app.get('/fails', () => {
    throw new Error('secret path /home/me');
  });
});
afterEach(() => app.close());

const post = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers });

test.each([
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'json',
  '*',
  'a/b; c',
  'multipart/form-data; boundary=x',
])('JSON is read from a body of type %s', async (type) => {
  const answer = await post('/echo', '{"a": 1.0, "2": [18446744073709551615]}', { 'content-type': type });
  expect([answer.statusCode, answer.body]).toEqual([200, '{"a":1.0,"2":[18446744073709551615]}']);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
});

test('JSON is read without a type, with a byte order mark, and of any script', async () => {
  const raw = Buffer.from('\ufeff["ü😀"]');
  expect((await post('/echo', raw, {})).json()).toEqual(['ü😀']);
});

test.each([
  ['', 'unexpected character'],
  ['{"a":NaN}', 'unexpected character'],
  [Buffer.from([0x22, 0xff, 0x22]), 'not UTF-8'],
  ['['.repeat(400), 'nested deeper'],
])('a body that is no JSON is told as such', async (body, problem) => {
  const answer = await post('/echo', body);
  expect(answer.statusCode).toBe(400);
  expect(answer.body).toContain(problem);
});

test('bodies are bytes for every type, and too long ones are refused with the text that clients know', async () => {
  expect((await post('/bytes', 'x', { 'content-type': 'application/json' })).body).toBe('true');
  expect((await post('/bytes', form({ name: 'a', value: 'b' }).payload, form().headers)).body).toBe('false');
  const all = await post('/bytes', 'x'.repeat(1001));
  expect([all.statusCode, all.body]).toEqual([413, 'Maximum request body size 1000 exceeded.']);
  for (const type of ['text/plain', 'multipart/form-data; boundary=x']) {
    const own = await post('/echo', stringifyJson('x'.repeat(600)), { 'content-type': type });
    expect([own.statusCode, own.body]).toEqual([413, 'Maximum request body size 500 exceeded.']);
  }
});

test('an error tells nothing of what is inside', async () => {
  const answer = await app.inject({ url: '/fails' });
  expect([answer.statusCode, answer.body]).toEqual([500, '500 Internal Server Error\n\nServer got itself in trouble']);
});

test('a gate runs so many at once, keeps so many waiting, and turns the rest away', async () => {
  const gate = createGate(2, 1);
  const releases: (() => void)[] = [];
  let running = 0;
  const task = (name: string) => () => {
    running++;
    return new Promise<string>((resolve) => releases.push(() => (running--, resolve(name))));
  };
  const results = ['a', 'b', 'c', 'd'].map((name) => gate.run(task(name)));
  expect(await results[3]).toBeUndefined();
  expect(running).toBe(2);
  releases.shift()?.();
  expect(await results[0]).toBe('a');
  await expect.poll(() => running).toBe(2);
  for (const release of releases) release();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', undefined]);
  const failing = gate.run(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await gate.run(async () => 'free again')).toBe('free again');
});
