import { describe, expect, it } from 'vitest';
import { transformNodes } from '../src/nodes/transform.ts';
import { stitchNodes } from '../src/nodes/stitch.ts';
import { colourNodes } from '../src/nodes/colour.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

const image = card(96, 64);
const nodes = [...transformNodes, ...stitchNodes, ...colourNodes];
it.each([
    ['flip-x', 'ImageFlip', { image, flip_method: 'x-axis: vertically' }],
    ['rotate-90', 'ImageRotate', { image, rotation: '90 degrees' }],
    ['invert', 'ImageInvert', { image }],
    ['pad-outpaint', 'ImagePadForOutpaint', { image, left: 8, top: 16, right: 24, bottom: 0, feathering: 10 }],
    [
      'stitch', 'ImageStitch', { image1: image, image2: card(80, 72, 90), direction: 'right', match_image_size: true, spacing_width: 6, spacing_color: 'red' }
    ],
  ])('%s has the pixels of the reference', async (name, type, inputs) => {
    const { outputs } = await run(nodes, type, inputs);
    expect(await compare(outputs.IMAGE!, name)).toEqual({ mean: 0, max: 0 });
  });
