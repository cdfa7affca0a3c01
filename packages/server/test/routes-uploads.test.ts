import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { ClientRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numberedName } from '../src/http/place-upload.ts';
import { chunk, makePng } from './png.ts';
import { createTestApp, form, upload } from './routes-app.ts';
import type { TestApp } from './routes-app.ts';

let fixture: TestApp;
beforeEach(async () => {
  fixture = await createTestApp();
});
afterEach(() => fixture.close());

const png = makePng(2, 2);
const post = (body: ReturnType<typeof form>, url = '/upload/image') =>
  fixture.app.inject({ method: 'POST', url, ...body });
const inputs = (): string[] => readdirSync(fixture.folders.input).sort();
const partials = (): string[] => readdirSync(fixture.folders.temp);

describe('POST /upload/image', () => {
  test('stores the file and tells its name, whatever the order of the fields', async () => {
    const answer = await post(upload('a.png', png));
    expect([answer.statusCode, answer.json()]).toEqual([200, { name: 'a.png', subfolder: '', type: 'input' }]);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(readFileSync(join(fixture.folders.input, 'a.png'))).toEqual(png);
    const first = form({ name: 'type', value: 'temp' }, { name: 'image', value: png, filename: 'ü 😀.bin' });
    expect((await post(first, '/api/upload/image')).json()).toEqual({ name: 'ü 😀.bin', subfolder: '', type: 'temp' });
    expect(partials()).toEqual(['ü 😀.bin']);
  });

  test('makes the subfolder and gives it back as it was sent', async () => {
    const answer = await post(upload('a.png', png, { subfolder: 'x//y/', type: 'output' }));
    expect(answer.json()).toEqual({ name: 'a.png', subfolder: 'x//y/', type: 'output' });
    expect(existsSync(join(fixture.folders.output, 'x/y/a.png'))).toBe(true);
  });

  test('the same content gets the same name; other content the next free one', async () => {
    const names = [];
    for (const bytes of ['one', 'one', 'two', 'three', 'two']) {
      names.push((await post(upload('a.tar.gz', Buffer.from(bytes)))).json<{ name: string }>().name);
    }
    expect(names).toEqual(['a.tar.gz', 'a.tar.gz', 'a.tar (1).gz', 'a.tar (2).gz', 'a.tar (1).gz']);
    expect(inputs()).toEqual(['a.tar (1).gz', 'a.tar (2).gz', 'a.tar.gz']);
  });

  test.each([
    ['true', ['a.txt'], 'two'],
    ['1', ['a.txt'], 'two'],
    ['false', ['a (1).txt', 'a.txt'], 'one'],
    ['yes', ['a (1).txt', 'a.txt'], 'one'],
  ])('overwrite=%s', async (overwrite, names, content) => {
    await post(upload('a.txt', Buffer.from('one')));
    await post(upload('a.txt', Buffer.from('two'), { overwrite }));
    expect(inputs()).toEqual(names);
    expect(readFileSync(join(fixture.folders.input, 'a.txt'), 'utf8')).toBe(content);
  });

  test('many uploads of one name at once all find a place of their own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post(upload('same.txt', Buffer.from(`content ${index}`)))),
    );
    const names = answers.map((answer) => answer.json<{ name: string }>().name);
    expect(new Set(names).size).toBe(20);
    for (const [index, name] of names.entries()) {
      expect(readFileSync(join(fixture.folders.input, name), 'utf8')).toBe(`content ${index}`);
    }
  });

  test('gives up after a thousand taken names', async () => {
    for (let number = 0; number < 1000; number++) {
      writeFileSync(join(fixture.folders.input, numberedName('a.txt', number)), 'taken');
    }
    expect((await post(upload('a.txt', Buffer.from('other')))).statusCode).toBe(409);
    expect((await post(upload('a.txt', Buffer.from('equal')))).statusCode).toBe(409);
    expect([inputs().length, partials()]).toEqual([1000, []]);
  });

  test('a file name with folders works where the folders are', async () => {
    mkdirSync(join(fixture.folders.input, 'there'));
    expect((await post(upload('there/a.png', png))).json()).toMatchObject({ name: 'there/a.png' });
    expect((await post(upload('there/a.png', Buffer.from('x')))).json()).toMatchObject({ name: 'there/a (1).png' });
    expect((await post(upload('not/there.png', png))).statusCode).toBe(400);
    expect(inputs()).toEqual(['there']);
  });

  test.each([
    ['no file', form({ name: 'overwrite', value: 'true' })],
    ['an empty file name', upload('', png)],
    ['a text instead of a file', form({ name: 'image', value: 'text' })],
    ['an unknown folder', upload('a.png', png, { type: 'models' })],
    ['a folder that is a key of objects', upload('a.png', png, { type: '__proto__' })],
    ['a subfolder outside', upload('a.png', png, { subfolder: '../../outside' })],
    ['an absolute subfolder', upload('a.png', png, { subfolder: '/tmp' })],
    ['a file name outside', upload('../../custom_nodes/x/__init__.py', png)],
    ['a file name with a backslash', upload('..%5c..\\\\x.png', png)],
    ['a file name that is a folder', upload('..', png)],
    ['a file name that ends as a folder', upload('a/', png)],
    ['a field that is a key of objects', form({ name: '__proto__', value: 'x' })],
    ['a form that breaks off', { ...upload('a.png', png), payload: upload('a.png', png).payload.subarray(0, 150) }],
    ['no form at all', { headers: { 'content-type': 'application/json' }, payload: Buffer.from('{}') }],
    ['a form without a boundary', { ...upload('a.png', png), headers: { 'content-type': 'multipart/form-data' } }],
  ])('refuses %s, and leaves nothing behind', async (_what, body) => {
    const before = readdirSync(fixture.base).sort();
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect([inputs(), partials(), readdirSync(fixture.base).sort()]).toEqual([[], [], before]);
  });

  test('does not write through links, nor into linked folders', async () => {
    const outside = join(fixture.base, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'canary'), 'alive');
    symlinkSync(outside, join(fixture.folders.input, 'linked'));
    symlinkSync(join(outside, 'canary'), join(fixture.folders.input, 'link.txt'));
    symlinkSync(join(outside, 'new'), join(fixture.folders.input, 'dangling.txt'));
    expect((await post(upload('x.txt', png, { subfolder: 'linked' }))).statusCode).toBe(400);
    expect((await post(upload('x.txt', png, { subfolder: 'linked/deep' }))).statusCode).toBe(400);
    // the same content as behind the link: still another name, or it would tell what is there
    expect((await post(upload('link.txt', Buffer.from('alive')))).json()).toMatchObject({ name: 'link (1).txt' });
    expect((await post(upload('dangling.txt', png, { overwrite: 'true' }))).statusCode).toBe(200);
    expect([readdirSync(outside), readFileSync(join(outside, 'canary'), 'utf8')]).toEqual([['canary'], 'alive']);
  });

  test('a name that belongs to a folder is refused, or numbered', async () => {
    mkdirSync(join(fixture.folders.input, 'dir'));
    expect((await post(upload('dir', png, { overwrite: 'true' }))).statusCode).toBe(400);
    expect((await post(upload('dir', png))).json()).toMatchObject({ name: 'dir (1)' });
    expect(partials()).toEqual([]);
  });

  test('leaves space on the disk', async () => {
    await fixture.close();
    fixture = await createTestApp({ reserveBytes: Number.MAX_SAFE_INTEGER });
    expect((await post(upload('a.png', png))).statusCode).toBe(507);
  });
});

