import { createImage, createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { porterDuffNodes } from '../src/nodes/porter-duff.ts';
import { call, maskOf } from './node-call.ts';
import { imageOf, rounded } from './pixel-cards.ts';

const run = (inputs: Record<string, unknown>) =>
  call<{ IMAGE: Image; MASK: Mask }>(porterDuffNodes, 'PorterDuffImageComposite', inputs);
const [s, d] = [0.25, 0.75];

/** What is seen where neither, only the source, only the destination, and both are opaque; null where nothing is. */
const table: Record<string, (number | null)[]> = {
  ADD: [null, s, d, 1],
  CLEAR: [null, null, null, null],
  DARKEN: [null, s, d, s],
  DST: [null, null, d, d],
  DST_ATOP: [null, s, null, d],
  DST_IN: [null, null, null, d],
  DST_OUT: [null, null, d, null],
  DST_OVER: [null, s, d, d],
  // brighter than it was where one is alone: that is the rule of the reference
  LIGHTEN: [null, 2 * s, 1, d],
  MULTIPLY: [null, null, null, s * d],
  SCREEN: [null, s, d, s + d - s * d],
  SRC: [null, s, null, s],
  SRC_ATOP: [null, null, d, s],
  SRC_IN: [null, null, null, s],
  SRC_OUT: [null, s, null, null],
  SRC_OVER: [null, s, d, s],
  XOR: [null, s, d, null],
};

describe('PorterDuffImageComposite', () => {
  it.each(Object.entries(table))('%s shows what its rule says', async (mode, want) => {
    const { IMAGE, MASK } = await run({
      source: imageOf([1, 1, 4, 1], [s, s, s, s]),
      source_alpha: maskOf([1, 0, 1, 0]),
      destination: imageOf([1, 1, 4, 1], [d, d, d, d]),
      destination_alpha: maskOf([1, 1, 0, 0]),
      mode,
    });
    expect(rounded(IMAGE.data)).toEqual(want.map((value) => value ?? 0));
    expect([...MASK.data]).toEqual(want.map((value) => (value === null ? 1 : 0)));
  });

  it('OVERLAY darkens what is dark and lightens what is light', async () => {
    const { IMAGE } = await run({
      source: imageOf([1, 1, 2, 1], [0.5, 0.5]),
      source_alpha: maskOf([0, 0]),
      destination: imageOf([1, 1, 2, 1], [0.25, 0.75]),
      destination_alpha: maskOf([0, 0]),
      mode: 'OVERLAY',
    });
    expect(rounded(IMAGE.data)).toEqual([0.25, 0.75]);
    const dark = await run({
      source: imageOf([1, 1, 2, 1], [0.25, 0.25]),
      source_alpha: maskOf([0, 0]),
      destination: imageOf([1, 1, 2, 1], [0.25, 0.75]),
      destination_alpha: maskOf([0, 0]),
      mode: 'OVERLAY',
    });
    expect(rounded(dark.IMAGE.data)).toEqual([0.125, 0.625]);
  });

  it('SRC_OVER mixes half-transparent colours by their alphas', async () => {
    const { IMAGE, MASK } = await run({
      source: imageOf([1, 1, 1, 3], [1, 0, 0]),
      source_alpha: maskOf([0.5]),
      destination: imageOf([1, 1, 1, 3], [0, 0, 1]),
      destination_alpha: maskOf([0.5]),
      mode: 'SRC_OVER',
    });
    expect(rounded(IMAGE.data)).toEqual([0.6667, 0, 0.3333]);
    expect([...MASK.data]).toEqual([0.25]);
  });

  it('fits everything to the destination, and to the shortest batch', async () => {
    const { IMAGE, MASK } = await run({
      source: createImage(3, 8, 5, 3),
      source_alpha: createMask(2, 6, 6),
      destination: createImage(4, 2, 3, 4),
      destination_alpha: createMask(5, 1, 1),
      mode: 'SRC',
    });
    expect(IMAGE).toMatchObject({ batch: 2, height: 2, width: 3, channels: 4 });
    expect(MASK).toMatchObject({ batch: 2, height: 2, width: 3 });
  });
});
