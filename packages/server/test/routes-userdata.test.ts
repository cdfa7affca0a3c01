import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectRaw, createTestApp, form } from './routes-app.ts';
import type { TestApp } from './routes-app.ts';

let fixture: TestApp;
let root: string;
beforeEach(async () => {
  fixture = await createTestApp();
  root = join(fixture.folders.user, 'default');
});
afterEach(() => fixture.close());

type Method = 'GET' | 'POST' | 'DELETE';
const call = (method: Method, url: string, payload?: string, headers: Record<string, string> = {}) =>
  fixture.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
const files = (): string[] => (readdirSync(root, { recursive: true }) as string[]).sort();

describe('files', () => {
  test('a round trip, with the slash encoded', async () => {
    const stored = await call('POST', '/userdata/conform%2Fnote.json', '{"a":1}', {
      'content-type': 'application/json',
    });
    expect([stored.statusCode, stored.json()]).toEqual([200, 'conform/note.json']);
    const read = await call('GET', '/userdata/conform%2Fnote.json');
    expect([read.statusCode, read.body]).toEqual([200, '{"a":1}']);
    expect(read.headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    });
    const moved = await call('POST', '/userdata/conform%2Fnote.json/move/conform%2Fmoved.json');
    expect([moved.statusCode, moved.json()]).toEqual([200, 'conform/moved.json']);
    expect((await call('GET', '/userdata/conform%2Fnote.json')).statusCode).toBe(404);
    const gone = await call('DELETE', '/userdata/conform%2Fmoved.json');
    expect([gone.statusCode, gone.body]).toEqual([204, '']);
    expect((await call('DELETE', '/userdata/conform%2Fmoved.json')).statusCode).toBe(404);
  });

  test('plain slashes and double encoding name the same file', async () => {
    await call('POST', '/api/userdata/workflows/a%20b.json', 'x');
    for (const url of ['workflows/a%20b.json', 'workflows%2Fa%20b.json', 'workflows%252Fa%2520b.json']) {
      expect((await call('GET', `/userdata/${url}`)).body).toBe('x');
    }
    await call('POST', '/userdata/workflows/a%20b.json/move/deep/er/c.json');
    expect(files()).toEqual(['deep', 'deep/er', 'deep/er/c.json', 'workflows']);
  });

  test('a name may hold a percent sign that encodes nothing', async () => {
    expect((await call('POST', `/userdata/${encodeURIComponent('100% ok.json')}`, 'x')).json()).toBe('100% ok.json');
    expect((await call('GET', `/userdata/${encodeURIComponent('100% ok.json')}`)).body).toBe('x');
  });

  test('stores any bytes, whatever their type, also forms and nothing at all', async () => {
    const raw = form({ name: 'a', value: 'b' });
    await fixture.app.inject({ method: 'POST', url: '/userdata/form', ...raw });
    expect(readFileSync(join(root, 'form'))).toEqual(raw.payload);
    for (const type of ['text/plain', 'json', 'application/x-www-form-urlencoded']) {
      await call('POST', '/userdata/typed', `a=${type}`, { 'content-type': type });
      expect(readFileSync(join(root, 'typed'), 'utf8')).toBe(`a=${type}`);
    }
    expect((await call('POST', '/userdata/empty')).json()).toBe('empty');
    expect(readFileSync(join(root, 'empty'), 'utf8')).toBe('');
  });

  test('overwrite=false keeps what is there, for new files and for moved ones', async () => {
    await call('POST', '/userdata/a', 'one');
    await call('POST', '/userdata/b', 'two');
    for (const url of ['/userdata/a?overwrite=false', '/userdata/b/move/a?overwrite=false']) {
      const answer = await call('POST', url, 'three');
      expect([answer.statusCode, answer.body]).toEqual([409, 'File already exists']);
    }
    expect((await call('GET', '/userdata/a')).body).toBe('one');
    expect((await call('POST', '/userdata/b/move/a')).statusCode).toBe(200);
    expect((await call('GET', '/userdata/a')).body).toBe('two');
    expect(files()).toEqual(['a']);
  });

  test('full_info tells size and times in whole milliseconds', async () => {
    const info = (await call('POST', '/userdata/x%2Fa?full_info=true', '1234')).json<Record<string, unknown>>();
    expect(info).toEqual({ path: 'x/a', size: 4, modified: expect.any(Number), created: expect.any(Number) });
    expect(Number.isInteger(info.modified) && Number.isInteger(info.created)).toBe(true);
  });

  test('a file cannot take the place of a folder, nor lie in a file', async () => {
    mkdirSync(join(root, 'dir/inner'), { recursive: true });
    writeFileSync(join(root, 'file'), 'x');
    for (const url of ['dir', 'file%2Fbelow', 'file/move/dir', 'file/move/file%2Fbelow']) {
      expect((await call('POST', `/userdata/${url}`, 'y')).statusCode).toBe(400);
    }
    expect((await call('DELETE', '/userdata/dir')).statusCode).toBe(404);
    expect((await call('GET', '/userdata/dir')).statusCode).toBe(404);
    expect((await call('POST', '/userdata/none/move/other')).statusCode).toBe(404);
    expect(files()).toEqual(['dir', 'dir/inner', 'file']);
  });

  test('scripts and pages are never shown, and only the style sheet of the user is one', async () => {
    const headers = async (name: string) => {
      await call('POST', `/userdata/${name}`, 'x');
      return (await call('GET', `/userdata/${name}`)).headers;
    };
    for (const name of ['a.html', 'a.svg', 'a.js', 'a.xhtml', 'x.css', 'sub%2Fuser.css']) {
      expect(await headers(name)).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
      });
    }
    expect(await headers('user.css')).toMatchObject({ 'content-type': 'text/css', 'content-disposition': 'inline' });
  });

  test.each([
    '..%2F..%2Fsecret',
    '../../secret',
    '%2e%2e/secret',
    '%252e%252e%252fsecret',
    '%2Fetc%2Fpasswd',
    'a%00b',
    '..%5Csecret',
    'C%3A/x',
    '%2e',
    '',
  ])('refuses %j for reading, writing, deleting and moving', async (name) => {
    writeFileSync(join(root, 'own'), 'own');
    const client = await connectRaw(fixture.app);
    const payload = Buffer.from('x');
    const answers = await Promise.all([
      client.send('GET', `/userdata/${name}`),
      client.send('POST', `/userdata/${name}`, { payload }),
      client.send('DELETE', `/userdata/${name}`),
      client.send('POST', `/userdata/own/move/${name}`),
      client.send('POST', `/userdata/${name}/move/own`),
    ]).finally(() => client.close());
    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [403, '']));
    expect(files()).toEqual(['own']);
  });

  test('links that lead out are refused, and those inside may be followed, deleted and replaced', async () => {
    writeFileSync(join(fixture.base, 'secret'), 'secret');
    symlinkSync(join(fixture.base, 'secret'), join(root, 'out'));
    symlinkSync(join(fixture.base, 'nothing'), join(root, 'dangling'));
    symlinkSync(fixture.base, join(root, 'base'));
    for (const name of ['out', 'dangling', 'base/secret', 'base/none', 'base/new']) {
      expect((await call('GET', `/userdata/${name}`)).statusCode).toBe(403);
      expect((await call('POST', `/userdata/${name}`, 'x')).statusCode).toBe(403);
      expect((await call('DELETE', `/userdata/${name}`)).statusCode).toBe(403);
    }
    expect(readFileSync(join(fixture.base, 'secret'), 'utf8')).toBe('secret');
    expect(existsSync(join(fixture.base, 'new'))).toBe(false);
    writeFileSync(join(root, 'own'), 'own');
    symlinkSync('own', join(root, 'link'));
    expect((await call('GET', '/userdata/link')).body).toBe('own');
    expect((await call('DELETE', '/userdata/link')).statusCode).toBe(204);
    expect(readFileSync(join(root, 'own'), 'utf8')).toBe('own');
  });
});

