import { Blocker, Interrupted, Link, NodeResult } from '@snug/node-kit';
import { expect, test } from 'vitest';
import { check, fakeContext, nodeOf, run } from '../fake-context.ts';

test('ConformFail throws its text', async () => {
  await expect(run('ConformFail', { text: 'boom', count: 1 })).rejects.toThrow(/^boom$/);
});

test('ConformStop interrupts its own prompt', async () => {
  await expect(run('ConformStop', { text: 'stop' })).rejects.toThrow(Interrupted);
});

test('ConformWait blocks, and asks for interrupts about every 10 ms', () => {
  const context = fakeContext();
  let asked = 0;
  const counting = { ...context, throwIfInterrupted: () => void asked++ };
  const result: unknown = nodeOf('ConformWait').run({ text: 'x', seconds: 0.05 }, counting);
  expect(result).toEqual({ text: 'x' });
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThanOrEqual(6);
});

test('ConformWait ends at once when its prompt is interrupted', () => {
  const context = fakeContext();
  context.interrupt.abort();
  expect(() => nodeOf('ConformWait').run({ text: 'x', seconds: 600 }, context)).toThrow(Interrupted);
});

test('ConformBlock blocks with its message, silently, or not at all', async () => {
  expect(await run('ConformBlock', { text: 'x', message: 'no', block: true })).toEqual({ text: new Blocker('no') });
  expect(await run('ConformBlock', { text: 'x', message: '', block: true })).toEqual({ text: new Blocker() });
  expect(await run('ConformBlock', { text: 'x', message: 'no', block: false })).toEqual({ text: 'x' });
});

test('ConformVolatile never has the same fingerprint', async () => {
  expect(await nodeOf('ConformVolatile').fingerprint?.({ text: 'x' }, fakeContext())).toBeNaN();
  expect(await run('ConformVolatile', { text: 'x' })).toEqual({ text: 'x' });
});

test('ConformPicky refuses everything but "good", and what is not known yet', async () => {
  expect(await check('ConformPicky', { text: 'good' })).toBe(true);
  expect(await check('ConformPicky', { text: 'bad' })).toBe('not good: bad');
  expect(await check('ConformPicky', {})).toBe('not good: None');
});

test('ConformLazy needs and takes one branch', async () => {
  const { needs } = nodeOf('ConformLazy');
  expect(await needs?.({ first: true }, fakeContext())).toEqual(['a']);
  expect(await needs?.({ first: false }, fakeContext())).toEqual(['b']);
  expect(await run('ConformLazy', { first: false, b: 'B' })).toEqual({ text: 'B' });
  await expect(run('ConformLazy', { first: true, b: 'B' })).rejects.toThrow('Input a has no value');
});

test('ConformExpand becomes a chain of nodes', async () => {
  const result = await run('ConformExpand', { text: 'x', count: 2 }, fakeContext('1'));
  expect(result).toBeInstanceOf(NodeResult);
  const { expansion, outputs } = result as NodeResult;
  expect([...expansion!]).toEqual([
    ['1.0.0.1', expect.objectContaining({ classType: 'ConformConcat', inputs: new Map([['a', 'x'], ['b', '+']]) })],
    [
      '1.0.0.2',
      expect.objectContaining({
        classType: 'ConformConcat',
        inputs: new Map<string, unknown>([['a', new Link('1.0.0.1', 0)], ['b', '+']]),
      }),
    ],
  ]);
  expect(outputs).toEqual({ text: new Link('1.0.0.2', 0) });
});
