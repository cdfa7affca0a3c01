/**
 * A program with the server inside: its nodes run in this process, nothing is stored, and any client may connect.
 * Build once (`npm run build`), then `node examples/embed/embed.mjs`. It runs one prompt and ends; with `--stay` it
 * keeps serving.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { availableMemory, createFolders, createNodeFiles } from '@snug/executor';
import { defineNode, definePack, input, output, STRING, withUi } from '@snug/node-kit';
import {
  Catalogue,
  createInlineCode,
  createInlineRunner,
  createMemoryBroker,
  createServer,
  encodePreview,
} from '@snug/server';

/** What nodes share with the rest of the program: here a plain object, elsewhere a database or a model. */
const visitors = { count: 0 };

const greet = defineNode({
  type: 'Greet',
  category: 'embed',
  description: 'Greets somebody, and counts.',
  outputNode: true,
  inputs: { name: input.string({ default: 'world' }) },
  outputs: { text: output.of(STRING) },
  // it counts, so no two results are the same
  fingerprint: () => NaN,
  run({ name }) {
    const text = `Hello, ${name}! You are visitor ${++visitors.count}.`;
    return withUi({ text: [text] }, { text });
  },
});

const packs = [definePack({ name: 'embed', nodes: [greet] })];

const base = await mkdtemp(join(tmpdir(), 'snug-embed-'));
const folders = createFolders({ baseDirectory: base });
const files = createNodeFiles(folders);
const catalogue = new Catalogue(createInlineCode(packs, { files }, console.error));
await catalogue.load();

const server = createServer({
  broker: createMemoryBroker(),
  catalogue,
  runner: createInlineRunner({ packs, files, encodePreview }),
  folders,
  version: '1.0.0',
  availableMemory,
});
const [address] = await server.listen({ hosts: ['127.0.0.1'], port: 0 });
console.log(`Listening at ${address}`);

async function close() {
  await server.close();
  await rm(base, { recursive: true, force: true });
}

if (process.argv.includes('--stay')) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close());
} else {
  const prompt = { 1: { class_type: 'Greet', inputs: { name: 'Ada' } } };
  const answer = await fetch(`${address}/prompt`, { method: 'POST', body: JSON.stringify({ prompt }) });
  const { prompt_id: id } = await answer.json();
  let record;
  for (; !record; await setTimeout(20)) record = (await (await fetch(`${address}/history/${id}`)).json())[id];
  console.log(record.status.status_str, record.outputs['1'].text[0]);
  await close();
}
