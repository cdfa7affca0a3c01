import type { Image, Mask } from '@snug/node-kit';
import { expect, test } from 'vitest';
import { run } from '../fake-context.ts';

const size = { height: 4, width: 6, batch_size: 2 };

test.each([
  ['WHITE', 1],
  ['BLACK', 0],
])('StubImage makes a %s image', async (content, value) => {
  const { image } = (await run('StubImage', { content, ...size })) as { image: Image };
  expect(image).toMatchObject({ batch: 2, height: 4, width: 6, channels: 3 });
  expect(new Set(image.data)).toEqual(new Set([value]));
});

test('StubImage makes noise within [0, 1]', async () => {
  const { image } = (await run('StubImage', { content: 'NOISE', ...size })) as { image: Image };
  expect(new Set(image.data).size).toBeGreaterThan(100);
  expect(image.data.every((value) => value >= 0 && value <= 1)).toBe(true);
});

test('StubConstantImage and StubMask hold their value everywhere', async () => {
  const { image } = (await run('StubConstantImage', { value: 0.25, ...size })) as { image: Image };
  const { mask } = (await run('StubMask', { value: 0.25, ...size })) as { mask: Mask };
  expect([image.data.length, new Set(image.data)]).toEqual([144, new Set([0.25])]);
  expect([mask.data.length, new Set(mask.data)]).toEqual([48, new Set([0.25])]);
});

test('StubInt and StubFloat give their value', async () => {
  expect(await run('StubInt', { value: -7 })).toEqual({ value: -7 });
  expect(await run('StubFloat', { value: 0.5 })).toEqual({ value: 0.5 });
});
