import { expect, test } from 'vitest';
import { nodeOf, run } from '../fake-context.ts';

const accumulation = { accum: ['a', 'b', 'c'] };
const empty = { accum: [] };

test('TestMakeListNode lists what is there, null too', async () => {
  expect(await run('TestMakeListNode', { value1: 1, value3: null, value9: 'x' })).toEqual({ values: [1, null, 'x'] });
});

test('TestAccumulateNode appends, and starts from nothing', async () => {
  expect(await run('TestAccumulateNode', { to_add: 'd', accumulation })).toEqual({
    accumulation: { accum: ['a', 'b', 'c', 'd'] },
  });
  expect(await run('TestAccumulateNode', { to_add: 'a' })).toEqual({ accumulation: { accum: ['a'] } });
  expect(accumulation.accum).toHaveLength(3);
});

test('head and tail take one item off', async () => {
  expect(await run('TestAccumulationHeadNode', { accumulation })).toEqual({
    accumulation: { accum: ['b', 'c'] },
    value: 'a',
  });
  expect(await run('TestAccumulationTailNode', { accumulation })).toEqual({
    accumulation: { accum: ['a', 'b'] },
    value: 'c',
  });
});

test('head and tail of nothing are what the reference makes of them', async () => {
  expect(await run('TestAccumulationHeadNode', { accumulation: empty })).toEqual({ accumulation: empty, value: null });
  expect(await run('TestAccumulationTailNode', { accumulation: empty })).toEqual({ accumulation: null, value: empty });
});

test('lists and accumulations turn into each other', async () => {
  expect(await run('TestAccumulationToListNode', { accumulation })).toEqual({ values: ['a', 'b', 'c'] });
  expect(nodeOf('TestListToAccumulationNode').takesLists).toBe(true);
  expect(await run('TestListToAccumulationNode', { list: ['a', 'b', 'c'] })).toEqual({ accumulation });
});

test('items are read and replaced by index, from the end when it is negative', async () => {
  expect(await run('TestAccumulationGetLengthNode', { accumulation })).toEqual({ length: 3 });
  expect(await run('TestAccumulationGetItemNode', { accumulation, index: 1 })).toEqual({ value: 'b' });
  expect(await run('TestAccumulationGetItemNode', { accumulation, index: -1 })).toEqual({ value: 'c' });
  expect(await run('TestAccumulationSetItemNode', { accumulation, index: -3, value: 'x' })).toEqual({
    accumulation: { accum: ['x', 'b', 'c'] },
  });
  expect(accumulation.accum[0]).toBe('a');
});

test.each([3, -4])('index %d is out of range', async (index) => {
  await expect(run('TestAccumulationGetItemNode', { accumulation, index })).rejects.toThrow(`index ${index} is out of`);
  const setting = run('TestAccumulationSetItemNode', { accumulation, index, value: 1 });
  await expect(setting).rejects.toThrow(`index ${index} is out of`);
});
