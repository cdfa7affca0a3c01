import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineError, openTensorFile, readTensors } from '../../src/engine/index.ts';
import { headerBytes, writeTensorFile } from './safetensors-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-header-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'file.safetensors');

const entry = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });
const one = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({ a: entry(dtype, shape, data_offsets) });
const many = (length: number, value: unknown) => Array.from({ length }, () => value);
const file = (header: unknown, body = 8, length?: bigint) =>
  Buffer.concat([headerBytes(header, length), Buffer.alloc(body)]);

/** Every one is refused, with these words. */
const MALFORMED: readonly (readonly [what: string, bytes: Buffer, reason: string])[] = [
  ['nothing', Buffer.alloc(0), 'too short'],
  ['seven bytes', Buffer.alloc(7), 'too short'],
  ['a length alone', file('', 0, 20n), 'header is cut off'],
  ['a header that is cut off', file('{"a":', 0, 100n), 'header is cut off'],
  ['a length past the limit', file('{}', 8, 100_000_001n), 'no safetensors file'],
  ['a length past all counting', file('{}', 8, 2n ** 64n - 1n), 'no safetensors file'],
  ['no JSON', file('{"a"'), 'no JSON'],
  ['no header at all', file('', 8, 0n), 'no JSON'],
  ['a list', file('[]'), 'no object'],
  ['JSON that nests', file(`{"a":${'['.repeat(100_000)}`), 'no JSON'],
  ['text that is not UTF-8', Buffer.concat([headerBytes('', 8n), Buffer.from('{"\xff":{}}', 'latin1')]), 'not UTF-8'],
  [
    'two tensors of one name',
    file(`{"a":${JSON.stringify(entry('F32', [1], [0, 4]))},"a":${JSON.stringify(entry('F32', [1], [4, 8]))}}`),
    'two members of the same name',
  ],
  [
    'two shapes in one entry',
    file('{"a":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,8]}}'),
    'two members of the same name',
  ],
  ['an entry that is no object', file({ a: 1 }), 'described by no object'],
  ['metadata that are no object', file({ __metadata__: 'x' }), 'metadata are no object'],
  ['an unknown type', file(one('F31', [1], [0, 4])), 'type of numbers'],
  ['a type named like a member of objects', file(one('constructor', [1], [0, 4])), 'type of numbers'],
  ['no type', file(one(undefined, [1], [0, 4])), 'type of numbers'],
  ['no shape', file(one('F32', undefined, [0, 4])), 'bad shape'],
  ['a negative side', file(one('F32', [-2], [0, 8])), 'bad shape'],
  ['a side that is a fraction', file(one('F32', [1.5], [0, 6])), 'bad shape'],
  ['a side that is a text', file(one('F32', ['2'], [0, 8])), 'bad shape'],
  ['more axes than anything has', file(one('F32', many(9, 1), [0, 4])), 'bad shape'],
  ['sides whose product is past all counting', file(one('F32', many(8, 2 ** 40), [0, 8])), 'past all counting'],
  ['sides whose product wraps to 0 in 64 bits', file(one('F32', [2 ** 32, 2 ** 32], [0, 0])), 'past all counting'],
  ['no offsets', file(one('F32', [1], undefined)), 'bad offsets'],
  ['one offset', file(one('F32', [1], [4])), 'bad offsets'],
  ['three offsets', file(one('F32', [1], [0, 4, 8])), 'bad offsets'],
  ['a negative offset', file(one('F32', [1], [-4, 0])), 'bad offsets'],
  ['an offset past all counting', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e300]}}'), 'bad offsets'],
  ['offsets the wrong way round', file(one('F32', [1], [8, 4])), 'ends before it begins'],
  ['numbers behind the end of the file', file(one('F32', [4], [0, 16])), 'ends 8 bytes behind the end of the file'],
  ['offsets that do not fit the shape', file(one('F32', [1], [0, 8])), 'do not fit its shape'],
  ['half a byte', file(one('F4', [3], [0, 1])), 'do not fit its shape'],
  ['tensors that overlap', file({ a: entry('F32', [1], [0, 4]), b: entry('F16', [2], [2, 6]) }), 'overlaps'],
  ['one tensor inside another', file({ a: entry('F32', [2], [0, 8]), b: entry('F16', [1], [2, 4]) }), 'overlaps'],
  ['a pickle', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(20)]), 'is a pickle'],
  ['an older pickle', Buffer.concat([Buffer.from([0x80, 2, 0x8a, 0x0a]), Buffer.alloc(20)]), 'is a pickle'],
  ['a pointer of Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'Git LFS pointer'],
  ['a web page', Buffer.from('<!doctype html><title>Log in</title>'), 'web page'],
];

