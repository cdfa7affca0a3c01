/** The default text-to-image workflow on a server as a user starts it, with a tiny checkpoint in its models folder. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { root } from '../../packages/server/test/fixtures/built.ts';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';
import { call, post, submit, WireClient } from '../../packages/server/test/fixtures/wire-client.ts';
import type { Data, Graph } from '../../packages/server/test/fixtures/wire-client.ts';
import { writeTinyCheckpoint } from '../../packs/diffusion/test/engine/tiny-checkpoint.ts';

const HIDE = fileURLToPath(new URL('without-runtime.mjs', import.meta.url));
/** Has nothing to do with models. */
const PLAIN: Graph = {
  1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'plain' } },
};

/** ComfyUI's own graph, on the tiny checkpoint and small. */
function textToImage(changes: Readonly<Record<string, Data>> = {}): Graph {
  const graph = JSON.parse(readFileSync(join(root, 'examples/text-to-image.json'), 'utf8')) as Graph;
  const own: Record<string, Data> = {
    3: { steps: 4 },
    4: { ckpt_name: 'tiny.safetensors' },
    5: { width: 64, height: 64 },
  };
  for (const all of [own, changes])
    for (const [id, inputs] of Object.entries(all)) Object.assign(graph[id]!.inputs, inputs);
  return graph;
}

const data = new DataFolder();
beforeAll(() => {
  mkdirSync(data.file('models/checkpoints'), { recursive: true });
  writeTinyCheckpoint(data.file('models/checkpoints/tiny.safetensors'), 'sd1');
});
afterAll(() => data.remove());

describe('with the runtime', () => {
  let url: string;
  let end: () => Promise<unknown>;
  let client: WireClient;
  beforeAll(async () => {
    const server = await data.start();
    url = server.url;
    end = () => server.end();
    client = await WireClient.connect(url, { clientId: 'me' });
  });
  // the next ones want the folder
  afterAll(() => end());

  const run = async (
    graph: Graph,
  ): Promise<{ promptId: string; end: { type: string; data: Data }; cached: unknown }> => {
    const promptId = await submit(url, graph, {
      client_id: 'me',
      extra_data: { extra_pnginfo: { workflow: { nodes: [] } } },
    });
    const ended = await client.end(promptId);
    const cached = await client.until(
      (heard) => heard.type === 'execution_cached' && heard.data['prompt_id'] === promptId,
    );
    return { promptId, end: ended, cached: cached.data['nodes'] };
  };

  test('a picture forms in previews, is saved with its workflow, and what did not change is not done again', async () => {
    const first = await run(textToImage());
    expect(first.end).toMatchObject({ type: 'execution_success' });
    const steps = client.heard.filter((heard) => heard.type === 'progress');
    expect(steps.map((heard) => 'data' in heard && heard.data['value'])).toEqual([1, 2, 3, 4]);
    expect(client.heard.filter(({ type }) => type === 'binary').length).toBeGreaterThan(0);
    const shown = await client.until(({ type, data: { node } }) => type === 'executed' && node === '9');
    const [image] = (shown.data['output'] as { images: Record<string, string>[] }).images;
    const answer = await fetch(`${url}/view?${new URLSearchParams(image)}`);
    const png = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    expect(png).toMatch(/^\x89PNG/);
    expect(png).toContain('tEXtprompt');
    expect(png).toContain('tEXtworkflow');

    const otherSeed = await run(textToImage({ 3: { seed: 2 } }));
    expect(otherSeed.end).toMatchObject({ type: 'execution_success' });
    expect(otherSeed.cached).toEqual(expect.arrayContaining(['4', '5', '6', '7']));
    const otherText = await run(textToImage({ 3: { seed: 2 }, 6: { text: 'a fox' } }));
    expect(otherText.cached).toEqual(expect.arrayContaining(['4', '5', '7']));
    expect(otherText.cached).not.toContain('6');
  });

  test('an interrupt stops it within a step, and the next prompt runs', async () => {
    const steps = 5000;
    client.heard.length = 0;
    const promptId = await submit(url, textToImage({ 3: { steps } }), { client_id: 'me' });
    await client.until('progress');
    expect((await post(`${url}/interrupt`, {})).status).toBe(200);
    expect(await client.end(promptId)).toMatchObject({ type: 'execution_interrupted', data: { node_id: '3' } });
    const last = client.heard.findLast((heard) => heard.type === 'progress');
    expect(last && 'data' in last && last.data['value']).toBeLessThan(steps / 2);
    expect((await run(PLAIN)).end).toMatchObject({ type: 'execution_success' });
  });

  test('what is missing is said by name: a checkpoint that is not there is refused', async () => {
    const answer = await post(`${url}/prompt`, { prompt: textToImage({ 4: { ckpt_name: 'other.safetensors' } }) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('other.safetensors');
    expect(answer.text).toContain('value_not_in_list');
  });
});

test('without the runtime the server runs, and a prompt with a model says what to install', async () => {
  vi.stubEnv('NODE_OPTIONS', `--import=${HIDE}`);
  const { url } = await data.start();
  vi.unstubAllEnvs();
  const client = await WireClient.connect(url, { clientId: 'me' });
  const failed = await client.end(await submit(url, textToImage(), { client_id: 'me' }));
  expect(failed.type).toBe('execution_error');
  expect(failed.data['exception_message']).toContain('npm install onnxruntime-node');
  // nothing was loaded for it: the first node that needs the runtime says so
  expect(['4', '6', '7']).toContain(failed.data['node_id']);
  expect(await client.end(await submit(url, PLAIN, { client_id: 'me' }))).toMatchObject({ type: 'execution_success' });
  expect((await call(`${url}/object_info/KSampler`)).json()).toHaveProperty('KSampler');
  await client.close();
});
