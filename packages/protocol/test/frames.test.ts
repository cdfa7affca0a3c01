import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, FRAME } from '@snug/protocol';
import type { Frame, PreviewMetadata } from '@snug/protocol';

const SEED = 20_260_102;

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const word = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

const metadata: PreviewMetadata = {
  node_id: '10.0.0.1',
  prompt_id: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
  display_node_id: '10',
  parent_node_id: '10',
  real_node_id: '10',
  image_type: 'image/jpeg',
};

const wellFormed = fc.string({ unit: 'grapheme' });
const picture = fc.uint8Array({ maxLength: 100 });
const frames = fc.oneof<fc.Arbitrary<Exclude<Frame, { type: 'unknown' }>>[]>(
  fc.record({
    type: fc.constant('preview' as const),
    mime: fc.constantFrom('image/jpeg' as const, 'image/png' as const),
    image: picture,
  }),
  fc.record({ type: fc.constant('text' as const), node: wellFormed, text: wellFormed }),
  fc.record({
    type: fc.constant('preview-with-metadata' as const),
    metadata: fc.record({
      node_id: wellFormed,
      prompt_id: wellFormed,
      display_node_id: wellFormed,
      parent_node_id: fc.option(wellFormed),
      real_node_id: wellFormed,
      image_type: fc.constantFrom('image/jpeg' as const, 'image/png' as const),
    }),
    image: picture,
  }),
);

describe('layout', () => {
  it('[BF1] [BF3] a preview is its type, the picture format and the picture', () => {
    const image = bytes(9, 8, 7);
    expect(encodeFrame({ type: 'preview', mime: 'image/jpeg', image })).toEqual(bytes(...word(1), ...word(1), 9, 8, 7));
    expect(encodeFrame({ type: 'preview', mime: 'image/png', image })).toEqual(bytes(...word(1), ...word(2), 9, 8, 7));
  });

  it('[BF2] [BF5] a text is its type, the length of the node id in bytes, the id and the text in UTF-8', () => {
    const expected = bytes(...word(3), ...word(2), 0xc3, 0xa9, 0xe2, 0x9c, 0x93);
    expect(encodeFrame({ type: 'text', node: 'é', text: '✓' })).toEqual(expected);
  });

  it('[BF2] [BF6] [BF7] a preview with metadata has the length of the JSON in bytes and no format word', () => {
    const frame = encodeFrame({ type: 'preview-with-metadata', metadata, image: bytes(255, 216) });
    const json = new TextEncoder().encode(JSON.stringify(metadata));
    expect(frame).toEqual(bytes(...word(4), ...word(json.length), ...json, 255, 216));
  });

  it('[BF9] no frame has the number 2', () => {
    expect(Object.values(FRAME)).toEqual([1, 3, 4]);
    expect(decodeFrame(bytes(...word(2), ...word(1), 1))).toMatchObject({ type: 'unknown', number: 2 });
  });
});

describe('reading', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('[BF4] takes any other picture format for JPEG', () => {
    expect(decodeFrame(bytes(...word(1), ...word(77), 1))).toMatchObject({ type: 'preview', mime: 'image/jpeg' });
  });

  it('shows pictures as views, not copies', () => {
    const frame = encodeFrame({ type: 'preview', mime: 'image/png', image: bytes(1, 2, 3) });
    const inside = new Uint8Array(frame.length + 5);
    inside.set(frame, 5);
    const read = decodeFrame(inside.subarray(5));
    expect(read).toEqual({ type: 'preview', mime: 'image/png', image: bytes(1, 2, 3) });
    expect(read.type === 'preview' && read.image.buffer).toBe(inside.buffer);
  });

  it('[BF10] knows no frame that is cut short, and never throws', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (frame, cut) => {
        const whole = encodeFrame(frame);
        const length = cut % whole.length;
        const read = decodeFrame(whole.subarray(0, length));
        expect(length < 8 ? read.type : 'unknown').toBe('unknown');
        expect(read.type === 'unknown' ? read.bytes.length : length).toBe(length);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('[BF10] makes a value of any bytes', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.constantFrom(0, 1, 2, 3, 4, 5, 0xffffffff), fc.constantFrom(0, 1, 3, 0x7fffffff, 0xffffffff), picture)
        .map(([type, second, rest]) => bytes(...word(type), ...word(second), ...rest)),
    );
    fc.assert(
      fc.property(hostile, (data) => {
        const read = decodeFrame(data);
        const known = ['preview', 'text', 'preview-with-metadata'];
        expect([...known, 'unknown']).toContain(read.type);
        if (read.type === 'unknown') expect(read.bytes).toBe(data);
        else expect(Object.values(FRAME)).toContain(data[3]);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it.each([
    ['a length past the end', [...word(3), ...word(100), 1]],
    ['metadata that is no JSON', [...word(4), ...word(2), 0x7b, 0x7b]],
    ['metadata that is no object', [...word(4), ...word(4), ...new TextEncoder().encode('null')]],
    ['metadata without a node', [...word(4), ...word(2), 0x7b, 0x7d]],
  ])('[BF10] does not know %s', (_what, data) => {
    expect(decodeFrame(Uint8Array.from(data))).toMatchObject({ type: 'unknown', number: data[3] });
  });

  it('tells the number of a frame that has nothing else, and none of a shorter one', () => {
    expect(decodeFrame(bytes(...word(1)))).toMatchObject({ type: 'unknown', number: 1 });
    expect(decodeFrame(bytes(0, 0, 1))).toMatchObject({ type: 'unknown', number: undefined });
  });
});
