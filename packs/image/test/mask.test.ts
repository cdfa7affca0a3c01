import { createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskNodes } from '../src/nodes/mask.ts';
import { call, maskOf, rowsOf } from './node-call.ts';
import { imageOf, rounded } from './pixel-cards.ts';

const run = async (type: string, inputs: Record<string, unknown>): Promise<Mask> =>
  (await call<{ MASK: Mask }>(maskNodes, type, inputs)).MASK;

/** One step of growth, written down directly: the largest or smallest value around each cell. */
function growOnce({ data, height, width }: Mask, tapered: boolean, pick: (...values: number[]) => number): Mask {
  const target = createMask(1, height, width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const around: number[] = [];
      for (const [down, right] of [-1, 0, 1].flatMap((one) => [-1, 0, 1].map((other) => [one, other] as const))) {
        const inside = y + down >= 0 && y + down < height && x + right >= 0 && x + right < width;
        if (inside && !(tapered && down && right)) around.push(data[(y + down) * width + x + right] ?? NaN);
      }
      target.data[y * width + x] = pick(...around);
    }
  }
  return target;
}

describe('GrowMask', () => {
  it('equals its 3×3 step repeated, for every radius and shape', async () => {
    const cases = fc.record({
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
      seed: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 81, maxLength: 81 }),
      expand: fc.integer({ min: -12, max: 12 }),
      tapered_corners: fc.boolean(),
    });
    const property = fc.asyncProperty(cases, async ({ height, width, seed, expand, tapered_corners }) => {
      const mask = {
        ...createMask(1, height, width),
        data: Float32Array.from(seed.slice(0, height * width), (n) => n / 4),
      };
      let want: Mask = mask;
      for (let step = 0; step < Math.abs(expand); step++) {
        want = growOnce(want, tapered_corners, expand < 0 ? Math.min : Math.max);
      }
      const grown = await run('GrowMask', { mask, expand, tapered_corners });
      expect(rowsOf(grown)).toEqual(rowsOf(want));
    });
    await fc.assert(property, { seed: 4, numRuns: 200 });
  });

  it('keeps the items of a batch apart', async () => {
    const mask = { ...createMask(2, 2, 2), data: Float32Array.of(0, 0, 1, 0, 0, 0, 0, 0) };
    const grown = await run('GrowMask', { mask, expand: 1, tapered_corners: false });
    expect([...grown.data]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('takes the largest radius in few passes, and can be interrupted before each', async () => {
    const mask = createMask(1, 64, 64);
    let passes = 0;
    const inputs = { mask, expand: -16384, tapered_corners: true };
    await call(maskNodes, 'GrowMask', inputs, { throwIfInterrupted: () => void passes++ });
    expect(passes).toBeGreaterThan(1);
    expect(passes).toBeLessThan(10);
    const stopped = call(maskNodes, 'GrowMask', inputs, {
      throwIfInterrupted: () => {
        throw new Error('stopped');
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
  });
});

describe('FeatherMask', () => {
  it('fades each side in steps of its own', async () => {
    const mask = maskOf([1, 1, 1, 1, 1]);
    const faded = await run('FeatherMask', { mask, left: 2, top: 0, right: 4, bottom: 1 });
    expect(rounded(faded.data)).toEqual([0.5, 1, 0.75, 0.5, 0.25]);
  });

  it('fades over the whole mask at most', async () => {
    const faded = await run('FeatherMask', { mask: maskOf([1, 1]), left: 9, top: 0, right: 0, bottom: 0 });
    expect([...faded.data]).toEqual([0.5, 1]);
  });
});

describe('MaskComposite', () => {
  const source = maskOf([0.25, 0.75], [0.5, 1]);
  it.each([
    ['multiply', [0, 0, 0.125, 0.375]],
    ['add', [0, 0, 0.75, 1]],
    ['subtract', [0, 0, 0.25, 0]],
    ['and', [0, 0, 0, 0]],
    ['or', [0, 0, 0, 1]],
    ['xor', [0, 0, 0, 1]],
  ])('%s combines where both are, and keeps the rest', async (operation, want) => {
    const destination = maskOf([0, 0], [0.5, 0.5]);
    const combined = await run('MaskComposite', { destination, source, x: 0, y: 1, operation });
    expect([...combined.data]).toEqual(want);
    expect([...destination.data]).toEqual([0, 0, 0.5, 0.5]);
  });

  it('changes nothing when the source lies outside', async () => {
    const destination = maskOf([0.5]);
    expect([...(await run('MaskComposite', { destination, source, x: 1, y: 0, operation: 'add' })).data]).toEqual([
      0.5,
    ]);
    expect([...(await run('MaskComposite', { destination, source, x: 0, y: 9, operation: 'add' })).data]).toEqual([
      0.5,
    ]);
  });

  it('repeats a single source over a batch', async () => {
    const destination = createMask(3, 1, 1);
    const combined = await run('MaskComposite', { destination, source: maskOf([1]), x: 0, y: 0, operation: 'add' });
    expect([...combined.data]).toEqual([1, 1, 1]);
  });
});

describe('CropMask', () => {
  it('ends where the mask ends', async () => {
    const cropped = await run('CropMask', { mask: maskOf([1, 2, 3], [4, 5, 6]), x: 1, y: 1, width: 512, height: 512 });
    expect(rowsOf(cropped)).toEqual([[5, 6]]);
  });

  it('says so when nothing is left', async () => {
    const cropped = run('CropMask', { mask: maskOf([1]), x: 1, y: 0, width: 1, height: 1 });
    await expect(cropped).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('smaller x or y'),
    });
  });
});

describe('ImageToMask', () => {
  const image = imageOf([1, 1, 1, 4], [0.1, 0.2, 0.3, 0.4]);
  it.each([
    ['red', 0.1],
    ['green', 0.2],
    ['blue', 0.3],
    ['alpha', 0.4],
  ])('takes the %s channel', async (channel, value) => {
    expect(rounded((await run('ImageToMask', { image, channel })).data)).toEqual([value]);
  });

  it('refuses a channel that the image does not have', async () => {
    const opaque = imageOf([1, 1, 1, 3], [0, 0, 0]);
    await expect(run('ImageToMask', { image: opaque, channel: 'alpha' })).rejects.toMatchObject({ input: 'channel' });
  });
});

describe('ImageColorToMask', () => {
  it('compares colours as 8-bit numbers, rounded', async () => {
    const image = imageOf([1, 1, 3, 3], [1, 0, 0.5, 0.9979, 0.0018, 0.502, 1.5, -1, 0.51]);
    expect([...(await run('ImageColorToMask', { image, color: 0xff0080 })).data]).toEqual([1, 0, 0]);
    expect([...(await run('ImageColorToMask', { image, color: 0xfe0080 })).data]).toEqual([0, 1, 0]);
    expect([...(await run('ImageColorToMask', { image, color: 0xff0082 })).data]).toEqual([0, 0, 1]);
  });
});

describe('the small ones', () => {
  it('ThresholdMask masks only what lies above', async () => {
    const mask = maskOf([0.5, Math.fround(0.1), 0.51]);
    expect([...(await run('ThresholdMask', { mask, value: 0.5 })).data]).toEqual([0, 0, 1]);
    expect([...(await run('ThresholdMask', { mask, value: 0.1 })).data]).toEqual([1, 0, 1]);
  });

  it('InvertMask leaves its input alone', async () => {
    const mask = maskOf([0.25]);
    expect([...(await run('InvertMask', { mask })).data]).toEqual([0.75]);
    expect([...mask.data]).toEqual([0.25]);
  });

  it('SolidMask has the size asked for', async () => {
    expect(rowsOf(await run('SolidMask', { value: 0.5, width: 2, height: 1 }))).toEqual([[0.5, 0.5]]);
  });

  it('MaskToImage makes three equal channels', async () => {
    const { IMAGE } = await call<{ IMAGE: Image }>(maskNodes, 'MaskToImage', { mask: maskOf([0.25, 1]) });
    expect(IMAGE).toEqual(imageOf([1, 1, 2, 3], [0.25, 0.25, 0.25, 1, 1, 1]));
  });
});
