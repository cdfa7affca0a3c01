import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCanonicalUuid } from '@snug/protocol';
import { heldPrompt, shown, startWireServer } from './wire-server.ts';
import type { WireServer } from './wire-server.ts';

let wire: WireServer;
beforeAll(async () => {
  wire = await startWireServer({ maxBodyBytes: 100_000 });
});
afterAll(() => wire.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request with headers and a path as they are given. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { hostname, port } = new URL(wire.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
      );
    })
      .on('error', reject)
      .end();
  });
}
const json = async (path: string): Promise<unknown> => (await fetch(wire.url + path)).json();

async function run(text: string, more: object = {}): Promise<string> {
  const socket = await wire.connect('?clientId=runner');
  const { prompt_id } = await wire.submit(shown(text), { client_id: 'runner', ...more });
  await socket.ended(prompt_id);
  return prompt_id;
}

describe('answers', () => {
  it('[HT9] [HT26] are compact JSON with every character as it is, and not compressed', async () => {
    const id = await run('ü€ "q"');
    const { headers, body } = await ask(`/history/${id}`, { 'accept-encoding': 'gzip, br' });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['content-encoding']).toBeUndefined();
    expect(body).toContain('{"text":["ü€ \\"q\\""]}');
    expect(body).not.toMatch(/": |", "/);
  });

  it('[HT8] to bodies that are too long are 413, and arrive', async () => {
    const answer = await wire.post('/prompt', 'x'.repeat(100_001));
    expect(answer.status).toBe(413);
    expect(await answer.text()).toBe('Maximum request body size 100000 exceeded.');
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'nonsense', 'application/json; charset=latin1'])(
    '[HT10] to JSON sent as %s are those to JSON',
    async (type) => {
      const answer = await wire.post('/prompt', { prompt: {} }, { 'content-type': type });
      expect(await answer.json()).toMatchObject({ error: { type: 'prompt_no_outputs' } });
    },
  );

  it('[HT12] tell of the machine, not of the command line', async () => {
    expect(await json('/system_stats')).toMatchObject({ system: { argv: ['snug'] }, devices: [{ type: 'cpu' }] });
  });

  it('[HT23] to paths that cannot be decoded are 400 and do not repeat them', async () => {
    const answer = await ask('/%zz%41');
    expect([answer.status, answer.body]).toEqual([400, '400: Bad Request']);
  });

  it('[HT25] of nothing are 200 and empty', async () => {
    const answer = await wire.post('/interrupt', '');
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it.each([
    [{ host: 'evil.example' }, 403],
    [{ host: 'my-machine:8188' }, 200],
    [{ host: '192.0.2.7:8188' }, 200],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ origin: 'null' }, 403],
    [{ host: '127.0.0.1:1', origin: 'http://127.0.0.1:1' }, 200],
    [{ host: '127.0.0.1:1', origin: 'http://127.0.0.1:2' }, 403],
    [{ host: '127.0.0.1:1', origin: 'http://127.0.0.1' }, 200],
    [{ host: '127.0.0.1', origin: 'http://localhost' }, 403],
  ])('[HT16] [HT17] [HT18] with the headers %j are %i', async (headers, status) => {
    expect((await ask('/prompt', { ...headers })).status).toBe(status);
  });

  it('[HT19] with an allowed origin have the headers that let its pages in', async () => {
    const open = await startWireServer({ origins: { allowedOrigin: 'http://studio.example' } });
    const answer = await fetch(`${open.url}/prompt`, { headers: { origin: 'http://studio.example' } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, 'http://studio.example']);
    await open.close();
  });

  it('[FI26] of assets say that there are none', async () => {
    for (const path of ['/api/assets', '/api/assets/x', '/api/tags']) {
      expect(await json(path)).toMatchObject({ error: { code: 'SERVICE_DISABLED' } });
    }
  });

  it.each([
    ['/prompt', '{bad', 400],
    ['/queue', '[]', 400],
    ['/history', 'null', 400],
    ['/free', '', 400],
    ['/users', '{}', 400],
    ['/settings', '5', 400],
    ['/upload/image', 'x', 400],
    ['/interrupt', 'null', 200],
  ])('[EXT5] to a bad body of %s are never 500', async (path, body, status) => {
    expect((await wire.post(path, body)).status).toBe(status);
  });
});

