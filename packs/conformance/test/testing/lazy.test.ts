import type { Image } from '@snug/node-kit';
import { expect, test } from 'vitest';
import { flatImage, flatMask } from '../../src/testing/flat-images.ts';
import { fingerprint, needs, nodeOf, run } from '../fake-context.ts';

const size = { height: 2, width: 2, batch_size: 1 };
const [black, white] = [flatImage(0, size), flatImage(1, size)];
const level = (result: unknown): number | undefined => (result as { image: Image }).image.data[0];

test.each([
  [0, ['image1']],
  [1, ['image2']],
  [0.5, ['image1', 'image2']],
])('TestLazyMixImages with a mask of %s needs %j', async (value, needed) => {
  expect(await needs('TestLazyMixImages', { mask: flatMask(value, size) })).toEqual(needed);
});

test('TestLazyMixImages gives one of its images, or blends both', async () => {
  expect(await run('TestLazyMixImages', { image1: white, mask: flatMask(0, size) })).toEqual({ image: white });
  expect(await run('TestLazyMixImages', { image2: black, mask: flatMask(1, size) })).toEqual({ image: black });
  const mixed = await run('TestLazyMixImages', { image1: black, image2: white, mask: flatMask(0.5, size) });
  expect(level(mixed)).toBe(0.5);
});

test('TestLazyMixImages fails when the images differ in size', async () => {
  const values = { image1: black, image2: flatImage(1, { ...size, height: 4 }), mask: flatMask(0.5, size) };
  await expect(run('TestLazyMixImages', values)).rejects.toThrow('do not fit together');
});

test('TestVariadicAverage takes inputs that it does not declare, up to the first gap', async () => {
  expect(nodeOf('TestVariadicAverage').acceptsUndeclared).toBe(true);
  const values = { input1: black, input2: white, input3: black, input4: black, input6: white };
  expect(level(await run('TestVariadicAverage', values))).toBe(0.25);
  await expect(run('TestVariadicAverage', { input1: black, input2: 5 })).rejects.toThrow('Input input2 is no image');
});

test('TestCustomIsChanged changes always or never', async () => {
  expect(await fingerprint('TestCustomIsChanged', { should_change: true })).toBeNaN();
  expect(await fingerprint('TestCustomIsChanged', { should_change: false })).toBe(false);
  expect(await fingerprint('TestCustomIsChanged', {})).toBe(false);
});

test('TestIsChangedWithConstants knows its image only when it is a constant', async () => {
  expect(await fingerprint('TestIsChangedWithConstants', { value: 0.5 })).toBe(0.5);
  expect(await fingerprint('TestIsChangedWithConstants', { value: 0.5, image: flatImage(0.5, size) })).toBe(0.25);
  expect(level(await run('TestIsChangedWithConstants', { image: white, value: 0.5 }))).toBe(0.5);
});

test('TestOutputNodeWithSocketOutput scales its image and shows nothing', async () => {
  expect(nodeOf('TestOutputNodeWithSocketOutput').outputNode).toBe(true);
  expect(level(await run('TestOutputNodeWithSocketOutput', { image: white, value: 0.25 }))).toBe(0.25);
});

test('TestAsyncLazyCheck needs the input that its condition names', async () => {
  expect(await needs('TestAsyncLazyCheck', { condition: true })).toEqual(['input1']);
  expect(await needs('TestAsyncLazyCheck', { condition: false })).toEqual(['input2']);
  expect(level(await run('TestAsyncLazyCheck', { condition: true, input1: 1 }))).toBe(1);
});
