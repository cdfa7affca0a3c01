import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogRing } from '../src/routes/index.ts';
import { makePng } from './png.ts';
import { createTestApp } from './routes-app.ts';
import type { TestApp } from './routes-app.ts';

let fixture: TestApp;
beforeAll(async () => {
  const put = (base: string, files: Record<string, string | Buffer>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(base, name)), { recursive: true });
      writeFileSync(join(base, name), content);
    }
  };
  fixture = await createTestApp({
    prepare: (base) => {
      put(base, {
        'web/index.html': '<title>front</title>',
        'web/assets/app-1.js': 'app',
        'web/assets/logo.png': makePng(1, 1),
        'web/assets/font.woff2': 'font',
        'web/index.en.json': '{}',
        'web/extensions/core/c.js': 'core',
        'pack/web/main.js': 'main',
        'pack/web/sub/über 1.js': 'sub',
        'pack/web/style.css': 'css',
        'pack/templates/b.json': '{"b":1}',
        'pack/templates/a.json': '{}',
        'pack/templates/a.jpg': 'jpg',
        'pack/locales/en/main.json': '{"title":"Title","nested":{"a":1}}',
        'pack/locales/en/nodeDefs.json': '{"Node":{"name":"N"}}',
        'pack/locales/de/settings.json': '{"s":1}',
        'pack/locales/en/bad.json': '{',
        'pack/locales/loose.json': '{"x":1}',
        'other/locales/en/main.json': '{"nested":{"b":2},"__proto__":{"x":1}}',
        'pack/subgraphs/Blur.json': '{"nodes": []}',
        'models/loras/sub/a.safetensors': 'abc',
        'models/loras/sub/a.preview.png': makePng(3, 2),
        'models/loras/b.safetensors': 'b',
        'models/loras/b.png': 'no picture',
        'models/embeddings/e.v1.pt': '',
        'models/vae/v.pt': '',
        'secret.png': makePng(7, 7),
      });
      symlinkSync(join(base, 'secret.png'), join(base, 'models/vae/v.png'));
      symlinkSync(base, join(base, 'pack/web/out'));
    },
    packs: (base) => [
      {
        name: 'a pack',
        web: join(base, 'pack/web'),
        templates: join(base, 'pack/templates'),
        locales: join(base, 'pack/locales'),
        subgraphs: join(base, 'pack/subgraphs'),
        replacements: [
          {
            oldNodeId: 'Old',
            newNodeId: 'New',
            inputs: { a: { fromInput: 'b' }, c: { value: 1.5 } },
            outputs: { 0: 1 },
          },
          { oldNodeId: 'Old', newNodeId: 'Newer' },
        ],
      },
      { name: 'other', locales: join(base, 'other/locales') },
    ],
  });
});
afterAll(() => fixture.close());

const get = (url: string) => fixture.app.inject({ url });

