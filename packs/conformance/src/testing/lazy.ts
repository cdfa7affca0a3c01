/** Lazy inputs, undeclared inputs, change detectors, an output node with an output. */
import { ANY, defineNode, IMAGE, input, isImage, MASK } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { unnamed } from '../unnamed.ts';
import { flatImage } from './flat-images.ts';
import { average, blend, meanOf, scale } from './pixel-maths.ts';

const category = 'experimental/evaluation';

const mixImages = defineNode({
  type: 'TestLazyMixImages',
  category,
  inputs: {
    image1: input.of(IMAGE, { lazy: true }),
    image2: input.of(IMAGE, { lazy: true }),
    mask: input.of(MASK),
  },
  outputs: { image: unnamed(IMAGE) },
  needs({ mask }) {
    if (mask.data.every((value) => value === 0)) return ['image1'];
    return mask.data.every((value) => value === 1) ? ['image2'] : ['image1', 'image2'];
  },
  run({ image1, image2, mask }) {
    if (mask.data.every((value) => value === 0)) return { image: present(image1, 'image1') };
    if (mask.data.every((value) => value === 1)) return { image: present(image2, 'image2') };
    return { image: blend(present(image1, 'image1'), present(image2, 'image2'), mask) };
  },
});

function present(image: Image | undefined, name: string): Image {
  if (!image) throw new Error(`Input ${name} has no image: link it.`);
  return image;
}

const variadicAverage = defineNode({
  type: 'TestVariadicAverage',
  category,
  acceptsUndeclared: true,
  inputs: { input1: input.of(IMAGE) },
  outputs: { image: unnamed(IMAGE) },
  run(values: Readonly<Record<string, unknown>> & { readonly input1: Image }) {
    const images: [Image, ...Image[]] = [values.input1];
    for (;;) {
      const next = values[`input${images.length + 1}`];
      if (next === undefined) return { image: average(images) };
      if (!isImage(next)) throw new Error(`Input input${images.length + 1} is no image: link an image to it.`);
      images.push(next);
    }
  },
});

const customIsChanged = defineNode({
  type: 'TestCustomIsChanged',
  category,
  inputs: { image: input.of(IMAGE), should_change: input.optional(input.boolean({ default: false })) },
  outputs: { image: unnamed(IMAGE) },
  fingerprint: ({ should_change }) => (should_change ? NaN : false),
  run: ({ image }) => ({ image }),
});

const factor = input.float({ default: 1, min: 0, max: 10 });

const isChangedWithConstants = defineNode({
  type: 'TestIsChangedWithConstants',
  category,
  inputs: { image: input.of(IMAGE), value: factor },
  outputs: { image: unnamed(IMAGE) },
  fingerprint({ image, value = NaN }) {
    return image ? meanOf(image) * value : value;
  },
  run: ({ image, value }) => ({ image: scale(image, value) }),
});

const outputWithSocket = defineNode({
  type: 'TestOutputNodeWithSocketOutput',
  category,
  inputs: { image: input.of(IMAGE), value: factor },
  outputs: { image: unnamed(IMAGE) },
  outputNode: true,
  run: ({ image, value }) => ({ image: scale(image, value) }),
});

const asyncLazyCheck = defineNode({
  type: 'TestAsyncLazyCheck',
  category,
  inputs: {
    input1: input.of(ANY, { lazy: true }),
    input2: input.of(ANY, { lazy: true }),
    condition: input.boolean({ default: true }),
  },
  outputs: { image: unnamed(IMAGE) },
  async needs({ condition }) {
    await Promise.resolve();
    return [condition ? 'input1' : 'input2'];
  },
  run: () => ({ image: flatImage(1) }),
});

export const lazyNodes = [
  mixImages,
  variadicAverage,
  customIsChanged,
  isChangedWithConstants,
  outputWithSocket,
  asyncLazyCheck,
];
