import { defineNode, FLOAT, input, INT, output, socket, STRING } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';
import { roundTo } from '../python/decimal.ts';
import { unnamed } from '../unnamed.ts';

const category = 'utilities';
const form = 'schema';

/** The widgets that a front end adds for the choices: `option1`, `option2`, ... */
const OPTION = /^option(\d{1,6})$/;

function indexOfChoice(values: Readonly<Record<string, unknown>>): number {
  const { choice, index } = values;
  if (typeof index === 'number' && Number.isSafeInteger(index)) return index;
  const options = Object.entries(values).flatMap(([name, value]) => {
    const place = OPTION.exec(name)?.[1];
    return place === undefined ? [] : [{ place: Number(place), value }];
  });
  options.sort((a, b) => a.place - b.place);
  return Math.max(
    0,
    options.findIndex(({ value }) => value === choice),
  );
}

const customCombo = defineNode({
  type: 'CustomCombo',
  displayName: 'Custom Combo',
  category,
  description: 'A list of choices of your own: gives the chosen text and its place in the list, from 0.',
  searchAliases: ['dropdown', 'select', 'options', 'choice'],
  experimental: true,
  form,
  acceptsUndeclared: true,
  inputs: { choice: input.choice<string>([]) },
  outputs: { choice: unnamed(STRING), index: output.of(INT, { name: 'INDEX' }) },
  // the choices are known to the front end only
  validate: { inputs: ['choice'], check: () => true },
  run: (values) => ({ choice: values.choice, index: indexOfChoice(values) }),
});

const COLOR = socket<string>('COLOR');
const COLOR_TEXT = /^#([0-9a-f]{6})([0-9a-f]{2})?$/i;

const color = defineNode({
  type: 'ColorToRGBInt',
  displayName: 'Color Picker',
  category,
  description: 'A colour as one whole number 0xRRGGBB, as text, and its opacity from 0 to 1.',
  searchAliases: ['colour', 'rgb', 'hex color'],
  form,
  inputs: { color: input.of(COLOR, { default: '#ffffff', socketless: true }) },
  outputs: { rgb_int: output.of(INT), hex: output.of(COLOR), alpha: output.of(FLOAT) },
  run({ color }) {
    const [, rgb, alpha = 'ff'] = COLOR_TEXT.exec(color) ?? [];
    if (rgb === undefined) throw new BadInput('color', 'write it as #RRGGBB or #RRGGBBAA.');
    return { rgb_int: Number.parseInt(rgb, 16), hex: `#${rgb}`, alpha: Number.parseInt(alpha, 16) / 255 };
  },
});

const RATIOS = {
  '1:1 (Square)': [1, 1],
  '2:3 (Portrait Photo)': [2, 3],
  '3:2 (Photo)': [3, 2],
  '3:4 (Portrait Standard)': [3, 4],
  '4:3 (Standard)': [4, 3],
  '9:16 (Portrait Widescreen)': [9, 16],
  '16:9 (Widescreen)': [16, 9],
  '21:9 (Ultrawide)': [21, 9],
} as const;
type Ratio = keyof typeof RATIOS;
const PIXELS_PER_MEGAPIXEL = 2 ** 20;

const resolution = defineNode({
  type: 'ResolutionSelector',
  displayName: 'Resolution Selector',
  category,
  description: 'Width and height for an aspect ratio and a number of pixels, rounded to a multiple.',
  searchAliases: ['aspect ratio', 'image size', 'megapixels', 'dimensions'],
  form,
  inputs: {
    aspect_ratio: input.choice(Object.keys(RATIOS) as Ratio[], { default: '1:1 (Square)' }),
    megapixels: input.float({ default: 1, min: 0.1, max: 16, step: 0.1 }),
    multiple: input.int({ default: 8, min: 8, max: 128, step: 4 }),
  },
  outputs: { width: output.of(INT), height: output.of(INT) },
  run({ aspect_ratio, megapixels, multiple }) {
    const [across, down] = RATIOS[aspect_ratio];
    const unit = Math.sqrt((megapixels * PIXELS_PER_MEGAPIXEL) / (across * down));
    const side = (parts: number): number => roundTo((parts * unit) / multiple, 0) * multiple;
    return { width: side(across), height: side(down) };
  },
});

export const choiceNodes = [customCombo, color, resolution];
