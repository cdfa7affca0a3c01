import { expect, test } from 'vitest';
import { fakeContext, nodeOf, run } from '../fake-context.ts';

const widgets = { i: 3, f: 0.25, s: 'txt', b: false, c: 'two', node_id: '7' };

test('ConformTypes echoes its inputs as one text', async () => {
  const prompt = new Map([
    ['7', 1],
    ['8', 1],
  ]);
  const extra_pnginfo = new Map([
    ['workflow', 1],
    ['note', 1],
  ]);
  expect(await run('ConformTypes', { ...widgets, prompt, extra_pnginfo })).toEqual({
    echo: '3|0.25|txt|false|two|absent|absent|7|2|note,workflow',
  });
});

test('ConformTypes writes a whole float with a point and does without extra data', async () => {
  const values = { ...widgets, f: 1, b: true, extra: 'given', link: 'over', prompt: new Map(), extra_pnginfo: null };
  expect(await run('ConformTypes', values)).toEqual({ echo: '3|1.0|txt|true|two|given|over|7|0|' });
});

test('ConformSeed keeps all digits of a seed', async () => {
  expect(await run('ConformSeed', { seed: 18446744073709551615n })).toEqual({ text: '18446744073709551615' });
});

test('ConformConcat joins two texts', async () => {
  expect(await run('ConformConcat', { a: 'hi', b: '+' })).toEqual({ text: 'hi+' });
});

test('ConformListOut counts from 0', async () => {
  expect(await run('ConformListOut', { prefix: 'a', count: 3 })).toEqual({ texts: ['a0', 'a1', 'a2'] });
  expect(await run('ConformListOut', { prefix: 'a', count: 0 })).toEqual({ texts: [] });
});

test('ConformListIn joins a whole list by the first separator', async () => {
  expect(nodeOf('ConformListIn').takesLists).toBe(true);
  const context = fakeContext();
  expect(await run('ConformListIn', { items: ['a', 'b', 'c'], sep: ['/', '-'] }, context)).toEqual({ text: 'a/b/c' });
});
