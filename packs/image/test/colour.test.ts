import { describe, expect, it } from 'vitest';
import { colourNodes } from '../src/nodes/colour.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

it('invert has the pixels of the reference', async () => {
  const { image } = await run(colourNodes, 'ImageInvert', { image: card(96, 64) });
  expect(await compare(image, 'invert')).toEqual({ mean: 0, max: 0 });
});

it.each<[string, object, number[]]>([
  ['ImageInvert', {}, [1, 0.75, 0.25, 0]],
  ['AdjustBrightness', { factor: 1.5 }, [0, 0.375, 1, 1]],
  ['AdjustContrast', { factor: 2 }, [0, 0, 1, 1]],
  ['AdjustContrast', { factor: 0.5 }, [0.25, 0.375, 0.625, 0.75]],
  ['NormalizeImages', { mean: 0.5, std: 0.25 }, [-2, -1, 1, 2]],
])('%s with %o makes %o', async (type, inputs, values) => {
  const image = imageOf([1, 1, 1, 4], [0, 0.25, 0.75, 1]);
  const before = image.data.slice();
  const ran = await run(colourNodes, type, { image, images: image, ...inputs });
  expect([...ran.image.data]).toEqual(values);
  expect(image.data).toEqual(before);
});

describe('luma and chroma', () => {
  it('red has little luma and much of one chroma', async () => {
    const red = imageOf([1, 1, 1, 3], [1, 0, 0]);
    const { outputs } = await run(colourNodes, 'ImageRGBToYUV', { image: red });
    const planes = (outputs as { data: Float32Array }[]).map(({ data }) => rounded(data, 3));
    expect(planes).toEqual([
      [0.299, 0.299, 0.299],
      [0.331, 0.331, 0.331],
      [1, 1, 1],
    ]);
  });

  it('there and back gives the colours again', async () => {
    const image = randomImage(3, 2, 4, 5);
    const [Y, U, V] = (await run(colourNodes, 'ImageRGBToYUV', { image })).outputs;
    const back = (await run(colourNodes, 'ImageYUVToRGB', { Y, U, V })).image;
    const worst = Math.max(...back.data.map((value, at) => Math.abs(value - (image.data.at(at) ?? NaN))));
    expect(worst).toBeLessThan(0.003);
  });

  it('planes of another size are refused by name', async () => {
    const [Y, U] = [randomImage(1, 1, 2, 2), randomImage(1, 1, 2, 3)];
    await expect(run(colourNodes, 'ImageYUVToRGB', { Y, U: Y, V: U })).rejects.toMatchObject({ input: 'V' });
  });
});
