import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createFolders, createNodeFiles } from '@snug/executor';
import { ANY, defineNode, definePack, input, output, STRING } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { Catalogue, createInlineCode, createInlineRunner, warmUp } from '@snug/server';
import type { RunnerJob } from '../src/runner/runner.ts';

const bases: string[] = [];
afterEach(() => {
  for (const base of bases.splice(0)) rmSync(base, { recursive: true, force: true });
});

const step = (concatenate: () => string): AnyNode =>
  defineNode({
    type: 'StringConcatenate',
    category: 'tests',
    inputs: { string_a: input.string({}), string_b: input.string({}), delimiter: input.string({}) },
    outputs: { text: output.of(STRING) },
    run: () => ({ text: concatenate() }),
  });
const end = defineNode({
  type: 'PreviewAny',
  category: 'tests',
  inputs: { source: input.of(ANY) },
  outputs: { text: output.of(STRING) },
  outputNode: true,
  run: () => ({ text: '' }),
});

/** A server's parts; every prompt that reaches the runner is kept. */
async function createParts(nodes: AnyNode[]) {
  const base = mkdtempSync(join(tmpdir(), 'snug-warm-'));
  bases.push(base);
  const folders = createFolders({ baseDirectory: base });
  const files = createNodeFiles(folders);
  const packs = [definePack({ name: 'tests', nodes })];
  const catalogue = new Catalogue(createInlineCode(packs, { files }, (line) => expect.fail(line)));
  await catalogue.load();
  const inner = createInlineRunner({ packs, files });
  const jobs: RunnerJob[] = [];
  const calls: string[] = [];
  const runner: typeof inner = {
    ...inner,
    run: (job, control) => {
      jobs.push(job);
      return inner.run(job, control);
    },
    free: () => {
      calls.push('free');
      inner.free();
    },
    close: async () => {
      calls.push('close');
      await inner.close();
    },
  };
  return { parts: { catalogue, runner, folders, availableMemory: () => 1 }, jobs, calls, base };
}

test('a server rehearses with its own nodes, and leaves nothing behind', async () => {
  const { parts, jobs, calls, base } = await createParts([step(() => 'text'), end]);
  const filesIn = () => readdirSync(base, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  await warmUp(parts);
  expect(jobs).toHaveLength(40);
  expect(new Set(jobs.map(({ promptId }) => promptId)).size).toBe(40);
  expect(calls).toEqual(['free']);
  expect(filesIn()).toEqual([]);
  expect(parts.catalogue.typeOf('PreviewAny')).toBeDefined();
});

test('nodes that fail do not stop a server from starting', async () => {
  const failing = step(() => {
    throw new Error('not today');
  });
  const { parts, jobs } = await createParts([failing, end]);
  await warmUp(parts);
  expect(jobs).toHaveLength(40);
});

test('a server without those nodes rehearses nothing', async () => {
  const { parts, jobs, calls } = await createParts([end]);
  await warmUp(parts);
  expect([jobs, calls]).toEqual([[], []]);
});
