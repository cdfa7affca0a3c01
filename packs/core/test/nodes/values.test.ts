import { describe, expect, it } from 'vitest';
import { firstOutput, NO_FILES, nodeOf, runNode } from '../run-node.ts';

describe('primitives', () => {
  it.each([
    ['PrimitiveString', 'value', 'a'],
    ['PrimitiveStringMultiline', 'value', 'a\nb'],
    ['PrimitiveInt', 'value', -(2n ** 63n - 1n)],
    ['PrimitiveFloat', 'value', 1.5],
    ['PrimitiveBoolean', 'value', false],
    ['SeedNode', 'seed', 2n ** 63n - 1n],
  ])('%s passes its %s on', async (type, name, value) => {
    expect(await firstOutput(type, { [name]: value })).toBe(value);
  });

  it('PrimitiveBoundingBox makes one value of four numbers', async () => {
    const box = { x: 1, y: 2, width: 3, height: 4 };
    expect(await firstOutput('PrimitiveBoundingBox', box)).toEqual(box);
  });
});

describe('CustomCombo', () => {
  it('accepts any choice', async () => {
    const { validate } = nodeOf('CustomCombo');
    expect(validate?.inputs).toEqual(['choice']);
    expect(await validate?.check({ choice: 'anything' }, { files: NO_FILES, types: new Map() })).toBe(true);
  });
  it.each([
    [{ choice: 'b', option2: 'b', option1: 'a' }, 1],
    [{ choice: 'k', option10: 'k', option9: 'j', option1: 'a' }, 2],
    [{ choice: 'b', index: 7 }, 7],
    [{ choice: 'b', option1: 'a' }, 0],
    [{ choice: 'b' }, 0],
  ])('of %j gives the choice and place %i', async (values, index) => {
    const { outputs } = await runNode('CustomCombo', values);
    expect(outputs).toEqual({ choice: values.choice, index });
  });
});

describe('ColorToRGBInt', () => {
  it.each([
    ['#ffffff', { rgb_int: 0xffffff, hex: '#ffffff', alpha: 1 }],
    ['#00FF7f', { rgb_int: 0x00ff7f, hex: '#00FF7f', alpha: 1 }],
    ['#01020380', { rgb_int: 0x010203, hex: '#010203', alpha: 128 / 255 }],
  ])('reads %s', async (color, expected) => {
    expect((await runNode('ColorToRGBInt', { color })).outputs).toEqual(expected);
  });
  it.each(['', '#fff', 'ffffff', '#gggggg', '#ffffff\n', '#fffffff'])('refuses %j', async (color) => {
    await expect(runNode('ColorToRGBInt', { color })).rejects.toMatchObject({ code: 'bad_input', input: 'color' });
  });
});

describe('ResolutionSelector', () => {
  it.each([
    ['1:1 (Square)', 1, 8, 1024, 1024],
    ['16:9 (Widescreen)', 1, 8, 1368, 768],
    ['9:16 (Portrait Widescreen)', 1, 64, 768, 1344],
    ['21:9 (Ultrawide)', 0.1, 128, 512, 256],
    ['3:2 (Photo)', 4, 8, 2512, 1672],
  ])('%s of %f megapixels in steps of %i is %i × %i', async (aspect_ratio, megapixels, multiple, width, height) => {
    const { outputs } = await runNode('ResolutionSelector', { aspect_ratio, megapixels, multiple });
    expect(outputs).toEqual({ width, height });
  });
});

describe('CurveEditor', () => {
  const curve = { points: [[0, 0]], interpolation: 'linear' };
  it('passes the curve on', async () => {
    expect(await runNode('CurveEditor', { curve })).toEqual({ outputs: { curve }, ui: undefined });
  });
  it('shows a histogram that is connected', async () => {
    const { outputs, ui } = await runNode('CurveEditor', { curve, histogram: [1, 2, 3] });
    expect(outputs).toEqual({ curve });
    expect(ui).toEqual({ histogram: [1, 2, 3] });
  });
});
