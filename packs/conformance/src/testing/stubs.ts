/** Sources of values for test graphs. */
import { defineNode, FLOAT, IMAGE, input, INT, MASK } from '@snug/node-kit';
import { unnamed } from '../unnamed.ts';
import { flatImage, flatMask } from './flat-images.ts';
import { mapImage } from './pixel-maths.ts';

const category = 'experimental/stub_nodes';

const size = {
  height: input.int({ default: 512, min: 1, max: 1024 ** 3 }),
  width: input.int({ default: 512, min: 1, max: 4096 ** 3 }),
  batch_size: input.int({ default: 1, min: 1, max: 1024 ** 3 }),
};
const level = input.float({ default: 0.5, min: 0, max: 1, step: 0.01 });

const image = defineNode({
  type: 'StubImage',
  category,
  inputs: { content: input.choice(['WHITE', 'BLACK', 'NOISE']), ...size },
  outputs: { image: unnamed(IMAGE) },
  run({ content, ...size }) {
    const flat = flatImage(content === 'WHITE' ? 1 : 0, size);
    return { image: content === 'NOISE' ? mapImage(flat, Math.random) : flat };
  },
});

const constantImage = defineNode({
  type: 'StubConstantImage',
  category,
  inputs: { value: level, ...size },
  outputs: { image: unnamed(IMAGE) },
  run: ({ value, ...size }) => ({ image: flatImage(value, size) }),
});

const mask = defineNode({
  type: 'StubMask',
  category,
  inputs: { value: level, ...size },
  outputs: { mask: unnamed(MASK) },
  run: ({ value, ...size }) => ({ mask: flatMask(value, size) }),
});

const int = defineNode({
  type: 'StubInt',
  category,
  inputs: { value: input.int({ default: 0, min: -0xffffffff, max: 0xffffffff }) },
  outputs: { value: unnamed(INT) },
  run: ({ value }) => ({ value }),
});

const float = defineNode({
  type: 'StubFloat',
  category,
  inputs: { value: input.float({ default: 0, min: -1e38, max: 1e38 }) },
  outputs: { value: unnamed(FLOAT) },
  run: ({ value }) => ({ value }),
});

export const stubNodes = [image, constantImage, mask, int, float];