describe('bodies that are too large', () => {
  const limit = 100_000;
  const text = `Maximum request body size ${limit} exceeded.`;
  beforeEach(async () => {
    await fixture.close();
    fixture = await createTestApp({ maxBodyBytes: limit });
  });

  test('are refused by what they announce', async () => {
    const answer = await post(upload('a.bin', Buffer.alloc(limit)));
    expect([answer.statusCode, answer.body]).toEqual([413, text]);
    expect([inputs(), partials()]).toEqual([[], []]);
    const plain = await fixture.app.inject({ method: 'POST', url: '/userdata/a', payload: Buffer.alloc(limit + 1) });
    expect([plain.statusCode, plain.body]).toEqual([413, text]);
  });

  async function start(): Promise<ClientRequest> {
    await fixture.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = fixture.app.server.address() as AddressInfo;
    const { headers } = upload('a.bin', png);
    const request = httpRequest({ port, method: 'POST', path: '/upload/image', headers, agent: false });
    request.on('error', () => undefined);
    return request;
  }

  test.each([
    ['the file', upload('a.bin', Buffer.alloc(500)).payload.subarray(0, 300)],
    [
      'a file that nobody asked for',
      form({ name: 'other', value: Buffer.alloc(500), filename: 'x' }).payload.subarray(0, 300),
    ],
    ['what follows the form', upload('a.bin', png).payload],
  ])('are refused while they stream, in %s', async (_where, beginning) => {
    const request = await start();
    const answered = new Promise<{ status: number | undefined; body: string }>((resolve) => {
      request.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
    });
    request.write(beginning);
    const endless = Buffer.alloc(10_000);
    const send = (): void => {
      if (!request.destroyed) request.write(endless, () => setImmediate(send));
    };
    send();
    expect(await answered).toEqual({ status: 413, body: text });
    request.destroy();
    expect([inputs(), partials()]).toEqual([[], []]);
  });

  test('an upload whose sender goes away leaves nothing behind', async () => {
    const ended = new Promise<void>((resolve) =>
      fixture.app.server.on('connection', (socket) => socket.on('close', resolve)),
    );
    const begun = new Promise<void>((resolve) => fixture.app.server.on('request', () => resolve()));
    const request = await start();
    request.write(upload('a.bin', Buffer.alloc(500)).payload.subarray(0, 300));
    await begun;
    request.destroy();
    await ended;
    await expect.poll(() => [inputs(), partials()]).toEqual([[], []]);
  });
});

