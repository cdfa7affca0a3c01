/** Every request that the official front end makes while it starts, answered so that it goes on (clients.md 3.6). */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';
import { call, post, WireClient } from '../../packages/server/test/fixtures/wire-client.ts';
import type { Answer, Data } from '../../packages/server/test/fixtures/wire-client.ts';

const data = new DataFolder();
let url: string;
beforeAll(async () => {
  const folder = data.file('front');
  for (const name of ['assets', 'scripts']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Front</title><script src="assets/app.js"></script>');
  writeFileSync(join(folder, 'assets/app.js'), 'export {};');
  writeFileSync(join(folder, 'assets/style.css'), 'body {}');
  writeFileSync(join(folder, 'scripts/api.js'), 'export const api = 1;');
  writeFileSync(data.file('secret.txt'), 'secret');
  symlinkSync(data.file('secret.txt'), join(folder, 'assets/out.txt'));
  ({ url } = await data.start('--front-end-root', folder));
});
afterAll(() => data.remove());

const asJson = (answer: Answer): unknown => {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return answer.json();
};
/** The front end sends these with everything. */
const headers = { 'Comfy-User': '', 'Cache-Control': 'no-cache' };
const ask = (path: string, init: RequestInit = {}): Promise<Answer> => call(url + path, { headers, ...init });

describe.each(['', '/api'])('below "%s"', (prefix) => {
  const anything = expect.anything() as unknown;
  const text = expect.any(String) as string;
  const number = expect.any(Number) as number;
  const system = {
    os: text,
    comfyui_version: text,
    python_version: text,
    pytorch_version: text,
    embedded_python: false,
    argv: expect.any(Array) as unknown[],
    ram_total: number,
    ram_free: number,
    required_frontend_version: null,
  };
  const memory = { vram_total: number, vram_free: number, torch_vram_total: number, torch_vram_free: number };

  test.each<[string, string, unknown]>([
    ['2', '/features', expect.objectContaining({ supports_preview_metadata: true, max_upload_size: number })],
    ['3', '/users', { storage: 'server', migrated: true }],
    [
      '4',
      '/system_stats',
      {
        system: expect.objectContaining(system) as unknown,
        devices: [expect.objectContaining({ name: text, type: text, ...memory })],
      },
    ],
    ['5', '/i18n', {}],
    ['9', '/global_subgraphs', {}],
    ['10', '/extensions', []],
    ['12', '/object_info', expect.objectContaining({ SaveImage: anything, LoadImage: anything })],
    ['12', '/object_info/SaveImage', { SaveImage: expect.objectContaining({ output_node: true }) as unknown }],
    ['13', '/node_replacements', {}],
    [
      '15',
      '/experiment/models',
      expect.arrayContaining([expect.objectContaining({ name: 'checkpoints', folders: expect.any(Array) as unknown })]),
    ],
    ['15', '/experiment/models/checkpoints', []],
    ['16', '/workflow_templates', {}],
    ['17', '/embeddings', []],
    ['18', '/queue', { queue_running: [], queue_pending: [] }],
    ['18', '/history?max_items=64', {}],
    ['18', '/prompt', { exec_info: { queue_remaining: 0 } }],
  ])('step %s: GET %s', async (_step, path, expected) => {
    expect(asJson(await ask(prefix + path))).toEqual(expected);
  });

  test('steps 6 and 7: settings are an object, and one that is stored is there afterwards', async () => {
    expect(asJson(await ask(`${prefix}/settings`))).toBeTypeOf('object');
    const id = 'Comfy.InstalledVersion';
    const stored = await post(`${url}${prefix}/settings/${id}`, '"1.49.6"');
    expect(stored.status).toBe(200);
    expect(asJson(await ask(`${prefix}/settings`))).toMatchObject({ [id]: '1.49.6' });
  });

  test.each(['workflows', 'subgraphs'])('steps 8 and 9: the list of %s is empty or not there', async (folder) => {
    const answer = await ask(`${prefix}/userdata?dir=${folder}&recurse=true&split=false&full_info=true`);
    expect(answer.status === 404 ? [] : asJson(answer)).toEqual([]);
  });

  test.each(['comfy.templates.json', 'user.css', 'workflows%2Fnone.json', 'workflows%2F.index.json'])(
    'step 14: userdata %s that was never stored: 404',
    async (file) => {
      expect((await ask(`${prefix}/userdata/${file}`)).status).toBe(404);
    },
  );

  test('step 21: what only the manager has: 404', async () => {
    for (const path of ['/v2/manager/queue/status', '/customnode/getmappings', '/manager/version'])
      expect((await ask(prefix + path)).status).toBe(404);
  });
});

test('step 11: the socket tells the id first, and answers the flags of the front end', async () => {
  const client = await WireClient.connect(url, {
    flags: { supports_preview_metadata: true, supports_manager_v4_ui: true, supports_progress_text_metadata: true },
  });
  expect(client.heard[0]).toEqual({
    type: 'status',
    data: { status: { exec_info: { queue_remaining: 0 } }, sid: expect.any(String) as string },
  });
  expect((await client.until('feature_flags')).data).toEqual(asJson(await ask('/api/features')));
  await client.close();
});

test.each(['status=in_progress,pending&limit=200&offset=0', 'status=completed,failed,cancelled&limit=64&offset=0'])(
  'step 18: GET /api/jobs?%s is an empty page',
  async (query) => {
    const limit = Number(/limit=(\d+)/.exec(query)![1]);
    expect(asJson(await ask(`/api/jobs?${query}`))).toEqual({
      jobs: [],
      pagination: { offset: 0, limit, total: 0, has_more: false },
    });
  },
);

test('step 20: the log can be read and followed, without the prefix', async () => {
  const raw = asJson(await ask('/internal/logs/raw')) as { entries: Data[]; size: Data };
  expect(raw.entries).toBeInstanceOf(Array);
  const client = await WireClient.connect(url, { clientId: 'log reader' });
  const subscribe = (enabled: boolean): Promise<Answer> =>
    ask('/internal/logs/subscribe', {
      method: 'PATCH',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ enabled, clientId: 'log reader' }),
    });
  expect((await subscribe(true)).status).toBe(200);
  expect((await subscribe(false)).status).toBe(200);
  await client.close();
});

describe('the files of the front end (step 1)', () => {
  test.each(['/', '/?workflow=1'])('GET %s is the page, and no browser keeps it', async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('<title>Front</title>')]);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('cache-control')).toMatch(/no-store/);
  });

  test.each([
    ['/assets/app.js', 'text/javascript'],
    ['/assets/style.css', 'text/css'],
    ['/scripts/api.js', 'text/javascript'],
  ])('GET %s is sent as %s', async (path, type) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
    expect((await ask(path, { method: 'HEAD' })).status).toBe(200);
  });

  test.each([
    '/assets',
    '/assets/',
    '/assets/missing.js',
    '/user.css',
    '/assets/out.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2f..%2fsecret.txt',
  ])('GET %s: 404, no list of the folder and nothing from outside', async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.text]).toEqual([404, '']);
  });

  test('a route of ours wins over a file of the same name', async () => {
    writeFileSync(data.file('front/queue'), 'not the queue');
    expect(asJson(await ask('/queue'))).toHaveProperty('queue_running');
  });
});
