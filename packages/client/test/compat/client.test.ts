/** Rows 2.3 (`Client`) of the checklist; each title names its row. */
import { describe, expect, it } from 'vitest';
import { Client, HttpError, Plugin, PromptNotFoundError, PromptTimeoutError } from '../../src/compat/index.ts';
import { promptOf } from '../fake/harness.ts';
import { failureOf, fakeTime, next, startPair, tableClient } from './fake-client.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const jsonOf = (body: unknown): unknown => (typeof body === 'string' ? JSON.parse(body) : undefined);
const combo = (old: string[], now: string[]) => ({
  KSampler: { input: { required: { sampler_name: [old], scheduler: ['COMBO', { options: now }] } } },
  CheckpointLoaderSimple: { input: { required: { ckpt_name: [['m.safetensors'], {}] } } },
  ControlNetLoader: { input: { required: { control_net_name: [['c']] } } },
  UpscaleModelLoader: { input: { required: { model_name: [['u']] } } },
  HypernetworkLoader: { input: { required: { hypernetwork_name: [['h']] } } },
  LoraLoader: { input: { required: { lora_name: [['l']] } } },
  VAELoader: { input: { optional: { vae_name: [['v']] } } },
});

describe('2.3 Client', () => {
  it('2.3 use(plugin)', async () => {
    class Naming extends Plugin {
      constructor(name: string) {
        super();
        this.addHook({ type: 'function', name: 'apiURL', fn: (original, route) => `${original(route)}#${name}` });
      }
    }
    const { client, asked } = tableClient({ 'GET /embeddings': [] });
    client.use(new Naming('a'));
    client.use(new Naming('b'));
    await client.getEmbeddings();
    expect(asked[0]?.url.hash).toBe('#a#b');
  });

  it('2.3 getExtensions(), getEmbeddings(), getNodeDefs(), getNodeDef(): held against validators', async () => {
    let loaded = 0;
    const { client } = tableClient({
      'GET /extensions': ['/a.js'],
      'GET /embeddings': ['e'],
      'GET /object_info': ({ headers }) => {
        if (headers.get('if-none-match') === '"1"') return new Response(null, { status: 304 });
        loaded++;
        return new Response('{"A":{"min":-Infinity}}', { headers: { etag: '"1"' } });
      },
      'GET /object_info/A': { A: { name: 'A' } },
      'GET /object_info/B': {},
    });
    expect([await client.getExtensions(), await client.getEmbeddings()]).toEqual([['/a.js'], ['e']]);
    expect(await client.getNodeDefs()).toEqual({ A: { min: -Infinity } });
    expect(await client.getNodeDefs()).toEqual({ A: { min: -Infinity } });
    expect(loaded).toBe(1);
    client.resetCache();
    await client.getNodeDefs();
    expect(loaded).toBe(2);
    expect([await client.getNodeDef('A'), await client.getNodeDef('B')]).toEqual([{ name: 'A' }, undefined]);
  });

  it('2.3 queuePrompt(index, {prompt, workflow}): place, id, targets, seeds exact, partial acceptance', async () => {
    const { server, client } = await startPair();
    const answer = await client.queuePrompt(0, { prompt: promptOf('Half'), prompt_id: ID, workflow: { id: 'w' } });
    expect(answer).toMatchObject({ prompt_id: ID, node_errors: { 9: { class_type: 'Half' } } });
    expect(server.comfy.truth.get(ID)).toBeDefined();
    const { client: other, asked } = tableClient({ 'POST /prompt': { prompt_id: ID, number: 1, node_errors: {} } });
    const prompt = { 1: { class_type: 'A', inputs: { seed: 18446744073709551615n } } };
    await other.queuePrompt(-1, { prompt, extra_data: { api_key: 'k' }, targets: ['1'] });
    await other.queuePrompt(7, { prompt, workflow: { id: 'w' } });
    expect(asked[0]?.body).toContain('"seed":18446744073709551615}');
    expect(jsonOf(asked[0]?.body)).toMatchObject({
      client_id: other.clientId,
      front: true,
      extra_data: { api_key: 'k' },
      partial_execution_targets: ['1'],
    });
    expect(jsonOf(asked[1]?.body)).toMatchObject({
      number: 7,
      extra_data: { extra_pnginfo: { workflow: { id: 'w' } } },
    });
  });

  it('2.3 getItems(), getQueue(), getHistory(): thrown when they cannot be asked, sorted', async () => {
    const { client, asked } = tableClient({
      'GET /queue': {
        queue_running: [[0, 'r', {}, {}, []]],
        queue_pending: [5, 9, 7].map((at) => [at, `p${at}`, {}, {}, []]),
      },
      'GET /history': { a: { prompt: [0, 'a', {}, {}, []], outputs: {} } },
      'POST /interrupt': '',
    });
    const { Running, Pending } = await client.getItems('queue');
    expect(Pending.map(({ prompt }) => prompt[1])).toEqual(['p5', 'p7', 'p9']);
    await Running[0]!.remove.cb();
    expect(jsonOf(asked.at(-1)?.body)).toEqual({ prompt_id: 'r' });
    expect((await client.getItems('history')).History[0]?.prompt[1]).toBe('a');
    await client.getHistory(3, { offset: 2 });
    expect(asked.at(-1)?.url.search).toBe('?max_items=3&offset=2');
    await expect(tableClient({}).client.getHistory()).rejects.toBeInstanceOf(HttpError);
  });

  it('2.3 getSystemStats()', async () => {
    const { client } = tableClient({ 'GET /system_stats': { system: { os: 'x' }, devices: [] } });
    expect((await client.getSystemStats()).system.os).toBe('x');
  });

  it('2.3 deleteItem(type, id), clearItems(type)', async () => {
    const { client, asked } = tableClient({ 'POST /queue': '', 'POST /history': '' });
    await client.deleteItem('queue', 'a');
    await client.clearItems('history');
    expect(asked.map(({ url, body }) => [url.pathname, jsonOf(body)])).toEqual([
      ['/queue', { delete: ['a'] }],
      ['/history', { clear: true }],
    ]);
  });

  it('2.3 interrupt(promptId): warns of the global one', async () => {
    const warnings: string[] = [];
    const { client, asked } = tableClient(
      { 'POST /interrupt': '' },
      { logger: { warn: (text) => warnings.push(text) } },
    );
    await client.interrupt('a');
    expect(warnings).toEqual([]);
    await client.interrupt();
    expect(asked.map(({ body }) => jsonOf(body))).toEqual([{ prompt_id: 'a' }, {}]);
    expect(warnings[0]).toContain('whatever runs');
  });

  it('2.3 free({unload_models, free_memory})', async () => {
    const { client, asked } = tableClient({ 'POST /free': '' });
    await client.free({ unload_models: true, free_memory: true });
    expect(jsonOf(asked[0]?.body)).toEqual({ unload_models: true, free_memory: true });
  });

  it('2.3 getUserConfig(), createUser(name)', async () => {
    const { client, asked } = tableClient({ 'GET /users': { storage: 'server' }, 'POST /users': '"id"' });
    expect((await client.getUserConfig()).storage).toBe('server');
    expect(await (await client.createUser('me')).json()).toBe('id');
    expect(jsonOf(asked[1]?.body)).toEqual({ username: 'me' });
  });

  it('2.3 getSettings(), getSetting(id), storeSettings(obj), storeSetting(id, v)', async () => {
    const { client, asked } = tableClient({
      'GET /settings': { a: 1 },
      'GET /settings/a%2Fb': '2',
      'POST /settings': '',
      'POST /settings/a': '',
    });
    expect([await client.getSettings(), await client.getSetting('a/b')]).toEqual([{ a: 1 }, 2]);
    await client.storeSettings({ c: 3 });
    await client.storeSetting('a', 'v');
    expect(asked.slice(2).map(({ body }) => body)).toEqual(['{"c":3}', '"v"']);
  });

  it('2.3 getUserData(file), storeUserData(file, data): and list, delete, move', async () => {
    const file = '/userdata/workflows%2Fa.json';
    const { client, asked } = tableClient({
      [`GET ${file}`]: { a: 1 },
      [`POST ${file}`]: '"workflows/a.json"',
      [`DELETE ${file}`]: 200,
      [`POST ${file}/move/b.json`]: '"b.json"',
      'GET /userdata': ['a'],
      'GET /v2/userdata': [{ name: 'a' }],
    });
    expect(await (await client.getUserData('workflows/a.json')).json()).toEqual({ a: 1 });
    await client.storeUserData('workflows/a.json', { a: 1 }, { stringify: true });
    await client.storeUserData('workflows/a.json', 'text', { overwrite: false });
    expect(asked.slice(1).map(({ url, body }) => [url.search, body].join(' '))).toEqual([
      '?overwrite=true {"a":1}',
      '?overwrite=false text',
    ]);
    expect(await client.listUserData('workflows', { full_info: true })).toEqual(['a']);
    expect(asked.at(-1)?.url.search).toBe('?dir=workflows&recurse=true&full_info=true&split=false');
    expect(await client.listUserDataV2('x')).toEqual([{ name: 'a' }]);
    expect(await client.moveUserData('workflows/a.json', 'b.json')).toBe('b.json');
    await client.deleteUserData('workflows/a.json');
    await expect(client.storeUserData('other', 'x')).rejects.toMatchObject({ status: 404 });
  });

  it('2.3 getModelFolders(), getModels(folder): also of servers without the newer routes', async () => {
    const newer = tableClient({
      'GET /experiment/models': [{ name: 'loras', folders: ['/x'] }],
      'GET /experiment/models/loras': [{ name: 'a', pathIndex: 1 }],
    });
    expect(await newer.client.getModelFolders()).toEqual([{ name: 'loras', folders: ['/x'] }]);
    expect(await newer.client.getModels('loras')).toEqual([{ name: 'a', pathIndex: 1 }]);
    const older = tableClient({ 'GET /models': ['loras'], 'GET /models/loras': ['a'] });
    expect(await older.client.getModelFolders()).toEqual([{ name: 'loras', folders: [] }]);
    expect(await older.client.getModels('loras')).toEqual([{ name: 'a', pathIndex: 0 }]);
    await expect(tableClient({ 'GET /experiment/models': 500 }).client.getModelFolders()).rejects.toBeInstanceOf(
      HttpError,
    );
  });

  it('2.3 viewMetadata(folder, model)', async () => {
    const { client, asked } = tableClient({ 'GET /view_metadata/loras': { a: 1 } });
    expect(await client.viewMetadata('loras', 'a b.safetensors')).toEqual({ a: 1 });
    expect(asked[0]?.url.searchParams.get('filename')).toBe('a b.safetensors');
    expect(await client.viewMetadata('vae', 'none')).toBeNull();
  });

  it('2.3 getLogs(), getRawLogs(), subscribeLogs()', async () => {
    const { client, asked } = tableClient({
      'GET /internal/logs': '"a"',
      'GET /internal/logs/raw': { entries: [{ t: 't', m: 'm' }], size: { cols: 80, row: 24 } },
      'PATCH /internal/logs/subscribe': '',
    });
    expect(await client.getLogs()).toBe('a');
    expect((await client.getRawLogs()).entries[0]?.m).toBe('m');
    await client.subscribeLogs();
    expect(jsonOf(asked[2]?.body)).toEqual({ clientId: client.clientId, enabled: true });
  });

  it('2.3 getSamplers() … getVAEs(), getOptions(node, input): both forms of lists', async () => {
    const { client } = tableClient({ 'GET /object_info': combo(['euler'], ['normal']) });
    expect(await client.getSamplers()).toEqual(['euler']);
    expect(await client.getSchedulers()).toEqual(['normal']);
    expect(await client.getSDModels()).toEqual(['m.safetensors']);
    expect(await client.getCNetModels()).toEqual(['c']);
    expect(await client.getUpscaleModels()).toEqual(['u']);
    expect(await client.getHyperNetworks()).toEqual(['h']);
    expect(await client.getLoRAs()).toEqual(['l']);
    expect(await client.getVAEs()).toEqual(['v']);
    expect(await client.getOptions('None', 'x')).toEqual([]);
  });

  it('2.3 getPromptStatus(id)', async () => {
    const { server, client } = await startPair();
    const { prompt_id } = await client._enqueue_prompt(promptOf('Never'));
    const waiting = await client._enqueue_prompt(promptOf('Save'));
    expect(await client.getPromptStatus(prompt_id)).toEqual({ running: true, pending: false, done: false });
    expect(await client.getPromptStatus(waiting.prompt_id)).toEqual({ running: false, pending: true, done: false });
    server.comfy.interrupt(prompt_id);
    await client.waitForPrompt(waiting.prompt_id, 5);
    expect(await client.getPromptStatus(waiting.prompt_id)).toEqual({ running: false, pending: false, done: true });
  });

  it('2.3 getPromptOutputs(id): by its id, however long the history is', async () => {
    const status = { status_str: 'success', completed: true, messages: [] };
    const { client, asked } = tableClient({
      'GET /history/a': { a: { outputs: { 1: { text: ['x'] } }, status } },
      'GET /history/b': { b: { outputs: {}, status: { ...status, status_str: 'error' } } },
      'GET /history/c': {},
    });
    expect(await client.getPromptOutputs('a')).toEqual({ 1: { text: ['x'] } });
    await expect(client.getPromptOutputs('b')).rejects.toMatchObject({ name: 'PromptExecutionFailedError' });
    await expect(client.getPromptOutputs('c')).rejects.toBeInstanceOf(PromptNotFoundError);
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/history/a', '/history/b', '/history/c']);
  });

  it('2.3 getPromptResult(id, resolver)', async () => {
    const { client } = await startPair();
    const { prompt_id } = await client.enqueue(promptOf('Text', 'Save'));
    expect((await client.getPromptResult(prompt_id)).images).toEqual([
      { type: 'url', data: client.viewURL(`${prompt_id}.png`, 's', 'output') },
    ]);
    const resolver = (acc: { images: []; prompt_id: string; data?: string }, output: { text?: string[] }) => ({
      ...acc,
      data: acc.data ?? output.text?.[0],
    });
    expect((await client.getPromptResult<string>(prompt_id, resolver as never)).data).toBe('of 1');
  });

  it('2.3 waitForPrompt(id, polling_ms, timeout_ms, { signal })', async () => {
    const { clock, client } = fakeTime();
    const sent = client._enqueue_prompt(promptOf('Never'));
    await clock.pass(10);
    const { prompt_id } = await sent;
    const late = failureOf(client.waitForPrompt(prompt_id, 100, 1000));
    const stop = new AbortController();
    const stopped = failureOf(client.waitForPrompt(prompt_id, 100, 0, { signal: stop.signal }));
    await clock.pass(1500);
    stop.abort('why');
    await clock.pass(10);
    expect(await late).toBeInstanceOf(PromptTimeoutError);
    expect(await stopped).toBe('why');
  });

  it('2.3 waitForPromptWebSocket(id, resolver, timeout): all outputs of this prompt', async () => {
    const { client } = await startPair({}, { timeouts: { pollMs: 10 } });
    await client.connect();
    const { prompt_id } = await client._enqueue_prompt(promptOf('Save', 'Save'));
    expect((await client.waitForPromptWebSocket(prompt_id)).images).toHaveLength(2);
    const never = await client._enqueue_prompt(promptOf('Never'));
    const late = client.waitForPromptWebSocket(never.prompt_id, undefined, 20);
    await expect(late).rejects.toBeInstanceOf(PromptTimeoutError);
    await expect(client.waitForPromptWebSocket(ID, undefined, 5000)).rejects.toBeInstanceOf(PromptNotFoundError);
  });

  it('2.3 enqueue(), enqueue_polling(), runPrompt(), _enqueue_prompt(): through queuePrompt, with all their options', async () => {
    const seen: unknown[] = [];
    const { client } = await startPair({}, { timeouts: { pollMs: 10 } });
    class Watching extends Plugin {
      constructor() {
        super();
        this.addHook({
          type: 'function',
          name: 'queuePrompt',
          fn: (original, index, options) => {
            seen.push(options.workflow);
            return original(index, options);
          },
        });
      }
    }
    client.use(new Watching());
    const text = await client.enqueue_polling<string>(promptOf('Text'), {
      workflow: { id: 'w' },
      polling_ms: 5,
      resolver: (acc, output) => ({ ...acc, data: (output['text'] as string[])[0]! }),
    });
    expect(text).toMatchObject({ data: 'of 1', images: [] });
    expect((await client.runPrompt(promptOf('Save'))).images).toHaveLength(1);
    expect(seen).toEqual([{ id: 'w' }, undefined]);
    const polled = client.enqueue_polling(promptOf('Save'), { progress: () => {} });
    await expect(polled).rejects.toMatchObject({ name: 'ClientEnqueueError' });
    await client.connect();
    const told: unknown[] = [];
    const errors: Error[] = [];
    const options = { progress: (p: unknown) => told.push(p), on_error: (error: Error) => errors.push(error) };
    await client.enqueue(promptOf('Save'), options);
    expect(told).toMatchObject([{ value: 1, max: 2 }]);
    const stopped = client.enqueue(promptOf('Save'), { ...options, signal: AbortSignal.abort('why') });
    await expect(stopped).rejects.toBe('why');
    expect(errors).toEqual(['why']);
  });

  it('2.3 enqueue({ timeout_ms }): ends the wait, and not the prompt', async () => {
    const { clock, comfy, client } = fakeTime();
    const errors: Error[] = [];
    const late = failureOf(
      client.enqueue(promptOf('Never'), { timeout_ms: 500, on_error: (error) => errors.push(error) }),
    );
    await clock.pass(600);
    expect(await late).toBeInstanceOf(PromptTimeoutError);
    expect(errors).toEqual([await late]);
    expect(comfy.running?.prompt['1']?.class_type).toBe('Never');
  });

  it('2.3 on_progress(fn, task_id)', async () => {
    const client = new Client({});
    const told: unknown[] = [];
    const off = client.on_progress((p) => told.push(p.value), 'a');
    for (const prompt_id of ['a', 'b']) client.events.emit('progress', { value: 1, max: 2, node: '1', prompt_id });
    off();
    client.events.emit('progress', { value: 2, max: 2, node: '1', prompt_id: 'a' });
    expect(told).toEqual([1]);
    client.on_progress(undefined, 'a')();
  });

  it('2.3 uploadImage(), uploadMask(), upload()', async () => {
    const { client, asked } = tableClient({
      'GET /features': {},
      'POST /upload/image': { name: 'a.png', subfolder: 's', type: 'input' },
      'POST /upload/mask': { name: 'm.png', subfolder: '', type: 'input' },
    });
    const blob = new Blob([new Uint8Array([1])], { type: 'image/png' });
    const file = await client.uploadImage(blob, { subfolder: 's' });
    expect(file.inputValue).toBe('s/a.png');
    expect((await client.uploadMask(blob, file)).inputValue).toBe('m.png');
    const form = asked.at(-1)?.body as FormData;
    expect(form.get('original_ref')).toBe('{"filename":"a.png","subfolder":"s","type":"input"}');
    expect((await client.upload(blob)).filename).toBe('a.png');
  });

  it('2.3 features(), jobs.*, assets.*', async () => {
    const { client, asked } = tableClient({
      'GET /features': { a: 1 },
      'GET /api/jobs': { jobs: [] },
      'GET /api/jobs/x': { id: 'x' },
      'POST /api/jobs/cancel': { cancelled: 1 },
      'GET /api/assets': { assets: [] },
      'GET /api/assets/x': { id: 'x' },
      'GET /api/assets/x/content': 'bytes',
      'DELETE /api/assets/x': 200,
    });
    expect(await client.features()).toEqual({ a: 1 });
    expect(await client.jobs.list({ status: 'failed' })).toEqual({ jobs: [] });
    expect(asked.at(-1)?.url.search).toBe('?status=failed');
    expect(await client.jobs.get('x')).toEqual({ id: 'x' });
    expect(await client.jobs.cancelAll(['x'])).toEqual({ cancelled: 1 });
    expect(await client.assets.list()).toEqual({ assets: [] });
    expect(await client.assets.get('x')).toEqual({ id: 'x' });
    expect(await (await client.assets.content('x')).text()).toBe('bytes');
    await client.assets.delete('x');
  });

  it('2.3 run(), submit(), attach(), cancel(): the jobs of the core', async () => {
    const { client, server } = await startPair({}, { timeouts: { pollMs: 10 } });
    const { outputs } = await client.run(JSON.stringify(promptOf('Save'))).result();
    expect(outputs.images).toHaveLength(1);
    const job = await client.submit(promptOf('Never'));
    expect(client.attach(job.id)).toBe(job);
    expect(await client.cancel(job.id)).toBe('canceled');
    const other = await client._enqueue_prompt(promptOf('Save'));
    expect((await client.attach(other.prompt_id).result()).id).toBe(other.prompt_id);
    await expect(client.submit(promptOf('Refused'))).rejects.toMatchObject({ code: 'validation_failed' });
    expect(server.comfy.truth.get(job.id)).toBe('canceled');
  });

  it('2.3 WorkflowOutput: hooks see what is sent and what comes of it', async () => {
    const { client, server } = await startPair({}, { timeouts: { pollMs: 10 } });
    client.use({
      submit: (body) => ({ ...body, extra_data: { hooked: true } }),
      result: (output) => ({ ...output, data: output.images.length }),
      event: (message) => (message.type === 'executing' ? null : undefined),
    });
    await client.connect();
    let heard = 0;
    client.on('executing', () => heard++);
    const told = next(client, 'executed');
    const { prompt_id, data } = await client.enqueue(promptOf('Save'));
    await told;
    expect([data, heard]).toEqual([1, 0]);
    expect(server.comfy.history.get(prompt_id)?.extra).toEqual({ hooked: true });
  });
});