const open = async (bytes: Buffer): Promise<unknown> => {
  writeFileSync(path, bytes);
  return openTensorFile(path).catch((error: unknown) => error);
};

describe('a malformed file', () => {
  it('comes in at least 30 kinds', () => expect(MALFORMED.length).toBeGreaterThanOrEqual(30));

  it.each(MALFORMED)('%s is refused with its name and the reason', async (_, bytes, reason) => {
    const error = await open(bytes);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'checkpoint_refused', message: expect.stringContaining(path) });
    expect(String(error)).toContain(reason);
  });

  it.each([
    ['a file that is not there', join(folder, 'nothing.safetensors'), 'no such file'],
    ['a folder', folder, 'cannot be used'],
  ])('%s is refused', async (_, name, reason) => {
    await expect(openTensorFile(name)).rejects.toThrow(reason);
  });

  it('with too many members is refused before it is parsed', async () => {
    const error = await open(file(`{${many(1_000_001, '"":0').join()}}`));
    expect(String(error)).toContain('more than 1000000 members');
  });

  it('of any bytes is refused, or has no range outside of itself', async () => {
    const good = file({ __metadata__: { k: 'v' }, a: entry('F16', [2, 2], [0, 8]), b: entry('F32', [1], [8, 12]) }, 12);
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 });
    const property = fc.asyncProperty(edits, fc.nat(good.length), async (changes, length) => {
      const bytes = Buffer.from(good.subarray(0, length));
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      const outcome = await open(bytes);
      if (outcome instanceof EngineError) {
        expect(outcome.code).toBe('checkpoint_refused');
        return;
      }
      const { tensors } = outcome as Awaited<ReturnType<typeof openTensorFile>>;
      for (const { offset, length: size } of tensors.values()) {
        expect(offset).toBeGreaterThanOrEqual(8);
        expect(offset + size).toBeLessThanOrEqual(bytes.length);
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

describe('a good file', () => {
  it('has its tensors, its texts, and holes where it likes', async () => {
    const header = {
      __metadata__: { format: 'pt' },
      __proto__x: entry('F32', [1], [4, 8]),
      constructor: entry('F8_E4M3', [2, 1], [0, 2]),
    };
    const opened = await open(file(header, 12));
    expect(opened).toMatchObject({ metadata: new Map([['format', 'pt']]), name: 'file.safetensors' });
    const start = 8 + Buffer.from(JSON.stringify(header)).length;
    expect((opened as { tensors: unknown }).tensors).toEqual(
      new Map([
        ['__proto__x', { type: 'F32', shape: [1], offset: start + 4, length: 4 }],
        ['constructor', { type: 'F8_E4M3', shape: [2, 1], offset: start, length: 2 }],
      ]),
    );
  });

  it('whose length begins like a pickle is no pickle', async () => {
    const padded = JSON.stringify(one('F32', [1], [0, 4])).padEnd(0x0280);
    expect(await open(file(padded))).not.toBeInstanceOf(Error);
  });

  it('is followed through links to where it lies', async () => {
    const link = join(folder, 'link.safetensors');
    await open(file({}));
    symlinkSync(path, link);
    expect(await openTensorFile(link)).toMatchObject({ path: link, name: 'file.safetensors' });
  });

  it('has its numbers read from every type of floats', async () => {
    const values = [0, 1, -2.5, 0.125, 1024];
    for (const type of ['F32', 'F16', 'BF16'] as const) {
      writeTensorFile(path, new Map([['a', { shape: [5], values }]]), { type });
      const [tensor] = await readTensors(await openTensorFile(path), ['a']);
      expect([...(tensor?.data ?? [])]).toEqual(values);
    }
  });

  it('that was cut since is refused', async () => {
    writeTensorFile(path, new Map([['a', { shape: [5], values: [1, 2, 3, 4, 5] }]]));
    const opened = await openTensorFile(path);
    truncateSync(path, 80);
    await expect(readTensors(opened, ['a'])).rejects.toThrow('ended while it was read');
  });
});
