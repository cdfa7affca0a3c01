import { createMask, defineNode, IMAGE, input, MASK, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { imageTensor, maskTensor, narrow, tensorImage, tensorMask } from '../planes/axis.ts';
import { grow } from '../planes/growth.ts';
import { MAX_SIDE, newTensor } from '../planes/limit.ts';
import { maskPlanes, visitOverlap } from '../planes/paste.ts';
import { clamp, roundHalfEven } from '../pixels/rounding.ts';
import { BadInput } from './bad-input.ts';

const category = 'image/mask';
const position = input.int({ default: 0, min: 0, max: MAX_SIDE, step: 1 });
const side = input.int({ default: 512, min: 1, max: MAX_SIDE, step: 1 });

const maskToImage = defineNode({
  type: 'MaskToImage',
  form: 'schema',
  displayName: 'Convert Mask to Image',
  category,
  description: 'Shows a mask as a grey picture: masked parts are white.',
  inputs: { mask: input.of(MASK) },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ mask }) {
    const target = newTensor([mask.batch, mask.height, mask.width, 3]);
    for (let i = 0; i < mask.data.length; i++) target.data.fill(mask.data[i]!, 3 * i, 3 * i + 3);
    return { IMAGE: tensorImage(target) };
  },
});

const CHANNELS = ['red', 'green', 'blue', 'alpha'] as const;

const imageToMask = defineNode({
  type: 'ImageToMask',
  form: 'schema',
  displayName: 'Convert Image to Mask',
  category,
  description: 'Takes one channel of an image as a mask.',
  inputs: { image: input.of(IMAGE), channel: input.choice(CHANNELS) },
  outputs: { MASK: output.of(MASK) },
  run({ image, channel }) {
    const index = CHANNELS.indexOf(channel);
    if (index >= image.channels) {
      throw new BadInput('channel', `the image has no ${channel} channel: choose one that it has.`);
    }
    return { MASK: tensorMask(narrow(imageTensor(image), 3, index, 1)) };
  },
});

const byteOf = (value: number): number => roundHalfEven(Math.fround(clamp(value, 0, 1) * 255));

const imageColorToMask = defineNode({
  type: 'ImageColorToMask',
  form: 'schema',
  displayName: 'Convert Image Color to Mask',
  category,
  description: 'Masks the pixels that have exactly one colour, given as the number 0xRRGGBB.',
  inputs: {
    image: input.of(IMAGE),
    color: input.int({ default: 0, min: 0, max: 0xffffff, step: 1, display: 'number' }),
  },
  outputs: { MASK: output.of(MASK) },
  run({ image, color }) {
    const { data, channels } = image;
    if (channels < 3) throw new BadInput('image', 'it has no colours: connect one with at least 3 channels.');
    const mask = createMask(image.batch, image.height, image.width);
    for (let i = 0; i < mask.data.length; i++) {
      const at = i * channels;
      const found = (byteOf(data[at]!) << 16) | (byteOf(data[at + 1]!) << 8) | byteOf(data[at + 2]!);
      if (found === color) mask.data[i] = 1;
    }
    return { MASK: mask };
  },
});

const solidMask = defineNode({
  type: 'SolidMask',
  form: 'schema',
  displayName: 'Create Solid Mask',
  category,
  description: 'Makes a mask that has the same value everywhere.',
  inputs: { value: input.float({ default: 1, min: 0, max: 1, step: 0.01 }), width: side, height: side },
  outputs: { MASK: output.of(MASK) },
  run({ value, width, height }) {
    const mask = createMask(1, height, width);
    mask.data.fill(value);
    return { MASK: mask };
  },
});

const invertMask = defineNode({
  type: 'InvertMask',
  form: 'schema',
  displayName: 'Invert Mask',
  category,
  description: 'Masks what was free and frees what was masked.',
  inputs: { mask: input.of(MASK) },
  outputs: { MASK: output.of(MASK) },
  run: ({ mask }) => ({ MASK: { ...mask, data: mask.data.map((value) => 1 - value) } }),
});

const cropMask = defineNode({
  type: 'CropMask',
  form: 'schema',
  displayName: 'Crop Mask',
  category,
  description: 'Cuts a rectangle out of a mask; it ends where the mask ends.',
  inputs: { mask: input.of(MASK), x: position, y: position, width: side, height: side },
  outputs: { MASK: output.of(MASK) },
  run({ mask, x, y, width, height }) {
    if (x >= mask.width || y >= mask.height) {
      const size = `${mask.width}×${mask.height}`;
      throw new BadInput('mask', `nothing of its ${size} lies from x ${x}, y ${y} on: choose a smaller x or y.`);
    }
    const rows = narrow(maskTensor(mask), 1, y, Math.min(height, mask.height - y));
    return { MASK: tensorMask(narrow(rows, 2, x, Math.min(width, mask.width - x))) };
  },
});

