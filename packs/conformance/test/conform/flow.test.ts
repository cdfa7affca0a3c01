import { Blocker, Interrupted } from '@snug/node-kit';
import { expect, test } from 'vitest';
import { expansionOf } from '../expansion-of.ts';
import { check, fakeContext, fingerprint, needs, nodeOf, run } from '../fake-context.ts';

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
  expect(await fingerprint('ConformVolatile', { text: 'x' })).toBeNaN();
  expect(await run('ConformVolatile', { text: 'x' })).toEqual({ text: 'x' });
});

test('ConformPicky refuses everything but "good", and what is not known yet', async () => {
  expect(await check('ConformPicky', { text: 'good' })).toBe(true);
  expect(await check('ConformPicky', { text: 'bad' })).toBe('not good: bad');
  expect(await check('ConformPicky', {})).toBe('not good: None');
});

test('ConformLazy needs and takes one branch', async () => {
  expect(await needs('ConformLazy', { first: true })).toEqual(['a']);
  expect(await needs('ConformLazy', { first: false })).toEqual(['b']);
  expect(await run('ConformLazy', { first: false, b: 'B' })).toEqual({ text: 'B' });
  await expect(run('ConformLazy', { first: true, b: 'B' })).rejects.toThrow('Input a has no value');
});

test('ConformExpand becomes a chain of nodes', async () => {
  const result = await run('ConformExpand', { text: 'x', count: 2 }, fakeContext('1'));
  expect(expansionOf(result)).toEqual({
    nodes: {
      '1.0.0.1': { type: 'ConformConcat', inputs: { a: 'x', b: '+' } },
      '1.0.0.2': { type: 'ConformConcat', inputs: { a: '1.0.0.1:0', b: '+' } },
    },
    outputs: { text: '1.0.0.2:0' },
  });
});
