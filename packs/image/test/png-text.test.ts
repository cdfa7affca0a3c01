import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pngChunk, pngChunks, PNG_SIGNATURE } from '../src/files/png-chunk.ts';
import { encodePng } from '../src/files/png.ts';
import { insertPngText, isTextKey, readPngText } from '../src/files/png-text.ts';

const dot = { data: Uint8Array.of(1, 2, 3), width: 1, height: 1, channels: 3 } as const;
const withChunk = (type: string, data: Buffer): Buffer =>
  Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', Buffer.alloc(13)),
    pngChunk(type, data),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('text in PNG files', () => {
  it('comes back by key, for our reader and for sharp', async () => {
    const text = [
      ['prompt', '{"a":18446744073709551615,"b":"\\u00e9"}'],
      ['workflow', '{"nodes":[]}'],
    ] as const;
    const png = await encodePng(dot, { text });
    expect([...readPngText(png)]).toEqual(text.map(([key, value]) => [key, value]));
    expect((await sharp(png).metadata()).comments).toEqual(text.map(([keyword, value]) => ({ keyword, text: value })));
  });

  it('goes in right behind the header, before the pixels', async () => {
    const png = await encodePng(dot, { text: [['a', 'b']] });
    expect([...pngChunks(png)].map(({ type }) => type).slice(0, 2)).toEqual(['IHDR', 'tEXt']);
    expect([...(await sharp(png).raw().toBuffer())]).toEqual([1, 2, 3]);
  });

  it('past Latin-1 is written as iTXt and read again', async () => {
    const png = insertPngText(await encodePng(dot), [['note', 'π ≈ 3']]);
    expect([...pngChunks(png)][1]?.type).toBe('iTXt');
    expect(readPngText(png).get('note')).toBe('π ≈ 3');
    expect((await sharp(png).metadata()).comments).toEqual([{ keyword: 'note', text: 'π ≈ 3' }]);
  });

  it('survives for every key and text that is allowed (seed 7)', async () => {
    const png = await encodePng(dot);
    const keys = fc.string({ minLength: 1, maxLength: 79, unit: 'binary-ascii' }).filter(isTextKey);
    const texts = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(keys, texts, (key, text) => {
        expect(readPngText(insertPngText(png, [[key, text]])).get(key)).toBe(text);
      }),
      { seed: 7 },
    );
  });

  it.each(['', ' a', 'a ', 'a  b', 'a\0b', 'π', 'x'.repeat(80)])('refuses the key %j', async (key) => {
    expect(isTextKey(key)).toBe(false);
    const png = await encodePng(dot);
    expect(() => insertPngText(png, [[key, 'text']])).toThrow(RangeError);
  });

  it('is read from compressed chunks', () => {
    const packed = deflateSync(latin('hello'));
    expect(readPngText(withChunk('zTXt', Buffer.concat([latin('k\0\0'), packed]))).get('k')).toBe('hello');
    expect(readPngText(withChunk('iTXt', Buffer.concat([latin('k\0\x01\0en\0\0'), packed]))).get('k')).toBe('hello');
  });

  it('that unpacks to too much is left out', () => {
    const bomb = deflateSync(Buffer.alloc(65 * 2 ** 20));
    expect(bomb.length).toBeLessThan(100_000);
    expect(readPngText(withChunk('zTXt', Buffer.concat([latin('k\0\0'), bomb]))).size).toBe(0);
  });

  it('of chunks that share the budget is left out where it runs out', () => {
    const half = deflateSync(Buffer.alloc(40 * 2 ** 20, 97));
    const chunk = (key: string): Buffer => pngChunk('zTXt', Buffer.concat([latin(`${key}\0\0`), half]));
    const file = Buffer.concat([PNG_SIGNATURE, chunk('a'), chunk('b'), chunk('c')]);
    expect([...readPngText(file).keys()]).toEqual(['a']);
  });

  it('is none in what is broken or no PNG', () => {
    expect(readPngText(latin('GIF89a')).size).toBe(0);
    expect(readPngText(withChunk('zTXt', latin('k\0\0garbage'))).size).toBe(0);
    expect(readPngText(withChunk('iTXt', latin('k\0\0\0no end'))).size).toBe(0);
    expect(readPngText(withChunk('tEXt', latin('no separator'))).size).toBe(0);
    expect(readPngText(withChunk('tEXt', latin('k\0v')).subarray(0, 40)).size).toBe(0);
  });

  it('never throws, whatever the bytes (seed 11)', () => {
    const bodies = fc.tuple(fc.constantFrom('tEXt', 'zTXt', 'iTXt', 'comf'), fc.uint8Array());
    fc.assert(
      fc.property(bodies, ([type, body]) => {
        expect(readPngText(withChunk(type, Buffer.from(body))).size).toBeLessThanOrEqual(1);
      }),
      { seed: 11 },
    );
  });
});