describe('a prompt', () => {
  it('[QU3] [QU4] [QU7] [QU8] is answered with its id and number; the counter moves for a refused one, too', async () => {
    const first = await wire.submit(shown('n'));
    expect(first).toEqual({ prompt_id: first.prompt_id, number: first.number, node_errors: {} });
    expect(isCanonicalUuid(first.prompt_id)).toBe(true);
    await wire.post('/prompt', { prompt: {} });
    expect((await wire.submit(shown('n'))).number).toBe(first.number + 2);
    expect((await wire.submit(shown('n'), { front: true })).number).toBe(-(first.number + 3));
    const own = '01234567-89ab-4cde-8f01-23456789abcd';
    expect((await wire.submit(shown('n'), { prompt_id: own })).prompt_id).toBe(own);
    expect(
      await (await wire.post('/prompt', { prompt: shown('n'), prompt_id: own.toUpperCase() })).json(),
    ).toMatchObject({
      error: { type: 'invalid_prompt_id' },
    });
  });

  it.each([
    [3, '3.0'],
    ['2.5', '2.5'],
    [-1, '-1.0'],
    [true, '1.0'],
  ])('[QU6] with the number %j is shown with %s', async (number, text) => {
    const answer = await wire.post('/prompt', { prompt: shown('f'), number });
    expect(await answer.text()).toContain(`"number":${text},`);
  });

  it('[QU5] [QU9] [QU12] [QU13] [QU14] [QU15] [QU16] [QU17] waits in its place until it runs, is deleted or is cleared', async () => {
    const queue = async () => (await json('/queue')) as { queue_running: unknown[][]; queue_pending: unknown[][] };
    const pending = async () => (await queue()).queue_pending.map(([, id]) => id);
    const socket = await wire.connect('?clientId=queue');
    const running = await wire.submit(heldPrompt('running'), { client_id: 'queue', number: -1000 });
    await wire.held();
    const late = await wire.submit(shown('late'), { number: 900 });
    const soon = await wire.submit(shown('soon'), { number: 800 });
    expect(await pending()).toEqual([soon.prompt_id, late.prompt_id]);
    const { queue_running } = await queue();
    expect(queue_running[0]).toMatchObject([
      -1000,
      running.prompt_id,
      heldPrompt('running'),
      { client_id: 'queue' },
      ['1'],
    ]);

    const again = await wire.post('/prompt', { prompt: shown('late'), prompt_id: late.prompt_id });
    const other = await wire.post('/prompt', { prompt: shown('other'), prompt_id: late.prompt_id });
    expect([again.status, other.status]).toEqual([200, 409]);
    expect(await pending()).toEqual([soon.prompt_id, late.prompt_id]);

    const many: string[] = [];
    for (let at = 0; at < 200; at++)
      many.push((await wire.submit(shown(`many ${at}`), { number: 1000 + at })).prompt_id as string);
    expect(await pending()).toEqual([soon.prompt_id, late.prompt_id, ...many]);
    await wire.post('/queue', { delete: many });

    await wire.post('/queue', { delete: ['unknown', soon.prompt_id, running.prompt_id] });
    expect(await pending()).toEqual([late.prompt_id]);
    await wire.post('/queue', { clear: true });
    expect(await pending()).toEqual([]);

    await wire.post('/interrupt', { prompt_id: late.prompt_id });
    expect((await queue()).queue_running.length).toBe(1);
    await wire.post('/interrupt', { prompt_id: running.prompt_id });
    await socket.ended(running.prompt_id);
    expect(socket.of('execution_interrupted').length).toBe(1);
    await wire.post('/interrupt', '');
    expect(await run('after an idle interruption')).toBeTypeOf('string');
  });

  it('[QU10] [QU11] keeps credentials from everybody, and gets the time, the client and the source', async () => {
    const extra = { api_key_comfy_org: 'sesame', auth_token_comfy_org: 'sesame', of_mine: 5 };
    const socket = await wire.connect('?clientId=secret');
    const answer = await wire.post(
      '/prompt',
      { prompt: shown('secret'), client_id: 'secret', extra_data: extra },
      { 'comfy-usage-source': 'tests' },
    );
    const { prompt_id } = (await answer.json()) as { prompt_id: string };
    await socket.ended(prompt_id);
    const places = [`/history/${prompt_id}`, '/history', `/api/jobs/${prompt_id}`, '/api/jobs'];
    for (const path of places) expect(JSON.stringify(await json(path)), path).not.toContain('sesame');
    expect(await json(`/api/jobs/${prompt_id}`)).toMatchObject({
      workflow: { extra_data: { of_mine: 5, client_id: 'secret', comfy_usage_source: 'tests' } },
    });
  });

  it('[QU18] runs again from the start after memory was freed', async () => {
    const socket = await wire.connect('?clientId=free');
    const starts = async (): Promise<number> => {
      const { prompt_id } = await wire.submit(shown('free'), { client_id: 'free' });
      await socket.ended(prompt_id);
      return socket.of('executing').filter(({ data }) => data['node'] === '1').length;
    };
    expect([await starts(), await starts()]).toEqual([1, 1]);
    expect((await wire.post('/free', { free_memory: true })).status).toBe(200);
    expect(await starts()).toBe(2);
  });

  it('[EX7] [EX8] [TX7] is served from the cache without being started', async () => {
    await run('cached');
    const socket = await wire.connect('?clientId=again');
    const { prompt_id } = await wire.submit(shown('cached'), { client_id: 'again' });
    await socket.ended(prompt_id);
    expect(socket.of('execution_cached')[0]?.data['nodes']).toEqual(['1']);
    expect(socket.of('executed').length).toBe(1);
    expect(socket.of('executing').map(({ data }) => data['node'])).toEqual([null]);
  });
});