describe('packs', () => {
  test('scripts of the front end and of packs are listed, and each path answers', async () => {
    const urls = (await get('/api/extensions')).json<string[]>();
    expect(urls).toEqual([
      '/extensions/core/c.js',
      '/extensions/a%20pack/main.js',
      `/extensions/a%20pack/sub/${encodeURIComponent('über 1.js')}`,
    ]);
    expect(await Promise.all(urls.map(async (url) => (await get(url)).body))).toEqual(['core', 'main', 'sub']);
    const { headers } = await get(urls[1] ?? '');
    expect(headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store' });
  });

  test.each([
    '/extensions/a%20pack/none.js',
    '/extensions/a%20pack/../../secret.png',
    '/extensions/a%20pack/..%2F..%2Fsecret.png',
    '/extensions/a%20pack/out/secret.png',
    '/extensions/a%20pack/sub',
    '/extensions/a%20pack/',
    '/extensions/other/x.js',
    '/extensions/none/x.js',
    '/extensions/__proto__/x.js',
    '/api/workflow_templates/a%20pack/none.json',
    '/api/workflow_templates/a%20pack/..%2F..%2Fsecret.png',
    '/api/workflow_templates/none/a.json',
  ])('%s is 404 without a body', async (url) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.body]).toEqual([404, '']);
  });

  test('templates are listed by pack, and served', async () => {
    expect((await get('/workflow_templates')).json()).toEqual({ 'a pack': ['a', 'b'] });
    expect((await get('/api/workflow_templates/a%20pack/b.json')).json()).toEqual({ b: 1 });
    expect((await get('/api/workflow_templates/a%20pack/a.jpg')).headers['content-type']).toBe('image/jpeg');
    expect((await get('/templates/index.json')).json()).toEqual([]);
  });

  test('translations of all packs are merged by language', async () => {
    expect((await get('/i18n')).body).toBe(
      '{"de":{"settings":{"s":1}},"en":{"title":"Title","nested":{"a":1,"b":2},"nodeDefs":{"Node":{"name":"N"}},"__proto__":{"x":1}}}',
    );
  });

  test('subgraphs are listed with an id, and told with their data', async () => {
    const all = (await get('/global_subgraphs')).json<Record<string, unknown>>();
    const [id = ''] = Object.keys(all);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    const entry = { source: 'custom_node', name: 'Blur', info: { node_pack: 'custom_nodes.a pack' } };
    expect(all).toEqual({ [id]: entry });
    expect((await get(`/global_subgraphs/${id}`)).json()).toEqual({ ...entry, data: '{"nodes": []}' });
    const unknown = await get('/global_subgraphs/none');
    expect([unknown.statusCode, unknown.body]).toEqual([200, 'null']);
  });

  test('replacements are told by old node', async () => {
    expect((await get('/node_replacements')).json()).toEqual({
      Old: [
        {
          new_node_id: 'New',
          old_node_id: 'Old',
          old_widget_ids: null,
          input_mapping: [
            { new_id: 'a', old_id: 'b' },
            { new_id: 'c', set_value: 1.5 },
          ],
          output_mapping: [{ new_idx: 1, old_idx: 0 }],
        },
        { new_node_id: 'Newer', old_node_id: 'Old', old_widget_ids: null, input_mapping: null, output_mapping: null },
      ],
    });
  });

  test.each(['/api/assets', '/api/assets/x/content', '/api/assets/hash/y', '/api/tags'])(
    '%s is switched off',
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toEqual({ error: { code: 'SERVICE_DISABLED', message: expect.any(String), details: {} } });
    },
  );
});

describe('the front end', () => {
  test('its page is never kept', async () => {
    const answer = await get('/');
    expect(answer.body).toBe('<title>front</title>');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      expires: '0',
    });
  });

  test.each([
    ['/assets/app-1.js', 200, 'no-store'],
    ['/assets/logo.png', 200, 'public, max-age=86400'],
    ['/assets/none.png', 404, 'public, max-age=3600'],
    ['/index.en.json', 200, 'no-cache'],
    ['/assets/font.woff2', 200, undefined],
    ['/no-such-route', 404, undefined],
    ['/assets', 404, undefined],
    ['/assets/', 404, undefined],
    ['/../secret.png', 404, 'public, max-age=3600'],
    ['/%2e%2e/secret.png', 404, 'public, max-age=3600'],
    ['/..%2fsecret.png', 404, 'public, max-age=3600'],
  ])('%s answers %i, to be kept: %s', async (url, status, cache) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([status, cache]);
    if (status === 404) expect(answer.body).toBe('');
  });
});

