import { expect, test } from 'vitest';
import { readPictureMetadata } from '../../src/index.ts';

/** A PNG with nothing but texts. */
function png(texts: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const chunk = (tag: string, data: Uint8Array): number[] => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, data.length);
    return [...length, ...new TextEncoder().encode(tag), ...data, 0, 0, 0, 0];
  };
  const parts = Object.entries(texts).flatMap(([key, text]) =>
    chunk('tEXt', new TextEncoder().encode(`${key}\0${text}`)),
  );
  return new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...parts, ...chunk('IEND', new Uint8Array())]);
}

const PROMPT = '{"1":{"class_type":"KSampler","inputs":{"seed":18446744073709551615},"is_changed":[NaN]}}';
const prompt = { '1': { class_type: 'KSampler', inputs: { seed: 18446744073709551615n }, is_changed: [NaN] } };

test('a picture tells its prompt, its workflow and its other texts, from bytes of any kind', async () => {
  const bytes = png({ prompt: PROMPT, workflow: '{"nodes":[]}', author: 'Ada' });
  for (const source of [bytes, bytes.buffer, new Blob([bytes])]) {
    const found = await readPictureMetadata(source);
    expect(found).toMatchObject({ prompt, workflow: { nodes: [] } });
    expect(found.texts.get('author')).toBe('Ada');
  }
});

test('what cannot be read is undefined', async () => {
  const empty = { prompt: undefined, workflow: undefined };
  expect(await readPictureMetadata(png({ prompt: '{"1":', workflow: '[]' }))).toMatchObject(empty);
  expect(await readPictureMetadata(new Uint8Array([1, 2, 3]))).toEqual({ ...empty, texts: new Map() });
});
