/** The universal entry where there is nothing but what a worker at the edge has: no Node, no page, no `crypto.subtle`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { createClient as CreateClient } from '../src/index.ts';
import { FakeServer } from './fake/fake-server.ts';

/** As much as is used here of the bundler that the test runner brings along. */
interface Bundler {
  readonly rolldown: (options: object) => Promise<{
    readonly generate: (options: object) => Promise<{ readonly output: readonly [{ readonly code: string }] }>;
    readonly close: () => Promise<void>;
  }>;
}

async function bundle(): Promise<string> {
  const runner = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'));
  const path = createRequire(runner.resolve('vite/package.json')).resolve('rolldown');
  const { rolldown } = (await import(path)) as Bundler;
  const bundle = await rolldown({
    input: join(import.meta.dirname, '../src/index.ts'),
    logLevel: 'silent',
    resolve: { conditionNames: ['source', 'worker', 'import', 'default'] },
  });
  const { output } = await bundle.generate({ format: 'iife', name: 'snug', codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

/** What the platform gives besides the language; the parts of the language that cross its border are of one kind. */
const worker = {
  AbortController,
  AbortSignal,
  ArrayBuffer,
  Blob,
  FormData,
  Headers,
  ReadableStream,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  Uint8Array,
  WebSocket,
  atob,
  btoa,
  clearTimeout,
  crypto: { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) },
  fetch,
  performance: { now: () => performance.now() },
  queueMicrotask,
  setTimeout,
};

it('sets inputs, runs, reads and uploads in an edge worker', { timeout: 60_000 }, async () => {
  const server = await FakeServer.start();
  onTestFinished(() => server.stop());
  const context = createContext({ ...worker });
  runInContext(await bundle(), context);
  expect(runInContext('typeof process + typeof Buffer + typeof document + typeof crypto.subtle', context)).toBe(
    'undefined'.repeat(4),
  );
  const { createClient } = runInContext('snug', context) as { createClient: typeof CreateClient };
  const comfy = createClient(server.url);
  onTestFinished(() => comfy.close());

  const job = comfy.run(JSON.stringify({ 1: { class_type: 'Save', inputs: {} } }), { inputs: { '1.text': 'fox' } });
  const told: string[] = [];
  for await (const { type } of job) told.push(type);
  expect(told.at(-1)).toBe('succeeded');
  expect(comfy.connection.phase).toBe('open');
  const { outputs } = await job.result();
  expect((await outputs.images[0]!.bytes()).length).toBeGreaterThan(0);
  server.faults.request = ({ url }) =>
    url === '/api/upload/image' ? { status: 200, body: '{"name":"fox.txt","subfolder":"","type":"input"}' } : undefined;
  expect((await comfy.upload(new Blob(['a fox'], { type: 'text/plain' }))).inputValue).toBe('fox.txt');
});
