import { describe, expect, it } from 'vitest';
import type { DescribeContext } from '@snug/node-kit';
import { encodePng } from '../src/files/png.ts';
import { cameraNodes } from '../src/nodes/camera.ts';
import { folderContext, nodeIn, runIn } from './folder-context.ts';
import { imageOf, rounded } from './pixel-cards.ts';

const dots = (values: readonly number[], channels: 3 | 4): Promise<Buffer> =>
  encodePng({ data: Uint8Array.from(values), width: values.length / channels, height: 1, channels });

it('WebcamCapture loads what the front end uploaded', async () => {
  const folder = await folderContext();
  await folder.put('shot.png', await dots([255, 0, 51], 3), 'temp');
  const inputs = { image: 'shot.png [temp]', width: 0, height: 0, capture_on_queue: true };
  const { IMAGE, MASK } = (await runIn(folder, cameraNodes, 'WebcamCapture', inputs)).outputs;
  expect(rounded(IMAGE.data)).toEqual([1, 0, 0.2]);
  expect(MASK).toBeUndefined();
});

describe('Painter', () => {
  const plain = { mask: '', width: 128, height: 64, bg_color: '#ff0033' };

  it('without a painting gives the canvas and an empty mask, and shows it', async () => {
    const folder = await folderContext();
    const { outputs, ui } = await runIn(folder, cameraNodes, 'Painter', plain);
    expect(outputs.IMAGE).toMatchObject({ batch: 1, height: 64, width: 128, channels: 3 });
    expect(rounded(outputs.IMAGE.data.subarray(0, 4))).toEqual([1, 0, 0.2, 1]);
    expect(outputs.MASK).toMatchObject({ height: 64, width: 128 });
    expect(outputs.MASK.data.some(Boolean)).toBe(false);
    expect(ui).toMatchObject({ images: [{ type: 'temp' }], animated: [false] });
  });

  it('lays the paint over every image; the mask is where paint is', async () => {
    const folder = await folderContext();
    await folder.put('paint.png', await dots([255, 0, 0, 255, 0, 255, 0, 51, 9, 9, 9, 0], 4));
    const image = imageOf([2, 1, 3, 3], [...Array<number>(9).fill(0.5), ...Array<number>(9).fill(1)]);
    const { outputs } = await runIn(folder, cameraNodes, 'Painter', { ...plain, mask: 'paint.png', image });
    expect(rounded(outputs.MASK.data)).toEqual([1, 0.2, 0]);
    expect(rounded(outputs.IMAGE.data)).toEqual([1, 0, 0, 0.4, 0.6, 0.4, 0.5, 0.5, 0.5, 1, 0, 0, 0.8, 1, 0.8, 1, 1, 1]);
  });

  it('takes a painting without transparency as all paint, in the size of the canvas', async () => {
    const folder = await folderContext();
    await folder.put('paint.png', await dots([0, 0, 255], 3));
    const { IMAGE, MASK } = (await runIn(folder, cameraNodes, 'Painter', { ...plain, mask: 'paint.png' })).outputs;
    expect(IMAGE).toMatchObject({ height: 64, width: 128 });
    expect(rounded(IMAGE.data.subarray(-3))).toEqual([0, 0, 1]);
    expect(MASK.data.every((value) => value === 1)).toBe(true);
  });

  it('refuses a colour that is none, and a painting that is not there', async () => {
    const folder = await folderContext();
    await expect(runIn(folder, cameraNodes, 'Painter', { ...plain, bg_color: 'red' })).rejects.toThrow(
      'bg_color: "red"',
    );
    const node = nodeIn(cameraNodes, 'Painter');
    const context: DescribeContext & { types: Map<string, string> } = { ...folder.context, types: new Map() };
    expect(await node.validate!.check({ mask: 'gone.png' }, context)).toBe('Invalid image file: gone.png');
    expect(await node.validate!.check({ mask: '' }, context)).toBe(true);
    expect(await node.fingerprint!({ mask: '' }, context)).toBe('');
  });
});