describe('records and jobs', () => {
  it('[QU22] [QU23] [QU24] [QU25] are listed oldest first, by windows, and forgotten on request', async () => {
    await wire.post('/history', { clear: true });
    const ids = [await run('h1'), await run('h2'), await run('h3')];
    const keys = async (query: string) => Object.keys((await json(`/history${query}`)) as object);
    expect(await keys('')).toEqual(ids);
    expect(await keys('?max_items=2')).toEqual(ids.slice(1));
    expect(await keys('?max_items=1&offset=1')).toEqual([ids[1]]);
    expect(await keys('?max_items=0')).toEqual([]);
    expect((await ask('/history?max_items=x')).status).toBe(400);
    expect(await json('/history/unknown')).toEqual({});
    await wire.post('/history', { delete: [ids[0], 'unknown'] });
    expect(await keys('')).toEqual(ids.slice(1));
  });

  it('[QU29] [QU30] [QU31] are jobs, filtered, sorted and paged', async () => {
    await wire.post('/history', { clear: true });
    const ids = [await run('j1'), await run('j2')];
    const list = async (query: string) =>
      (await json(`/api/jobs${query}`)) as { jobs: { id: string }[]; pagination: object };
    expect((await list('?sort_order=asc')).jobs.map(({ id }) => id)).toEqual(ids);
    expect(await list('?status=COMPLETED&limit=1')).toMatchObject({
      jobs: [{ id: ids[1], status: 'completed', preview_output: { content: 'j2', nodeId: '1', mediaType: 'text' } }],
      pagination: { offset: 0, limit: 1, total: 2, has_more: true },
    });
    expect((await list('?status=pending')).jobs).toEqual([]);
    for (const bad of ['status=x', 'limit=0', 'offset=x', 'sort_by=x', 'sort_order=x'])
      expect((await ask(`/api/jobs?${bad}`)).status, bad).toBe(400);
    expect(await json(`/api/jobs/${ids[0]}`)).toMatchObject({ id: ids[0], outputs: { 1: { text: ['j1'] } } });
    expect((await ask('/api/jobs/unknown')).status).toBe(404);
  });

  it('[QU32] [QU33] [QU34] are cancelled wherever they are, one or several at once', async () => {
    const cancel = async (path: string, body: unknown = '') => {
      const answer = await wire.post(path, body);
      return [answer.status, await answer.json()] as const;
    };
    const socket = await wire.connect('?clientId=cancel');
    const running = await wire.submit(heldPrompt('cancel'), { client_id: 'cancel', number: -2000 });
    await wire.held();
    const waiting = await wire.submit(shown('waits'), { number: 5000 });
    expect(await cancel(`/api/jobs/${waiting.prompt_id}/cancel`)).toEqual([200, { cancelled: true }]);
    expect(await cancel(`/api/jobs/${waiting.prompt_id}/cancel`)).toEqual([200, { cancelled: false }]);
    const bad = { job_ids: [running.prompt_id, 'x', 5] };
    expect(await cancel('/api/jobs/cancel', bad)).toMatchObject([400, { invalid_ids: ['x', '5'] }]);
    expect(await cancel('/api/jobs/cancel', { job_ids: [running.prompt_id] })).toEqual([200, { cancelled: true }]);
    await socket.ended(running.prompt_id);
    expect(await json(`/api/jobs/${running.prompt_id}`)).toMatchObject({
      status: 'cancelled',
      execution_status: { status_str: 'error', completed: false },
    });
  });
});

describe('descriptions', () => {
  it('[OI1] [OI2] are of all nodes, of one, or of none', async () => {
    const all = (await json('/object_info')) as Record<string, object>;
    expect(Object.keys(all).length).toBeGreaterThan(20);
    expect(await json('/object_info/ConformUi')).toEqual({ ConformUi: all['ConformUi'] });
    expect(await json('/object_info/Unknown')).toEqual({});
  });

  it('[OI3] [OI6] [OI13] have the members that front ends read', async () => {
    const { ConformUi, TestHeld } = (await json('/object_info')) as Record<string, Record<string, unknown>>;
    expect(ConformUi).toMatchObject({
      name: 'ConformUi',
      output: ['STRING'],
      output_node: true,
      input_order: { required: ['text'] },
    });
    const members = 'input input_order is_input_list output output_is_list output_name name display_name description';
    const more = 'python_module category output_node has_intermediate_output';
    for (const name of `${members} ${more}`.split(' ')) expect(ConformUi, name).toHaveProperty(name);
    expect([ConformUi!['python_module'], TestHeld!['python_module']]).toEqual([
      'custom_nodes.conformance',
      'custom_nodes.tests',
    ]);
  });
});
