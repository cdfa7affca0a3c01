import { describeNode } from '@snug/node-kit';
import type { DescribeContext } from '@snug/node-kit';
import { toPlain } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { resizeChoiceNodes } from '../src/nodes/resize-choice.ts';
import { imageOf, randomImage, run } from './pixel-cards.ts';

const image = randomImage(3, 1, 10, 20);
const [node] = resizeChoiceNodes;

const resize = (resize_type: object, input: object = image): ReturnType<typeof run> =>
  run(resizeChoiceNodes, 'ResizeImageMaskNode', { input, resize_type, scale_method: 'area' });

describe('ResizeImageMaskNode', () => {
  const other = { batch: 1, height: 3, width: 4, data: new Float32Array(12) };

  it.each<[object, [number, number]]>([
    [{ resize_type: 'scale dimensions', width: 7, height: 9, crop: 'center' }, [7, 9]],
    [{ resize_type: 'scale dimensions', width: 0, height: 5, crop: 'center' }, [10, 5]],
    [{ resize_type: 'scale by multiplier', multiplier: 1.5 }, [30, 15]],
    [{ resize_type: 'scale longer dimension', longer_size: 8 }, [8, 4]],
    [{ resize_type: 'scale shorter dimension', shorter_size: 8 }, [16, 8]],
    [{ resize_type: 'scale width', width: 5 }, [5, 2]],
    [{ resize_type: 'scale height', height: 5 }, [10, 5]],
    [{ resize_type: 'scale total pixels', megapixels: 0.01 }, [145, 72]],
    [{ resize_type: 'match size', match: other, crop: 'disabled' }, [4, 3]],
    [{ resize_type: 'scale to multiple', multiple: 8 }, [16, 8]],
    [{ resize_type: 'scale to multiple', multiple: 16 }, [20, 10]],
  ])('%o makes %o', async (choice, [width, height]) => {
    const { image } = await resize(choice);
    expect([image.width, image.height, image.channels]).toEqual([width, height, 3]);
  });

  it('a side of 0 alone leaves the image as it is', async () => {
    expect((await resize({ resize_type: 'scale width', width: 0 })).image).toBe(image);
    expect((await resize({ resize_type: 'scale longer dimension', longer_size: 0 })).image).toBe(image);
  });

  it('a mask stays a mask', async () => {
    const mask = { batch: 1, height: 1, width: 2, data: Float32Array.of(0, 1) };
    const { outputs } = await resize({ resize_type: 'scale width', width: 1 }, mask);
    expect(outputs).toEqual([{ batch: 1, height: 1, width: 1, data: Float32Array.of(0.5) }]);
  });

  it('scale to multiple covers the target and cuts what stands out, without distortion', async () => {
    const row = imageOf([1, 1, 5, 1], [1, 2, 3, 4, 5]);
    const tall = imageOf([1, 5, 2, 1], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect((await resize({ resize_type: 'scale to multiple', multiple: 2 }, row)).image).toBe(row);
    const { image } = await resize({ resize_type: 'scale to multiple', multiple: 2 }, tall);
    expect([...image.data]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it('its choices are described in the order of the reference, with their inputs', async () => {
    if (!node) throw new Error('missing');
    const { input, output_matchtypes } = toPlain(await describeNode(node, '', {} as DescribeContext)) as {
      input: { required: Record<string, [string, { options: { key: string; inputs: object }[]; template: object }]> };
      output_matchtypes: unknown;
    };
    const [type, { options }] = input.required.resize_type ?? ['', { options: [] }];
    expect(type).toBe('COMFY_DYNAMICCOMBO_V3');
    expect(options.map(({ key }) => key)).toEqual([
      'scale dimensions',
      'scale by multiplier',
      'scale longer dimension',
      'scale shorter dimension',
      'scale width',
      'scale height',
      'scale total pixels',
      'match size',
      'scale to multiple',
    ]);
    expect(options.at(-2)?.inputs).toMatchObject({
      required: { match: ['IMAGE,MASK', {}], crop: ['COMBO', { default: 'center', options: ['disabled', 'center'] }] },
    });
    expect(output_matchtypes).toEqual(['input_type']);
  });
});