describe('lists', () => {
  beforeEach(async () => {
    for (const name of ['conform/b.json', 'conform/A.json', 'conform/deep/c.json', 'top.txt']) {
      await call('POST', `/userdata/${name}`, 'xy');
    }
    symlinkSync(fixture.base, join(root, 'conform/out'));
    writeFileSync(join(root, 'conform/.snug-1.part'), '');
  });

  test.each([
    ['dir=conform', ['A.json', 'b.json']],
    ['dir=conform&recurse=true', ['A.json', 'b.json', 'deep/c.json']],
    ['dir=conform&recurse=1', ['A.json', 'b.json']],
    ['dir=conform/deep&split=true', [['c.json', 'c.json']]],
    [
      'dir=conform&recurse=true&split=true',
      [
        ['A.json', 'A.json'],
        ['b.json', 'b.json'],
        ['deep/c.json', 'deep', 'c.json'],
      ],
    ],
    ['dir=.', ['top.txt']],
  ])('%s', async (query, expected) => {
    expect((await call('GET', `/userdata?${query}`)).json()).toEqual(expected);
  });

  test('full_info wins over split', async () => {
    const infos = (await call('GET', '/userdata?dir=conform&recurse=true&split=true&full_info=true')).json<
      { path: string }[]
    >();
    expect(infos.map(({ path }) => path)).toEqual(['A.json', 'b.json', 'deep/c.json']);
    expect(infos[0]).toMatchObject({ size: 2 });
  });

  test.each([
    ['/userdata', 400, 'Directory not provided'],
    ['/userdata?dir=', 400, 'Directory not provided'],
    ['/userdata?dir=..', 403, 'Invalid directory'],
    ['/userdata?dir=/etc', 403, 'Invalid directory'],
    ['/userdata?dir=conform/out', 403, 'Invalid directory'],
    ['/userdata?dir=none', 404, 'Directory not found'],
    ['/userdata?dir=top.txt', 404, 'Directory not found'],
    ['/v2/userdata?path=..', 400, 'Invalid path requested'],
    ['/v2/userdata?path=conform/out', 400, 'Invalid path requested'],
    ['/v2/userdata?path=top.txt', 400, 'Requested path is not a directory'],
    ['/v2/userdata?path=none', 404, 'Requested path not found'],
  ])('%s answers %i %s', async (url, status, text) => {
    const answer = await call('GET', url);
    expect([answer.statusCode, answer.body]).toEqual([status, text]);
  });

  test('v2 lists the tree, folders first, with times in float seconds', async () => {
    const answer = await call('GET', '/v2/userdata');
    const entries = answer.json<{ path: string; type: string; name: string }[]>();
    expect(entries.map(({ path, type }) => [path, type])).toEqual([
      ['conform', 'directory'],
      ['conform/deep', 'directory'],
      ['conform/A.json', 'file'],
      ['conform/b.json', 'file'],
      ['conform/deep/c.json', 'file'],
      ['top.txt', 'file'],
    ]);
    expect(entries[2]).toEqual({
      name: 'A.json',
      path: 'conform/A.json',
      type: 'file',
      size: 2,
      modified: expect.any(Number),
    });
    expect(answer.body).toMatch(/"modified":\d+\.\d+/);
    const below = (await call('GET', '/v2/userdata?path=conform/deep')).json<{ path: string }[]>();
    expect(below.map(({ path }) => path)).toEqual(['conform/deep/c.json']);
  });
});

describe('several users', () => {
  beforeEach(async () => {
    await fixture.close();
    fixture = await createTestApp({ multiUser: true });
  });

  test('have their own files, and nobody becomes another by a header', async () => {
    const add = async (username: string) =>
      (
        await fixture.app.inject({ method: 'POST', url: '/users', payload: JSON.stringify({ username }) })
      ).json<string>();
    const [anna, ben] = [await add('Anna'), await add('Ben')];
    await call('POST', '/userdata/a', 'of Anna', { 'comfy-user': anna });
    expect((await call('GET', '/userdata/a', undefined, { 'comfy-user': anna })).body).toBe('of Anna');
    expect((await call('GET', '/userdata/a', undefined, { 'comfy-user': ben })).statusCode).toBe(404);
    expect((await call('GET', `/userdata/..%2F${anna}%2Fa`, undefined, { 'comfy-user': ben })).statusCode).toBe(403);
    for (const user of ['nobody', '../x', '__system', '__proto__', '', anna.toUpperCase(), `${anna}/../${anna}`]) {
      for (const url of ['/userdata/a', '/userdata?dir=.', '/v2/userdata']) {
        expect((await call('GET', url, undefined, { 'comfy-user': user })).statusCode).toBe(403);
      }
    }
  });
});
