import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRange } from '../src/http/send-file.ts';
import { contentDisposition, imageKind } from '../src/http/media-types.ts';
import { makePng } from './png.ts';
import { createTestApp } from './routes-app.ts';
import type { TestApp } from './routes-app.ts';

let fixture: TestApp;
const rgba = makePng(4, 2, { channels: 4, pixel: (x, _y, c) => (c === 3 ? 100 + x : 200) });
beforeAll(async () => {
  fixture = await createTestApp();
  const { input, output } = fixture.folders;
  const put = (name: string, bytes: string | Buffer) => writeFileSync(join(input, name), bytes);
  put('a.png', rgba);
  put('grey.png', makePng(3, 2, { channels: 1, pixel: () => 128 }));
  put('bomb.png', makePng(1, 1, { claim: [50_000, 50_000] }));
  put('broken.png', rgba.subarray(0, 60));
  put('fake.png', '<html><script>alert(1)</script>');
  put('page.html', '<script>alert(1)</script>');
  put('picture.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  put('text.txt', '0123456789');
  put('empty.txt', '');
  put('model.glb', 'glTF');
  put('café "1"\u202e.txt', 'x');
  writeFileSync(join(output, 'o.png'), rgba);
  mkdirSync(join(input, 'sub/deep'), { recursive: true });
  writeFileSync(join(input, 'sub/deep/b.txt'), 'deep');
  writeFileSync(join(fixture.base, 'secret.txt'), 'secret');
  symlinkSync('..', join(input, 'out'));
  symlinkSync('../secret.txt', join(input, 'secret-link.txt'));
  utimesSync(join(input, 'text.txt'), 1_700_000_000, 1_700_000_000.5);
});
afterAll(() => fixture.close());

const get = (url: string, headers: Record<string, string> = {}) => fixture.app.inject({ url, headers });

describe('GET /view', () => {
  test.each([
    ['/view', 404],
    ['/view?filename=', 400],
    ['/view?filename=/etc/passwd', 400],
    ['/view?filename=../secret.txt&type=input', 400],
    ['/view?filename=..%5csecret.txt&type=input', 400],
    ['/view?filename=a%00.png&type=input', 400],
    ['/view?filename=none.png&type=input', 404],
    ['/view?filename=a.png&type=nonsense', 400],
    ['/view?filename=a.png&type=__proto__', 400],
    ['/view?filename=none.png&type=input&subfolder=../..', 403],
    ['/view?filename=sub/deep/b.txt&type=input', 404],
    ['/view?filename=deep&type=input&subfolder=sub', 404],
    ['/view?filename=secret-link.txt&type=input', 404],
    ['/view?filename=secret.txt&type=input&subfolder=out', 404],
    ['/view?filename=blake3:00', 404],
    ['/view?filename=%20[input]', 400],
  ])('%s answers %i with an empty body', async (url, status) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.body]).toEqual([status, '']);
  });

  test('sends the file as it is, from the root and from a subfolder, also under /api', async () => {
    const answer = await get('/view?filename=a.png&type=input&rand=0.5');
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload).toEqual(rgba);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'filename="a.png"',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      'content-length': String(rgba.length),
    });
    expect((await get('/api/view?filename=b.txt&type=input&subfolder=sub/deep')).body).toBe('deep');
    expect((await get('/view?filename=o.png')).statusCode).toBe(200);
  });

  test('an ending in brackets chooses the folder before the type does', async () => {
    expect((await get('/view?filename=a.png%20[input]&type=output')).statusCode).toBe(200);
    expect((await get('/view?filename=a.png%20[temp]&type=input')).statusCode).toBe(404);
  });

  test('HEAD tells the size and sends nothing', async () => {
    const answer = await fixture.app.inject({ method: 'HEAD', url: '/view?filename=text.txt&type=input' });
    expect([answer.statusCode, answer.headers['content-length'], answer.body]).toEqual([200, '10', '']);
  });

  test('an empty file is sent as such', async () => {
    const answer = await get('/view?filename=empty.txt&type=input');
    expect([answer.statusCode, answer.headers['content-length'], answer.body]).toEqual([200, '0', '']);
  });

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('the range %s answers %i', async (range, status, body, contentRange) => {
    const answer = await get('/view?filename=text.txt&type=input', { range });
    expect([answer.statusCode, answer.body, answer.headers['content-range']]).toEqual([status, body, contentRange]);
  });

  test('conditions are judged by tag first, then by time', async () => {
    const url = '/view?filename=text.txt&type=input';
    const { headers } = await get(url);
    const etag = String(headers.etag);
    const modified = String(headers['last-modified']);
    const later = new Date(Date.parse(modified) + 10_000).toUTCString();
    const earlier = new Date(Date.parse(modified) - 10_000).toUTCString();
    const status = async (conditions: Record<string, string>) => (await get(url, conditions)).statusCode;
    expect(await status({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': later })).toBe(200);
    expect(await status({ 'if-modified-since': modified })).toBe(304);
    expect(await status({ 'if-modified-since': earlier })).toBe(200);
    expect(await status({ 'if-modified-since': 'not a date' })).toBe(200);
    expect(await status({ 'if-match': '"x"' })).toBe(412);
    expect(await status({ 'if-unmodified-since': earlier })).toBe(412);
    expect(await status({ range: 'bytes=0-1', 'if-range': etag })).toBe(206);
    expect(await status({ range: 'bytes=0-1', 'if-range': '"x"' })).toBe(200);
  });

  test.each(['page.html', 'picture.svg'])('%s is never shown inline', async (name) => {
    const { headers, statusCode } = await get(`/view?filename=${name}&type=input`);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      vary: 'Sec-Fetch-Dest',
    });
    expect(headers['content-security-policy']).toContain('sandbox');
  });

  test('SVG is an image where a browser asks for an image, and runs nothing there', async () => {
    const { headers } = await get('/view?filename=picture.svg&type=input', { 'sec-fetch-dest': 'image' });
    expect(headers['content-type']).toBe('image/svg+xml');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    const document = await get('/view?filename=page.html&type=input', { 'sec-fetch-dest': 'image' });
    expect(document.headers['content-type']).toBe('application/octet-stream');
  });

  test('a text under the name of a picture, and an unknown type, are downloads', async () => {
    for (const name of ['fake.png', 'model.glb']) {
      const { headers } = await get(`/view?filename=${name}&type=input`);
      expect(headers['content-type']).toBe('application/octet-stream');
      expect(headers['content-disposition']).toContain('attachment');
    }
  });

  test('names in headers are quoted, escaped and encoded', async () => {
    const { headers } = await get(`/view?filename=${encodeURIComponent('café "1"\u202e.txt')}&type=input`);
    expect(headers['content-disposition']).toBe(
      `filename="caf_ \\"1\\"_.txt"; filename*=UTF-8''caf%C3%A9%20%221%22%E2%80%AE.txt`,
    );
    expect(contentDisposition('a\r\nx: y')).not.toMatch(/[\r\n]/);
  });
});