describe('POST /upload/mask', () => {
  const text = [chunk('tEXt', Buffer.from('prompt\0{"a":1}')), chunk('iTXt', Buffer.from('workflow\0\0\0\0\0{"ü":1}'))];
  const original = makePng(3, 2, { pixel: (x) => x * 10, chunks: text });
  const mask = makePng(3, 2, { channels: 4, pixel: (x, y, c) => (c === 3 ? 50 + x + 3 * y : 0) });
  const reference = (value: unknown) => ({ original_ref: JSON.stringify(value) });
  const send = (bytes: Uint8Array, fields: Record<string, string>) =>
    post(upload('m.png', bytes, fields), '/upload/mask');

  test('writes the original with the alpha of the mask and keeps its text', async () => {
    writeFileSync(join(fixture.folders.output, 'o.png'), original);
    const answer = await send(mask, { ...reference({ filename: 'o.png' }), subfolder: 'clipspace', overwrite: 'true' });
    expect([answer.statusCode, answer.json()]).toEqual([200, { name: 'm.png', subfolder: 'clipspace', type: 'input' }]);
    const written = readFileSync(join(fixture.folders.input, 'clipspace/m.png'));
    const { data } = await sharp(written).raw().toBuffer({ resolveWithObject: true });
    const pixels = Array.from({ length: 6 }, (_, at) => [...data.subarray(at * 4, at * 4 + 4)]);
    expect(pixels).toEqual([0, 1, 2, 3, 4, 5].map((at) => [(at % 3) * 10, (at % 3) * 10, (at % 3) * 10, 50 + at]));
    for (const one of text) expect(written.includes(one)).toBe(true);
    expect(partials()).toEqual([]);
  });

  test('finds the original by an ending in brackets, and accepts a reference sent as JSON', async () => {
    writeFileSync(join(fixture.folders.input, 'o.png'), original);
    expect((await send(mask, reference({ filename: 'o.png [input]' }))).statusCode).toBe(200);
    const typed = form(
      { name: 'image', value: mask, filename: 'm.png' },
      { name: 'original_ref', value: '{"filename":"o.png","type":"input"}', type: 'application/json' },
    );
    expect((await post(typed, '/upload/mask')).json()).toMatchObject({ name: 'm.png' });
  });

  test('refuses references that lead outside and those to nothing in the same way', async () => {
    writeFileSync(join(fixture.base, 'secret.png'), original);
    symlinkSync(join(fixture.base, 'secret.png'), join(fixture.folders.output, 'link.png'));
    for (const value of [
      { filename: 'none.png' },
      { filename: '../secret.png' },
      { filename: 'link.png' },
      { filename: 'secret.png', subfolder: '..' },
      { filename: 'o.png', type: 'nonsense' },
      { filename: 7 },
      'text',
      null,
    ]) {
      const answer = await send(mask, reference(value));
      expect([answer.statusCode, answer.body]).toEqual([400, '']);
    }
    expect((await send(mask, {})).statusCode).toBe(400);
    expect([inputs(), partials()]).toEqual([[], []]);
  });

  test('refuses masks of another size, without alpha, or that are no pictures', async () => {
    writeFileSync(join(fixture.folders.output, 'o.png'), original);
    const status = async (bytes: Uint8Array) => (await send(bytes, reference({ filename: 'o.png' }))).statusCode;
    expect(await status(makePng(2, 2, { channels: 4 }))).toBe(422);
    expect(await status(makePng(3, 2))).toBe(422);
    expect(await status(Buffer.from('no picture'))).toBe(415);
    expect(await status(makePng(3, 2, { channels: 4, claim: [60_000, 60_000] }))).toBe(422);
    expect([inputs(), partials()]).toEqual([[], []]);
  });
});