describe('models', () => {
  test('kinds, names and names without endings', async () => {
    const kinds = (await get('/models')).json<string[]>();
    expect(kinds).toEqual(expect.arrayContaining(['checkpoints', 'text_encoders', 'configs']));
    expect((await get('/models/loras')).json()).toEqual(['b.safetensors', 'sub/a.safetensors']);
    expect((await get('/embeddings')).json()).toEqual(['e.v1']);
    for (const kind of ['clip', 'unet', 'none', '__proto__', '..%2F', '']) {
      const answer = await get(`/models/${kind}`);
      expect([answer.statusCode, answer.body]).toEqual([404, '']);
    }
  });

  test('the browser of models leaves out what is none, and tells sizes and times', async () => {
    const kinds = (await get('/experiment/models')).json<{ name: string; folders: string[] }[]>();
    expect(kinds.map(({ name }) => name)).not.toContain('configs');
    expect(kinds.find(({ name }) => name === 'loras')?.folders).toEqual([join(fixture.base, 'models/loras')]);
    const [b, a] = (await get('/experiment/models/loras')).json<Record<string, unknown>[]>();
    expect(b).toMatchObject({ name: 'b.safetensors', pathIndex: 0, size: 1 });
    expect(a).toEqual({
      name: 'sub/a.safetensors',
      pathIndex: 0,
      size: 3,
      modified: expect.any(Number),
      created: expect.any(Number),
    });
    expect((await get('/experiment/models/configs')).statusCode).toBe(404);
  });

  test('a picture beside a model is its preview, links out of the model folders are none', async () => {
    for (const name of ['sub/a.safetensors', 'sub%2Fa.safetensors']) {
      const answer = await get(`/experiment/models/preview/loras/0/${name}`);
      expect(answer.headers['content-type']).toBe('image/webp');
      expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 3, height: 2 });
    }
    const status = async (url: string) => (await get(`/experiment/models/preview/${url}`)).statusCode;
    expect(await status('loras/0/b.safetensors')).toBe(415);
    expect(await status('loras/0/none.safetensors')).toBe(404);
    expect(await status('loras/1/sub/a.safetensors')).toBe(404);
    expect(await status('loras/-1/sub/a.safetensors')).toBe(400);
    expect(await status('none/0/a.safetensors')).toBe(404);
    expect(await status('vae/0/v.pt')).toBe(404);
  });
});

describe('/internal', () => {
  test('the log is told as one text and as entries', async () => {
    fixture.logs.add('one\n');
    fixture.logs.add('two\n');
    const t = '2026-01-02T03:04:05.000';
    expect((await get('/internal/logs')).json()).toBe(`${t} - one\n${t} - two\n`);
    expect((await get('/internal/logs/raw')).json()).toEqual({
      entries: [
        { t, m: 'one\n' },
        { t, m: 'two\n' },
      ],
      size: { cols: 80, rows: 24 },
    });
  });

  test('clients follow the log and stop following it', async () => {
    const patch = (payload: string) =>
      fixture.app.inject({ method: 'PATCH', url: '/internal/logs/subscribe', payload });
    const answer = await patch('{"clientId":"c","enabled":true}');
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    await patch('{"clientId":"c","enabled":false}');
    expect(fixture.subscriptions).toEqual([
      ['c', true],
      ['c', false],
    ]);
    for (const body of ['', '[]', '{"clientId":"c"}', '{"enabled":true}', '{"clientId":1,"enabled":true}']) {
      expect((await patch(body)).statusCode).toBe(400);
    }
  });

  test('the ring keeps the newest lines, cuts long ones, and tells listeners until they leave', () => {
    const ring = new LogRing({ maxEntries: 3, maxLength: 4 });
    const heard: string[] = [];
    const stop = ring.onEntry(({ m }) => heard.push(m));
    for (const line of ['a', 'b', 'c', '123456']) ring.add(line);
    stop();
    ring.add('unheard');
    expect(ring.entries().map(({ m }) => m)).toEqual(['c', '1234...\n', 'unhe...\n']);
    expect(heard).toEqual(['a', 'b', 'c', '1234...\n']);
    const stock = new LogRing();
    for (let line = 0; line < 400; line++) stock.add(`${line}`);
    expect([stock.entries().length, stock.entries()[0]?.m]).toEqual([300, '100']);
  });

  test('folders of models, and files of the three folders, newest first', async () => {
    const paths = (await get('/internal/folder_paths')).json<Record<string, string[]>>();
    expect(paths.text_encoders).toEqual([
      join(fixture.base, 'models/text_encoders'),
      join(fixture.base, 'models/clip'),
    ]);
    expect(paths.output).toEqual([fixture.folders.output]);
    writeFileSync(join(fixture.folders.input, 'b.png'), '');
    writeFileSync(join(fixture.folders.input, '.hidden'), '');
    mkdirSync(join(fixture.folders.input, 'sub'));
    expect((await get('/internal/files/input')).json()).toEqual(['b.png']);
    for (const type of ['models', '..%2F', '__proto__', '']) {
      const answer = await get(`/internal/files/${type}`);
      expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'Invalid directory type' }]);
    }
  });
});