describe('pictures that are changed on the way', () => {
  test.each([
    ['webp;50', '', 'webp', true],
    ['jpeg;75', '', 'jpeg', false],
    ['jpeg;75', '&channel=rgba', 'webp', true],
    ['png', '', 'webp', true],
    ['', '', 'webp', true],
    ['webp;0', '&channel=rgb', 'webp', false],
    ['webp;99999999999', '', 'webp', true],
  ])('preview=%s%s is %s', async (preview, more, format, hasAlpha) => {
    const answer = await get(`/view?filename=a.png&type=input&preview=${preview}${more}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(`image/${format}`);
    expect(answer.headers['content-disposition']).toBe('filename="a.png"');
    expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ format, width: 4, height: 2, hasAlpha });
  });

  test('channel=rgb drops the alpha channel and keeps the colours under it', async () => {
    const answer = await get('/view?filename=a.png&type=input&channel=rgb');
    expect(answer.headers['content-type']).toBe('image/png');
    const { data, info } = await sharp(answer.rawPayload).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    expect(new Set(data)).toEqual(new Set([200]));
  });

  test.each([
    ['a.png', [100, 101, 102, 103, 100, 101, 102, 103]],
    ['grey.png', [255, 255, 255, 255, 255, 255]],
  ])('channel=a of %s is black with its alpha', async (name, expected) => {
    const answer = await get(`/view?filename=${name}&type=input&channel=a`);
    const { data, info } = await sharp(answer.rawPayload).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(4);
    const pixels = Array.from({ length: data.length / 4 }, (_, at) => [...data.subarray(at * 4, at * 4 + 4)]);
    expect(pixels).toEqual(expected.map((alpha) => [0, 0, 0, alpha]));
  });

  test.each(['preview=webp', 'channel=rgb', 'channel=a'])(
    '%s refuses what is no picture, broken or too large',
    async (how) => {
      const status = async (name: string) => (await get(`/view?filename=${name}&type=input&${how}`)).statusCode;
      expect(await status('text.txt')).toBe(415);
      expect(await status('picture.svg')).toBe(415);
      expect(await status('fake.png')).toBe(415);
      expect(await status('bomb.png')).toBe(422);
      expect(await status('broken.png')).toBe(422);
      expect(await status('none.png')).toBe(404);
    },
  );

  test('a replaced picture is shown as it is now', async () => {
    const path = join(fixture.folders.temp, 'changing.png');
    const sizeOf = async () => {
      const answer = await get('/view?filename=changing.png&type=temp&preview=webp');
      return (await sharp(answer.rawPayload).metadata()).width;
    };
    writeFileSync(path, makePng(5, 5));
    expect(await sizeOf()).toBe(5);
    writeFileSync(path, makePng(9, 9));
    expect(await sizeOf()).toBe(9);
  });
});

describe('GET /view_metadata', () => {
  const header = (value: unknown, length?: number): Buffer => {
    const text = Buffer.from(JSON.stringify(value));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(length ?? text.length));
    return Buffer.concat([size, text]);
  };

  test('tells the metadata of a model file', async () => {
    const loras = join(fixture.base, 'models/loras');
    mkdirSync(join(loras, 'sub'), { recursive: true });
    writeFileSync(join(loras, 'sub/a.safetensors'), header({ __metadata__: { b: '1', 'a/ü': '2' }, x: {} }));
    const answer = await get('/view_metadata/loras?filename=sub/a.safetensors');
    expect([answer.statusCode, answer.json()]).toEqual([200, { b: '1', 'a/ü': '2' }]);
  });

  test.each([
    ['plain.safetensors', header({ x: 1 })],
    ['huge.safetensors', header({ __metadata__: {} }, 2 ** 40)],
    ['beyond.safetensors', header({ __metadata__: {} }, 5000)],
    ['short.safetensors', Buffer.from('abc')],
    ['bad.safetensors', header('text')],
    ['other.ckpt', header({ __metadata__: {} })],
  ])('%s has none: 404', async (name, bytes) => {
    writeFileSync(join(fixture.base, 'models/vae', name), bytes);
    expect((await get(`/view_metadata/vae?filename=${name}`)).statusCode).toBe(404);
  });

  test('no file name, an unknown folder and a missing file are 404', async () => {
    for (const url of [
      'vae',
      'nothing?filename=a.safetensors',
      'vae?filename=none.safetensors',
      '?filename=a.safetensors',
    ]) {
      expect((await get(`/view_metadata/${url}`)).statusCode).toBe(404);
    }
  });
});

test('ranges and picture headers are read without surprises', () => {
  expect(parseRange('bytes=-0', 10)).toBe('unsatisfiable');
  expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
  expect(parseRange('bytes=-99', 10)).toEqual({ start: 0, end: 9 });
  expect(parseRange(`bytes=${'9'.repeat(400)}-`, 10)).toBeUndefined();
  expect(imageKind(Buffer.from('<svg'))).toBeUndefined();
  expect(imageKind(Buffer.from('\0\0\0\x1cftypavif', 'latin1'))).toBe('heif');
});
