import { stringifyJson } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import { extractWorkflow, readPictureText } from '../src/workflow/index.ts';

const u32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const chunk = (tag: string, ...data: (string | Uint8Array)[]): Buffer => {
  const body = Buffer.concat(data.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  return Buffer.concat([u32(body.length), Buffer.from(tag), body, u32(0)]);
};
const png = (...chunks: Buffer[]): Uint8Array =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.alloc(13)),
    ...chunks,
  ]);

/** A WebP whose EXIF has the given texts from tag 0x0110 downward. */
function webp(texts: string[], { bigEndian = false, header = false } = {}): Uint8Array {
  const u16 = (value: number): Buffer =>
    bigEndian ? Buffer.from([value >> 8, value & 255]) : Buffer.from([value & 255, value >> 8]);
  const long = (value: number): Buffer => (bigEndian ? u32(value) : u32(value).reverse());
  const bodies = texts.map((text) => Buffer.from(`${text}\0`));
  let offset = 8 + 2 + 12 * texts.length + 4;
  const entries = bodies.map((body, at) => {
    const entry = Buffer.concat([
      u16(0x0110 - at),
      u16(2),
      long(body.length),
      body.length <= 4 ? Buffer.concat([body, Buffer.alloc(4)]).subarray(0, 4) : long(offset),
    ]);
    if (body.length > 4) offset += body.length;
    return entry;
  });
  const far = bodies.filter(({ length }) => length > 4);
  const tiff = Buffer.concat([
    Buffer.from(bigEndian ? 'MM' : 'II'),
    u16(42),
    long(8),
    u16(texts.length),
    ...entries,
    long(0),
    ...far,
  ]);
  const exif = header ? Buffer.concat([Buffer.from('Exif\0\0'), tiff]) : tiff;
  const riff = (tag: string, data: Buffer): Buffer =>
    Buffer.concat([Buffer.from(tag), u32(data.length).reverse(), data, Buffer.alloc(data.length % 2)]);
  const body = Buffer.concat([Buffer.from('WEBP'), riff('VP8X', Buffer.alloc(3)), riff('EXIF', exif)]);
  return riff('RIFF', body);
}

describe('texts of pictures', () => {
  test('PNG: plain and international texts, what is compressed is skipped, nothing after the end', () => {
    const bytes = png(
      chunk('tEXt', 'prompt\0{"a":"\xe9"}'),
      chunk('zTXt', 'packed\0\0xx'),
      chunk('iTXt', 'workflow\0\0\0de\0Ablauf\0', Buffer.from('{"b":"é€🦊"}')),
      chunk('iTXt', 'squeezed\0\x01\0\0\0xx'),
      chunk('tEXt', 'prompt\0again'),
      chunk('IEND'),
      chunk('tEXt', 'late\0x'),
    );
    expect([...readPictureText(bytes)]).toEqual([
      ['prompt', '{"a":"é"}'],
      ['workflow', '{"b":"é€🦊"}'],
    ]);
  });

  test('animated PNG: comf chunks behind the pixels', () => {
    const bytes = png(
      chunk('IDAT', Buffer.alloc(50)),
      chunk('comf', 'prompt\0{}'),
      chunk('comf', 'workflow\0{"nodes":[]}'),
    );
    expect([...readPictureText(bytes).keys()]).toEqual(['prompt', 'workflow']);
  });

  test.each([{ bigEndian: false }, { bigEndian: true }, { header: true }])('WebP: EXIF entries, %j', (options) => {
    const bytes = webp(['prompt:{"1":{"x":"a:b"}}', 'workflow:{"nodes":[]}', 'a:b'], options);
    expect([...readPictureText(bytes)]).toEqual([
      ['prompt', '{"1":{"x":"a:b"}}'],
      ['workflow', '{"nodes":[]}'],
      ['a', 'b'],
    ]);
  });

  test('a view into a larger buffer is read from its own start', () => {
    const picture = png(chunk('tEXt', 'k\0v'));
    const larger = new Uint8Array(picture.length + 10);
    larger.set(picture, 7);
    expect(readPictureText(larger.subarray(7)).get('k')).toBe('v');
  });

  test('cut-off and foreign files give what could be read', () => {
    const whole = png(chunk('tEXt', 'a\0b'), chunk('tEXt', 'c\0d'));
    for (let length = 0; length <= whole.length; length++) {
      expect(['', 'a', 'a,c']).toContain([...readPictureText(whole.subarray(0, length)).keys()].join());
    }
    expect(readPictureText(Buffer.from('GIF89a')).size).toBe(0);
    expect(readPictureText(webp(['k:value']).subarray(0, 60)).size).toBeLessThanOrEqual(1);
  });
});

describe('the graph in a picture', () => {
  const workflow = '{"nodes":[{"id":1,"type":"A"}],"links":[]}';
  const extract = (texts: Record<string, string>): unknown => {
    const found = extractWorkflow(new Map(Object.entries(texts)));
    if (found?.kind === 'prompt') return stringifyJson(found.prompt);
    return found?.workflow.nodes.size;
  };

  test('is the prompt, and without a readable one the workflow', () => {
    const prompt = '{"1":{"class_type":"A","inputs":{"seed":18446744073709551615}}}';
    expect(extract({ workflow, prompt })).toBe(prompt);
    expect(extract({ workflow, prompt: '{"1":' })).toBe(1);
    expect(extract({ workflow, prompt: '{}' })).toBe(1);
    expect(extract({ workflow })).toBe(1);
    expect(extract({ workflow: '[]', other: prompt })).toBeUndefined();
  });

  test('bare NaN and Infinity take the note they stand in with them, and nothing else', () => {
    const prompt = `{
      "1":{"class_type":"A","inputs":{"t":"NaN \\" Infinity"},"is_changed":[NaN]},
      "2":{"class_type":"A","inputs":{"f":-Infinity,"l":[1,NaN]},"is_changed":["abc"]},
      "3":{"class_type":"A","inputs":{},"is_changed":{"a":[[Infinity]]}}}`;
    expect(extract({ prompt })).toBe(
      '{"1":{"class_type":"A","inputs":{"t":"NaN \\" Infinity"}},' +
        '"2":{"class_type":"A","inputs":{"f":null,"l":[1,null]},"is_changed":["abc"]},' +
        '"3":{"class_type":"A","inputs":{}}}',
    );
  });
});
