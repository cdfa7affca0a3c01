/** Programs as they were written for the other package: only the import is another. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, InvokedWorkflow, Workflow, outToB64Urls } from '@snug/client/compat';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startPair } from './fake-client.ts';

const BIN = join(import.meta.dirname, '../../../cli/bin/snug.mjs');

let api_host = '';
let stop = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snug-compat-'));
  const args = [BIN, 'serve', '--skip-warm-up', '--port', '0', '--pack', 'conformance', '--base-directory', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  stop = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  let said = '';
  for await (const part of child.stdout) {
    said += String(part);
    const found = /http:\/\/(127\.0\.0\.1:\d+)/.exec(said)?.[1];
    if (!found) continue;
    api_host = found;
    break;
  }
  // what it says later must not fill the pipe
  child.stdout.resume();
  if (!api_host) throw new Error(`The server did not start: ${said}`);
});
afterAll(() => stop());

function clientOf(): Client {
  const client = new Client({ api_host, WebSocket, fetch });
  onTestFinished(() => client.close());
  return client;
}

const REPORT = { class_type: 'ConformUi', inputs: { text: ['1', 0] } };

describe('a program of the first example, text to image', () => {
  it('writes the prompt that it always wrote', async () => {
    const { client, server } = await startPair();
    const workflow = new Workflow();
    const cls = workflow.classes;
    const [model, clip, vae] = cls.CheckpointLoaderSimple({ ckpt_name: 'sdxl.safetensors' });
    const enc = (text: string) => cls.CLIPTextEncode({ text, clip })[0];
    const [samples] = cls.KSampler({
      seed: 7,
      steps: 35,
      cfg: 4,
      sampler_name: 'dpmpp_2m_sde_gpu',
      scheduler: 'karras',
      denoise: 1,
      model,
      positive: enc('best quality'),
      negative: enc('worst quality'),
      latent_image: cls.EmptyLatentImage({ width: 512, height: 512, batch_size: 1 })[0],
    });
    cls.SaveImage({ filename_prefix: 'fox', images: cls.VAEDecode({ samples, vae })[0] });
    void client.connect();
    const { prompt_id } = await workflow.invoke(client);
    const sent = server.comfy.history.get(prompt_id)?.prompt;
    expect(sent).toEqual(workflow.workflow().prompt);
    expect(Object.values(sent ?? {}).map(({ class_type }) => class_type)).toEqual([
      'CheckpointLoaderSimple',
      'CLIPTextEncode',
      'CLIPTextEncode',
      'EmptyLatentImage',
      'KSampler',
      'VAEDecode',
      'SaveImage',
    ]);
  });

  it('runs on snug, with nodes that need no model', async () => {
    const createWorkflow = () => {
      const workflow = new Workflow();
      const { EmptyImage, ImageInvert, SaveImage } = workflow.classes;
      const [image] = EmptyImage({ width: 16, height: 8, batch_size: 2, color: 255 });
      for (const name of ['black office', 'pink sportswear'])
        SaveImage({ images: ImageInvert({ image })[0], filename_prefix: `compat/${name}` });
      return workflow;
    };
    const client = clientOf();
    void client.connect();
    const result = await createWorkflow().invoke(client);
    client.close();
    expect(result.images).toHaveLength(4);
    const urls = await outToB64Urls(result);
    expect(urls[0]).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
  });
});

describe('programs on snug', () => {
  it('follow progress, previews and pictures through the socket', async () => {
    const client = clientOf();
    await client.connect();
    const previews: string[] = [];
    client.on('b_preview_with_metadata', ({ nodeId, blob }) => previews.push(`${nodeId} ${blob.type}`));
    const inputs = { text: 'p', steps: 2, format: 'PNG', width: 64, height: 32, max_size: 512 };
    const steps: number[] = [];
    const prompt = {
      1: { class_type: 'ConformPreview', inputs },
      2: REPORT,
      3: { class_type: 'EmptyImage', inputs: { width: 8, height: 4, batch_size: 1, color: 1 } },
      4: { class_type: 'SaveImageWebsocket', inputs: { images: ['3', 0] } },
    };
    const { images } = await client.enqueue(prompt, { progress: ({ value }) => steps.push(value) });
    expect(images).toMatchObject([{ type: 'buff', mime: 'image/png' }]);
    expect(previews).toContain('1 image/png');
    expect(steps.length).toBeGreaterThan(0);
  });

  it('hear events of nodes, and read outputs with a resolver', async () => {
    const client = clientOf();
    await client.connect();
    const told = new Promise((resolve) => client.events.on('conform.message', resolve));
    const prompt = { 1: { class_type: 'ConformEmit', inputs: { value: 'v', text: 'custom' } }, 2: REPORT };
    const { data } = await client.enqueue<string>(prompt, {
      resolver: (acc, output) => ({ ...acc, data: acc.data ?? (output['text'] as string[])[0]! }),
    });
    expect(data).toBe('v');
    expect(await told).toMatchObject({ text: 'custom' });
  });

  it('poll without any socket', async () => {
    const client = new Client({ api_host });
    onTestFinished(() => client.close());
    await client.connect({ polling: { enabled: true } });
    const prompt = { 1: { class_type: 'ConformWait', inputs: { text: 'w', seconds: 0.1 } }, 2: REPORT };
    const result = await client.enqueue_polling(prompt, {
      polling_ms: 20,
      resolver: (acc, output) => ({ ...acc, data: output }),
    });
    expect(result.data).toEqual({ text: ['w'] });
  });

  it('interrupt one run, and are told why another failed', async () => {
    const client = clientOf();
    await client.connect();
    const slow = { 1: { class_type: 'ConformWait', inputs: { text: 'x', seconds: 15 } }, 2: REPORT };
    const invoked = new InvokedWorkflow({ workflow: { prompt: slow }, client });
    const executing = new Promise((resolve) => invoked.once('executing', resolve));
    await invoked.enqueue();
    const ended = invoked.wait().catch((error: unknown) => error);
    await executing;
    await invoked.interrupt();
    expect(await ended).toMatchObject({ name: 'WorkflowInterruptedError' });
    const failing = { 1: { class_type: 'ConformFail', inputs: { text: 'x', count: 7 } }, 2: REPORT };
    await expect(client.enqueue(failing)).rejects.toMatchObject({
      name: 'WorkflowExecutionError',
      payload: { node_id: '1', node_type: 'ConformFail' },
    });
    const unknown = client.enqueue({ 1: { class_type: 'NoSuchNode', inputs: {} } });
    await expect(unknown).rejects.toMatchObject({ name: 'PromptEnqueueError', error: { type: 'missing_node_type' } });
  });

  it('ask for queue, history, nodes, files of users', async () => {
    const client = clientOf();
    expect(await client.getQueue()).toEqual({ Running: [], Pending: [] });
    const { History } = await client.getHistory(1);
    expect(History[0]?.status.status_str).toBeTypeOf('string');
    expect((await client.getNodeDefs())['SaveImage']?.output_node).toBe(true);
    expect(await client.getOptions('ConformPreview', 'format')).toContain('PNG');
    expect((await client.getSystemStats()).devices).toBeInstanceOf(Array);
    await client.storeUserData('notes/a.json', { a: 1 }, { stringify: true });
    expect(await (await client.getUserData('notes/a.json')).json()).toEqual({ a: 1 });
    await client.moveUserData('notes/a.json', 'notes/b.json');
    expect(await client.listUserData('notes')).toEqual(['b.json']);
    await client.storeSetting('own', 5);
    expect(await client.getSetting('own')).toBe(5);
    const { images } = await client.enqueue_polling({
      1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
      2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'up' } },
    });
    const [image] = images;
    const blob = await (await client.fetchApi(image?.type === 'url' ? image.data : '')).blob();
    expect((await client.uploadImage(blob)).inputValue).toMatch(/\.png$/);
    expect((await client.getRawLogs()).entries).toBeInstanceOf(Array);
  });
});
