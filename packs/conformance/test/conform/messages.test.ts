import { Interrupted, NodeResult } from '@snug/node-kit';
import type { Preview, RawPicture } from '@snug/node-kit';
import { Float } from '@snug/protocol';
import { expect, test } from 'vitest';
import { check, fakeContext, nodeOf, run } from '../fake-context.ts';

test('ConformEmit sends its event and hands on what it was given', async () => {
  const context = fakeContext();
  const value = new Float(5);
  expect(await run('ConformEmit', { value, text: 'custom', node_id: '7' }, context)).toEqual({ value });
  expect(context.calls).toEqual([['send', 'conform.message', { node: '7', text: 'custom' }]]);
});

test('ConformEmit leaves types to a check that accepts them all', async () => {
  expect(nodeOf('ConformEmit').validate).toMatchObject({ inputs: [], types: true });
  expect(await check('ConformEmit', {}, { value: 'LATENT' })).toBe(true);
});

test('ConformUi shows its text and has it as its output', async () => {
  const result = await run('ConformUi', { text: 'hi' });
  expect(result).toBeInstanceOf(NodeResult);
  expect(result).toMatchObject({ ui: { text: ['hi'] }, outputs: { text: 'hi' }, expansion: undefined });
  expect(nodeOf('ConformUi').outputNode).toBe(true);
});

test('ConformUiOnly shows its text and has no outputs', async () => {
  const result = await run('ConformUiOnly', { text: 'hi' });
  expect(result).toBeInstanceOf(NodeResult);
  expect(result).toMatchObject({ ui: { text: ['hi'] }, outputs: undefined });
});

test('ConformProgress reports every step', async () => {
  const context = fakeContext();
  expect(await run('ConformProgress', { text: 'x', steps: 3 }, context)).toEqual({ text: 'x' });
  expect(context.calls).toEqual([
    ['progress', 1, 3],
    ['progress', 2, 3],
    ['progress', 3, 3],
  ]);
});

test('ConformProgress ends when its prompt is interrupted', async () => {
  const context = fakeContext();
  context.interrupt.abort();
  await expect(run('ConformProgress', { text: 'x', steps: 3 }, context)).rejects.toThrow(Interrupted);
});

test('ConformPreview sends a picture of one colour with each step', async () => {
  const context = fakeContext();
  const values = { text: 'x', steps: 7, format: 'PNG', width: 4, height: 2, max_size: 64 };
  expect(await run('ConformPreview', values, context)).toEqual({ text: 'x' });
  const previews = context.calls.map((call) => call[3] as Preview & { image: RawPicture });
  expect(context.calls.map((call) => call.slice(0, 3))).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((step) => ['progress', step, 7]),
  );
  expect(previews.map(({ image }) => [...new Set(image.data)])).toEqual([[40], [80], [120], [160], [200], [240], [24]]);
  for (const { image, format, maxSize } of previews) {
    expect(image).toMatchObject({ width: 4, height: 2, channels: 3 });
    expect(image.data).toHaveLength(24);
    expect([format, maxSize]).toEqual(['png', 64]);
  }
});

test('ConformText shows its text', async () => {
  const context = fakeContext();
  expect(await run('ConformText', { text: 'busy', node_id: '7' }, context)).toEqual({ text: 'busy' });
  expect(context.calls).toEqual([['text', 'busy']]);
});