const truth = (value: number): boolean => roundHalfEven(value) !== 0;
const OPERATIONS = {
  multiply: (one: number, other: number) => one * other,
  add: (one: number, other: number) => one + other,
  subtract: (one: number, other: number) => one - other,
  and: (one: number, other: number) => Number(truth(one) && truth(other)),
  or: (one: number, other: number) => Number(truth(one) || truth(other)),
  xor: (one: number, other: number) => Number(truth(one) !== truth(other)),
};

const maskComposite = defineNode({
  type: 'MaskComposite',
  form: 'schema',
  displayName: 'Combine Masks',
  category,
  description: 'Combines a mask with another one laid over it at x, y; a batch of sources is repeated or cut to fit.',
  inputs: {
    destination: input.of(MASK),
    source: input.of(MASK),
    x: position,
    y: position,
    operation: input.choice(['multiply', 'add', 'subtract', 'and', 'or', 'xor']),
  },
  outputs: { MASK: output.of(MASK) },
  run({ destination, source, x, y, operation }) {
    const combine = OPERATIONS[operation];
    const data = destination.data.slice();
    visitOverlap(maskPlanes(destination), maskPlanes(source), x, y, (to, from, cells) => {
      for (let end = to + cells; to < end; to++, from++) data[to] = combine(data[to]!, source.data[from]!);
    });
    for (let i = 0; i < data.length; i++) data[i] = clamp(data[i]!, 0, 1);
    return { MASK: { ...destination, data } };
  },
});

/** One factor a position: 1/n at the start, 1 from the nth position on. */
function ramp(length: number, fade: number): Float32Array {
  const steps = Math.min(fade, length);
  return new Float32Array(length).fill(1).map((one, at) => (at < steps ? (at + 1) / steps : one));
}

const featherMask = defineNode({
  type: 'FeatherMask',
  form: 'schema',
  displayName: 'Feather Mask',
  category,
  description: 'Fades a mask out towards its edges, over so many pixels a side.',
  inputs: { mask: input.of(MASK), left: position, top: position, right: position, bottom: position },
  outputs: { MASK: output.of(MASK) },
  run({ mask, left, top, right, bottom }) {
    const data = mask.data.slice();
    const [fromLeft, fromRight] = [ramp(mask.width, left), ramp(mask.width, right).reverse()];
    const [fromTop, fromBottom] = [ramp(mask.height, top), ramp(mask.height, bottom).reverse()];
    let at = 0;
    for (let row = 0; row < mask.batch * mask.height; row++) {
      const y = row % mask.height;
      for (let x = 0; x < mask.width; x++, at++) {
        const across = Math.fround(Math.fround(data[at]! * fromLeft[x]!) * fromRight[x]!);
        data[at] = Math.fround(across * fromTop[y]!) * fromBottom[y]!;
      }
    }
    return { MASK: { ...mask, data } };
  },
});

const growMask = defineNode({
  type: 'GrowMask',
  form: 'schema',
  displayName: 'Grow Mask',
  category,
  description: 'Widens the masked parts by so many pixels, or narrows them when the number is negative.',
  inputs: {
    mask: input.of(MASK),
    expand: input.int({ default: 0, min: -MAX_SIDE, max: MAX_SIDE, step: 1 }),
    tapered_corners: input.boolean({ default: true, advanced: true }),
  },
  outputs: { MASK: output.of(MASK) },
  run: ({ mask, expand, tapered_corners }, context) => ({
    MASK: grow(mask, expand, tapered_corners, () => context.throwIfInterrupted()),
  }),
});

const thresholdMask = defineNode({
  type: 'ThresholdMask',
  form: 'schema',
  displayName: 'Threshold Mask',
  category,
  description: 'Masks fully what lies above a value and frees the rest.',
  inputs: { mask: input.of(MASK), value: input.float({ default: 0.5, min: 0, max: 1, step: 0.01 }) },
  outputs: { MASK: output.of(MASK) },
  run({ mask, value }) {
    const limit = Math.fround(value);
    return { MASK: { ...mask, data: mask.data.map((one) => Number(one > limit)) } };
  },
});

export const maskNodes: readonly AnyNode[] = [
  maskToImage,
  imageToMask,
  imageColorToMask,
  solidMask,
  invertMask,
  cropMask,
  maskComposite,
  featherMask,
  growMask,
  thresholdMask,
];
