import { readFileSync } from 'node:fs';
import { describeNode } from '@snug/node-kit';
import type { DescribeContext } from '@snug/node-kit';
import { asObject, parseJson, toPlain } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { colourNodes } from '../src/nodes/colour.ts';
import { scaleNodes } from '../src/nodes/scale.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

const image = card(96, 64);

describe('golden pictures', () => {
  const methods = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'];
  const cases: [name: string, type: string, inputs: object][] = [
    ...methods.flatMap((upscale_method): [string, string, object][] => [
      [`scale-up-${upscale_method}`, 'ImageScale', { upscale_method, width: 150, height: 101, crop: 'disabled' }],
      [`scale-down-${upscale_method}`, 'ImageScale', { upscale_method, width: 37, height: 29, crop: 'disabled' }],
    ]),
    ['scale-crop-center', 'ImageScale', { upscale_method: 'bilinear', width: 60, height: 60, crop: 'center' }],
    ['scale-keep-aspect', 'ImageScale', { upscale_method: 'bilinear', width: 0, height: 40, crop: 'disabled' }],
    ['scale-by', 'ImageScaleBy', { upscale_method: 'bicubic', scale_by: 1.5 }],
    [
      'scale-total-pixels',
      'ImageScaleToTotalPixels',
      { upscale_method: 'bilinear', megapixels: 0.01, resolution_steps: 1 },
    ],
  ];
  it.each(cases)('%s differs by at most one step, in at most a tenth of the values', async (name, type, inputs) => {
    const { mean, max } = await compare((await run(scaleNodes, type, { image, ...inputs })).image, name);
    expect(max).toBeLessThanOrEqual(1);
    expect(mean).toBeLessThanOrEqual(/nearest|lanczos|area/.test(name) ? 0 : 0.1);
  });
});

describe('object_info', () => {
  it.each(['ImageScale', 'ImageInvert'])('%s is described as the reference describes it', async (type) => {
    const file = new URL('../../../tests/conformance/suite/golden/object-info-images.json', import.meta.url);
    const { http } = toPlain(parseJson(readFileSync(file, 'utf8'))) as { http: { body: Record<string, object> }[] };
    const golden = http.find(({ body }) => type in body)?.body[type];
    const node = [...scaleNodes, ...colourNodes].find((one) => one.type === type);
    if (!golden || !node) throw new Error(`${type} is missing`);
    const description = await describeNode(node, '<module>', {} as DescribeContext);
    description.set('description', '<prose>').set('search_aliases', '<aliases>');
    expect(toPlain(description)).toEqual(golden);
  });

  it('ResizeAndPadImage is described in the schema form', async () => {
    const node = scaleNodes.find((one) => one.type === 'ResizeAndPadImage');
    if (!node) throw new Error('missing');
    const description = await describeNode(node, '', {} as DescribeContext);
    expect(toPlain(asObject(description.get('input')) ?? null)).toMatchObject({
      required: {
        image: ['IMAGE', {}],
        padding_color: ['COMBO', { options: ['white', 'black'], advanced: true, multiselect: false }],
      },
    });
  });
});

describe('sizes', () => {
  const small = randomImage(1, 2, 6, 9);
  const sizeAfter = async (type: string, inputs: object): Promise<[number, number, number]> => {
    const { image } = await run(scaleNodes, type, { image: small, images: small, ...inputs });
    return [image.batch, image.width, image.height];
  };
  const method = { upscale_method: 'area', interpolation: 'area', padding_color: 'black', crop: 'disabled' };

  it.each<[string, object, [number, number]]>([
    ['ImageScale', { width: 4, height: 0 }, [4, 3]],
    ['ImageScale', { width: 0, height: 1 }, [2, 1]],
    ['ImageScale', { width: 1, height: 0 }, [1, 1]],
    ['ImageScaleBy', { scale_by: 0.5 }, [4, 3]],
    ['ImageScaleBy', { scale_by: 0.01 }, [1, 1]],
    ['ImageScaleToTotalPixels', { megapixels: 0.01, resolution_steps: 16 }, [128, 80]],
    ['ImageScaleToMaxDimension', { largest_size: 18 }, [18, 12]],
    ['ResizeAndPadImage', { target_width: 20, target_height: 5 }, [20, 5]],
    ['ResizeImagesByShorterEdge', { shorter_edge: 3 }, [4, 3]],
    ['ResizeImagesByLongerEdge', { longer_edge: 3 }, [3, 2]],
    ['CenterCropImages', { width: 4, height: 100 }, [4, 6]],
  ])('%s with %o makes %o', async (type, inputs, [width, height]) => {
    expect(await sizeAfter(type, { ...method, ...inputs })).toEqual([2, width, height]);
  });

  it('ImageScale without width and height returns the image itself', async () => {
    const inputs = { image: small, ...method, width: 0, height: 0 };
    expect((await run(scaleNodes, 'ImageScale', inputs)).image).toBe(small);
  });

  it('a longest side of 0 is refused by name', async () => {
    await expect(sizeAfter('ImageScaleToMaxDimension', { ...method, largest_size: 0 })).rejects.toMatchObject({
      code: 'bad_input',
      input: 'largest_size',
    });
  });

  it('an image past the limit is refused before it is made', async () => {
    const huge = { ...method, width: 16384, height: 16384 };
    await expect(sizeAfter('ImageScale', huge)).rejects.toMatchObject({ code: 'image_too_large' });
  });

  it('interruption is asked for before each image', async () => {
    const { checks } = await run(scaleNodes, 'ImageScaleBy', { image: small, upscale_method: 'lanczos', scale_by: 2 });
    expect(checks).toBe(2);
  });
});

it('ResizeAndPadImage centres what fits and pads all channels', async () => {
  const source = imageOf([1, 1, 2, 1], [0.25, 0.5]);
  const inputs = { image: source, target_width: 4, target_height: 4, interpolation: 'area', padding_color: 'white' };
  const { image } = await run(scaleNodes, 'ResizeAndPadImage', inputs);
  const half = [0.25, 0.25, 0.5, 0.5];
  expect(rounded(image.data)).toEqual([1, 1, 1, 1, ...half, ...half, 1, 1, 1, 1]);
});

it('CenterCropImages takes the middle', async () => {
  const source = imageOf([1, 1, 5, 1], [0, 1, 2, 3, 4]);
  const { image } = await run(scaleNodes, 'CenterCropImages', { images: source, width: 3, height: 1 });
  expect([...image.data]).toEqual([1, 2, 3]);
});
