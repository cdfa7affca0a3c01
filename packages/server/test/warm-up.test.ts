import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolders, createNodeFiles } from '@snug/executor';
import type { ExecutionEvent } from '@snug/executor';
import { createInlineRunner, warmUp } from '@snug/server';
import { rehearsalPack } from '../src/rehearsal/rehearsal-pack.ts';
import type { RunnerJob } from '../src/runner/runner.ts';

const bases: string[] = [];
afterAll(() => {
  for (const base of bases.splice(0)) rmSync(base, { recursive: true, force: true });
});

/** A server's parts; every prompt that reaches the runner is kept, with what happened. */
function createParts() {
  const base = mkdtempSync(join(tmpdir(), 'snug-warm-'));
  bases.push(base);
  const folders = createFolders({ baseDirectory: base });
  const inner = createInlineRunner({ packs: [rehearsalPack], files: createNodeFiles(folders) });
  const jobs: RunnerJob[] = [];
  const events: ExecutionEvent[] = [];
  const calls: string[] = [];
  const runner: typeof inner = {
    ...inner,
    run: (job, control) => {
      jobs.push(job);
      const onEvent = (event: ExecutionEvent): void => {
        events.push(event);
        control.onEvent(event);
      };
      return inner.run(job, { ...control, onEvent });
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
  return { parts: { runner, folders, availableMemory: () => 1 }, jobs, events, calls, base };
}

describe('a server that rehearses', () => {
  let rehearsed: ReturnType<typeof createParts>;
  beforeAll(async () => {
    rehearsed = createParts();
    await warmUp(rehearsed.parts);
  });

  test('runs workflows of its own to their end, and leaves nothing behind', () => {
    const { jobs, events, calls, base } = rehearsed;
    const entries = readdirSync(base, { recursive: true, withFileTypes: true });
    expect(jobs).toHaveLength(120);
    expect(new Set(jobs.map(({ promptId }) => promptId)).size).toBe(120);
    const ends = events.filter(({ type }) => ['succeeded', 'failed', 'interrupted'].includes(type));
    expect(ends.map(({ type }) => type)).toEqual(Array<string>(120).fill('succeeded'));
    expect(calls).toEqual(['free']);
    expect(entries.filter((entry) => entry.isFile())).toEqual([]);
  });

  test('runs every node that it has for this, known results and all kinds of progress among it', () => {
    const { jobs, events } = rehearsed;
    const prompts = jobs.map((job) => JSON.parse(job.promptText) as Record<string, { class_type: string }>);
    const used = new Set(prompts.flatMap((prompt) => Object.values(prompt).map((node) => node.class_type)));
    expect([...used].sort()).toEqual(rehearsalPack.nodes.map(({ type }) => type).sort());
    const told = new Set(events.map(({ type }) => type));
    expect(told).toContain('nodes-added');
    expect(told).toContain('node-progressed');
    expect(told).toContain('output-shown');
    expect(events.some((event) => event.type === 'cached' && event.nodes.length > 100)).toBe(true);
  });
});

test('a runner that is lost each time does not stop a server from starting', async () => {
  const { parts, jobs } = createParts();
  const run: typeof parts.runner.run = async (job) => {
    jobs.push(job);
    return { kind: 'lost', reason: 'not today' };
  };
  await warmUp({ ...parts, runner: { ...parts.runner, run } });
  // each prompt is tried twice
  expect(jobs).toHaveLength(240);
});
