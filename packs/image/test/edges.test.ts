import { describe, expect, it } from 'vitest';
import { edgeNodes } from '../src/nodes/edges.ts';
import { imageOf, randomImage, run } from './pixel-cards.ts';

describe('Canny', () => {
  const canny = (image: object, low_threshold = 0.4, high_threshold = 0.8): ReturnType<typeof run> =>
    run(edgeNodes, 'Canny', { image, low_threshold, high_threshold });
  /** Grey values by row and column. */
  const grey = (height: number, width: number, valueAt: (x: number, y: number) => number): ReturnType<typeof imageOf> =>
    imageOf(
      [1, height, width, 1],
      Array.from({ length: height * width }, (_, at) => valueAt(at % width, Math.floor(at / width))),
    );

  it('a step is a line one or two pixels wide, and nothing else', async () => {
    const { image } = await canny(grey(9, 12, (x) => (x < 6 ? 0 : 1)));
    expect(image.channels).toBe(3);
    const row = Array.from({ length: 12 }, (_, x) => image.data.at((4 * 12 + x) * 3));
    const edges = row.flatMap((value, x) => (value === 1 ? [x] : []));
    expect(row.every((value) => value === 0 || value === 1)).toBe(true);
    expect(edges.length).toBeLessThanOrEqual(2);
    for (const x of edges) expect([5, 6]).toContain(x);
  });

  it('a thin line has edges on both sides', async () => {
    const { image } = await canny(grey(9, 15, (x) => (x === 7 ? 1 : 0)));
    const row = Array.from({ length: 15 }, (_, x) => image.data.at((4 * 15 + x) * 3) ?? NaN);
    expect(row[7]).toBe(0);
    expect(row.slice(0, 7)).toEqual(row.slice(8).reverse());
    expect(row.reduce((sum, value) => sum + value, 0)).toBe(2);
  });

  it('weak edges stay only where they go on from strong ones', async () => {
    // a step that fades out: strong at the top, weak at the bottom
    const fading = grey(40, 12, (x, y) => (x < 5 ? 0 : x === 5 ? 0.3 : 1) * (1 - y / 60));
    const weakOnly = grey(40, 12, (x) => (x < 5 ? 0 : x === 5 ? 0.3 : 1) * 0.35);
    const lit = async (image: object): Promise<number> => {
      const { data } = (await canny(image, 0.2, 1.5)).image;
      return data.filter((value, at) => at > (data.length * 3) / 4 && value === 1).length;
    };
    expect(await lit(fading)).toBeGreaterThan(0);
    expect(await lit(weakOnly)).toBe(0);
  });

  it('thresholds in the wrong order are refused by name', async () => {
    await expect(canny(randomImage(1, 1, 3, 3), 0.9, 0.1)).rejects.toMatchObject({ input: 'low_threshold' });
  });
});

describe('Morphology', () => {
  const row = imageOf([1, 1, 7, 1], [0, 0, 1, 0.5, 0, 0, 1]);
  it.each([
    ['dilate', [0, 1, 1, 1, 0.5, 1, 1]],
    ['erode', [0, 0, 0, 0, 0, 0, 0]],
    ['open', [0, 0, 0, 0, 0, 0, 0]],
    ['close', [0, 0, 1, 0.5, 0.5, 0.5, 1]],
    ['gradient', [0, 1, 1, 1, 0.5, 1, 1]],
    ['top_hat', [0, 0, 1, 0.5, 0, 0, 1]],
    ['bottom_hat', [0, 0, 0, 0, 0.5, 0.5, 0]],
  ])('%s of a row is %o', async (operation, values) => {
    const { image } = await run(edgeNodes, 'Morphology', { image: row, operation, kernel_size: 3 });
    expect([...image.data]).toEqual(values);
  });

  it.each([3, 4, 5, 999])('a window of %i sees what a slow search sees', async (kernel_size) => {
    const source = randomImage(11, 1, 9, 13, 1);
    const { image } = await run(edgeNodes, 'Morphology', { image: source, operation: 'erode', kernel_size });
    const before = kernel_size >> 1;
    const slow = Float32Array.from(source.data, (_, at) => {
      let least = Infinity;
      for (let other = 0; other < source.data.length; other++) {
        const across = (other % 13) - (at % 13) + before;
        const down = Math.floor(other / 13) - Math.floor(at / 13) + before;
        const inside = across >= 0 && down >= 0 && across < kernel_size && down < kernel_size;
        if (inside) least = Math.min(least, source.data.at(other) ?? NaN);
      }
      return least;
    });
    expect(image.data).toEqual(slow);
  });
});
