import { BOOLEAN, defineNode, FLOAT, input, INT64, output, socket, STRING } from '@snug/node-kit';
import { unnamed } from '../unnamed.ts';

const category = 'utilities/primitive';
const form = 'schema';
const S63 = 2n ** 63n - 1n;

const text = defineNode({
  type: 'PrimitiveString',
  displayName: 'Text',
  category,
  description: 'A text of one line.',
  searchAliases: ['string', 'prompt'],
  form,
  inputs: { value: input.string({ multiline: false }) },
  outputs: { value: unnamed(STRING) },
  run: ({ value }) => ({ value }),
});

const paragraph = defineNode({
  type: 'PrimitiveStringMultiline',
  displayName: 'Text (Multiline)',
  category,
  description: 'A text of several lines.',
  searchAliases: ['string', 'prompt', 'paragraph'],
  form,
  inputs: { value: input.string({ multiline: true }) },
  outputs: { value: unnamed(STRING) },
  run: ({ value }) => ({ value }),
});

const whole = defineNode({
  type: 'PrimitiveInt',
  displayName: 'Int',
  category,
  description: 'A whole number.',
  searchAliases: ['integer', 'number'],
  form,
  inputs: { value: input.int64({ min: -S63, max: S63, controlAfterGenerate: 'fixed' }) },
  outputs: { value: unnamed(INT64) },
  run: ({ value }) => ({ value }),
});

const float = defineNode({
  type: 'PrimitiveFloat',
  displayName: 'Float',
  category,
  description: 'A number with a fraction.',
  searchAliases: ['decimal', 'number'],
  form,
  // the limits are whole numbers on the wire, and exact ones
  inputs: { value: input.float({ extra: { min: -S63, max: S63, step: 0.1 } }) },
  outputs: { value: unnamed(FLOAT) },
  run: ({ value }) => ({ value }),
});

const truth = defineNode({
  type: 'PrimitiveBoolean',
  displayName: 'Boolean',
  category,
  description: 'True or false.',
  searchAliases: ['toggle', 'checkbox', 'switch'],
  form,
  inputs: { value: input.boolean() },
  outputs: { value: unnamed(BOOLEAN) },
  run: ({ value }) => ({ value }),
});

/** A part of an image, in pixels from its top left corner. */
export interface BoundingBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const BOUNDING_BOX = socket<BoundingBox>('BOUNDING_BOX');
const LARGEST_SIDE = 16_384;

const boundingBox = defineNode({
  type: 'PrimitiveBoundingBox',
  displayName: 'Bounding Box',
  category,
  description: 'A rectangle within an image: where its top left corner is, and its size in pixels.',
  searchAliases: ['rectangle', 'region', 'crop area'],
  form,
  inputs: {
    x: input.int({ default: 0, min: 0, max: LARGEST_SIDE }),
    y: input.int({ default: 0, min: 0, max: LARGEST_SIDE }),
    width: input.int({ default: 512, min: 1, max: LARGEST_SIDE }),
    height: input.int({ default: 512, min: 1, max: LARGEST_SIDE }),
  },
  outputs: { box: unnamed(BOUNDING_BOX) },
  run: ({ x, y, width, height }) => ({ box: { x, y, width, height } }),
});

const seed = defineNode({
  type: 'SeedNode',
  displayName: 'Seed',
  category: 'utilities',
  description: 'A seed for random numbers, to share between nodes.',
  searchAliases: ['random', 'noise seed'],
  form,
  inputs: { seed: input.int64({ min: 0, max: S63, controlAfterGenerate: 'fixed' }) },
  outputs: { seed: output.of(INT64) },
  run: ({ seed }) => ({ seed }),
});

export const primitiveNodes = [text, paragraph, whole, float, truth, boundingBox, seed];
