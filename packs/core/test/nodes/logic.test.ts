import { createImage } from '@snug/node-kit';
import { Float } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { firstOutput, NO_FILES, nodeOf } from '../run-node.ts';

describe('ComfySwitchNode', () => {
  it.each([
    [true, 'on_true'],
    [false, 'on_false'],
  ])('for %j asks for %s alone and passes it on', async (on, side) => {
    const node = nodeOf('ComfySwitchNode');
    expect(await node.needs?.({ switch: on }, { files: NO_FILES })).toEqual([side]);
    expect(await firstOutput('ComfySwitchNode', { switch: on, [side]: 'chosen' })).toBe('chosen');
  });
});

const FALSE = [false, 0, 0n, new Float(0), '', null, [], new Map()];
const TRUE = [true, 1, -1n, new Float(-1), 0.5, Number.NaN, 'False', [0], new Map([['a', 0]]), createImage(1, 1, 1, 3)];

describe('ComfyNotNode', () => {
  it.each(FALSE.map((value) => ({ value })))('is true for $value', async ({ value }) => {
    expect(await firstOutput('ComfyNotNode', { value })).toBe(true);
  });
  it.each(TRUE.map((value) => ({ value })))('is false for $value', async ({ value }) => {
    expect(await firstOutput('ComfyNotNode', { value })).toBe(false);
  });
});

describe('ComfyAndNode and ComfyOrNode', () => {
  it.each([
    [{ value0: 1 }, true, true],
    [{ value0: '' }, false, false],
    [{ value0: 1, value1: 0, value2: 'x' }, false, true],
    [{ value0: 0, value5: [] }, false, false],
    [{ value0: true, value9: [0] }, true, true],
  ])('of %j: and %j, or %j', async (values, and, or) => {
    expect(await firstOutput('ComfyAndNode', { values })).toBe(and);
    expect(await firstOutput('ComfyOrNode', { values })).toBe(or);
  });
});

describe('CreateList', () => {
  it('joins the lists of its inputs in their order', async () => {
    const inputs = { input0: [1, 2], input1: ['x'], input3: [[3, 4]] };
    expect(await firstOutput('CreateList', { inputs })).toEqual([1, 2, 'x', [3, 4]]);
  });
  it('is empty when its inputs are', async () => {
    expect(await firstOutput('CreateList', { inputs: { input0: [] } })).toEqual([]);
  });
});
