/** Rows 2.5 (plugins, pipelines, helpers) of the checklist; each title names its row. */
import { describe, expect, it } from 'vitest';
import * as compat from '../../src/compat/index.ts';
import {
  BasePipe,
  EfficientPipe,
  NSPipeline,
  Plugin,
  builtins,
  outToB64Urls,
  plugins,
} from '../../src/compat/index.ts';
import type { Asked } from './fake-client.ts';
import { failureOf, startPair, tableClient } from './fake-client.ts';

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1]);

interface PromptNode {
  readonly class_type: string;
  readonly inputs: Record<string, unknown>;
}

/** A server that takes every prompt and ends it at once. */
function pipeClient() {
  let prompt: Record<string, PromptNode> = {};
  const image = { filename: 'a.png', subfolder: '', type: 'output' };
  const status = { status_str: 'success', completed: true, messages: [] };
  const answer = ({ body }: Asked): object => {
    const told = JSON.parse(body as string) as { prompt: typeof prompt; prompt_id: string };
    ({ prompt } = told);
    replies[`GET /history/${told.prompt_id}`] = { [told.prompt_id]: { outputs: { 9: { images: [image] } }, status } };
    return { prompt_id: told.prompt_id, number: 0, node_errors: {} };
  };
  let uploads = 0;
  const replies: Record<string, object | ((asked: Asked) => object)> = {
    'GET /features': {},
    'GET /queue': { queue_running: [], queue_pending: [] },
    'POST /prompt': answer,
    'POST /upload/image': () => ({ name: `up${++uploads}.png`, subfolder: '', type: 'input' }),
    'GET /view': () => new Response(PNG, { headers: { 'content-type': 'image/png' } }),
  };
  const table = tableClient(replies, { timeouts: { pollMs: 1 } });
  const inputsOf = (classType: string): Record<string, unknown>[] =>
    Object.values(prompt).flatMap((node) => (node.class_type === classType ? [node.inputs] : []));
  return { ...table, inputsOf };
}

describe('2.5 plugins', () => {
  it('2.5 Plugin.addHook({ type, name, fn }): also fetch, for whatever is asked', async () => {
    const seen: string[] = [];
    class Logging extends Plugin {
      constructor() {
        super();
        this.addHook({
          type: 'function',
          name: 'fetch',
          fn: async (original, ...args) => {
            seen.push(args[0] as string);
            return original(...args);
          },
        });
      }
    }
    const { client } = tableClient({ 'GET /embeddings': [], 'GET /features': {} });
    client.use(new Logging());
    await client.getEmbeddings();
    await client.features();
    expect(seen.map((url) => new URL(url).pathname)).toEqual(['/embeddings', '/features']);
  });

  it('2.5 plugins.LoginAuthPlugin({ token }): requests, sockets and files', async () => {
    const { client, server } = await startPair();
    client.use(new plugins.LoginAuthPlugin({ token: 'a b' }));
    await client.connect();
    expect(server.upgrades[0]?.url).toBe(`/ws?clientId=${client.clientId}&token=a+b`);
    expect(client.viewURL('a', '', 'output')).toContain('token=a+b');
    expect(client.apiURL('/queue')).toContain('token=a+b');
  });
});

describe('2.5 pipelines', () => {
  it('2.5 BasePipe: every step of the chain, text to picture', async () => {
    const { client, inputsOf } = pipeClient();
    const pipe = new BasePipe()
      .with(client)
      .model('m.safetensors')
      .prompt('sunset')
      .negative('blurry')
      .size(64, 32)
      .steps(3)
      .cfg(5)
      .seed(7)
      .denoise(0.5)
      .scheduler('normal')
      .sampler('euler')
      .batch_size(2);
    const { images, result } = await pipe.save('fox').wait();
    expect(images).toEqual([{ data: PNG.buffer, mime: 'image/png' }]);
    expect(result.images).toMatchObject([{ type: 'url' }]);
    expect(inputsOf('KSampler')).toMatchObject([
      { seed: 7, steps: 3, cfg: 5, denoise: 0.5, scheduler: 'normal', sampler_name: 'euler' },
    ]);
    expect(inputsOf('CLIPTextEncode').map(({ text }) => text)).toEqual(['sunset', 'blurry']);
    expect(inputsOf('EmptyLatentImage')).toEqual([{ width: 64, height: 32, batch_size: 2 }]);
    expect(inputsOf('SaveImage')).toMatchObject([{ filename_prefix: 'fox' }]);
    expect(pipe.is_disposed).toBe(true);
  });

  it('2.5 image, mask: uploaded, and loaded by nodes that every server has', async () => {
    const { client, inputsOf } = pipeClient();
    const mask = new Blob([PNG], { type: 'image/png' });
    await new BasePipe().with(client).model('m').image(PNG).mask(mask).save('x').wait_polling();
    expect(inputsOf('LoadImage')).toEqual([{ image: 'up1.png' }]);
    expect(inputsOf('LoadImageMask')).toEqual([{ image: 'up2.png', channel: 'red' }]);
    expect(inputsOf('VAEEncodeForInpaint')).toMatchObject([{ grow_mask_by: 6 }]);
  });

  it('2.5 on, once, save, wait, wait_polling: events of its own run; without a prefix through the socket', async () => {
    const { client } = await startPair({}, { timeouts: { pollMs: 10 } });
    await client.connect();
    const heard: string[] = [];
    const pipe = new BasePipe().with(client).save();
    pipe.on('executed', ({ node }) => heard.push(node)).once('executing', () => heard.push('begins'));
    const { images } = await pipe.wait();
    expect(images).toMatchObject([{ mime: 'image/png' }]);
    expect(heard).toEqual(['begins', '1', '2', '3', '4', '5', '6']);
    expect(() => new BasePipe().on('status', () => {})).toThrow('call save()');
    expect(() => new BasePipe().save()).toThrow('with(client)');
    expect(await failureOf(new BasePipe().wait())).toMatchObject({ name: 'ClientEnqueueError' });
  });

  it('2.5 static nextSeed, defaultContext', () => {
    expect(Number.isSafeInteger(BasePipe.nextSeed())).toBe(true);
    expect(BasePipe.defaultContext).toMatchObject({ steps: 35, cfg: 4, width: 512, height: 512, denoise: 1 });
    expect(EfficientPipe.defaultContext.clip_skip).toBe(-2);
  });

  it('2.5 EfficientPipe: lora(name, options), cnet(name, image, options)', async () => {
    const { client, inputsOf } = pipeClient();
    const pipe = new EfficientPipe().with(client).model('m').image(PNG).seed();
    pipe.lora('a').lora('b', { weight: 0.5, clip_strength: 2 }).cnet('pose', PNG, { strength: 0.8, end: 0.5 });
    await pipe.save('x').wait();
    expect(inputsOf('LoraLoader')).toMatchObject([
      { lora_name: 'a', strength_model: 1, strength_clip: 1 },
      { lora_name: 'b', strength_model: 0.5, strength_clip: 1 },
    ]);
    expect(inputsOf('ControlNetApplyAdvanced')).toMatchObject([{ strength: 0.8, start_percent: 0, end_percent: 0.5 }]);
    // one picture is uploaded once
    expect(inputsOf('LoadImage')).toEqual([{ image: 'up1.png' }, { image: 'up1.png' }]);
    expect(new EfficientPipe().lora('z')['context'].loras).toHaveLength(1);
    expect(EfficientPipe.defaultContext.loras).toEqual([]);
  });

  it('2.5 NSPipeline', () => {
    const context: Partial<NSPipeline.PipeContext> = { sampler_name: 'euler' };
    expect(NSPipeline.samplers).toContain(context.sampler_name);
    expect(NSPipeline.schedulers).toContain('karras');
  });
});

describe('2.5 helpers', () => {
  it('2.5 builtins.RESOLVERS.image', () => {
    const { client } = tableClient({});
    const images = [
      { filename: 'a b.png', subfolder: 's', type: 'output' },
      { filename: 'c.png', subfolder: '', type: 'temp' },
    ];
    const context = { client, prompt_id: 'p', node_id: '1' };
    expect(builtins.RESOLVERS.image({ images: [], prompt_id: 'p' }, { images }, context).images).toEqual([
      { type: 'url', data: 'http://127.0.0.1:8188/view?filename=a%20b.png&subfolder=s&type=output' },
    ]);
  });

  it('2.5 outToB64Urls(out): addresses, as the name says', async () => {
    const fetch = () => Promise.resolve(new Response(PNG, { headers: { 'content-type': 'image/webp' } }));
    const images = [
      { type: 'buff' as const, data: PNG.buffer, mime: 'image/png' },
      { type: 'url' as const, data: 'http://x/y' },
    ];
    const base64 = btoa(String.fromCharCode(...PNG));
    expect(await outToB64Urls({ images, prompt_id: 'p' }, { fetch })).toEqual([
      `data:image/png;base64,${base64}`,
      `data:image/webp;base64,${base64}`,
    ]);
    const missing = () => Promise.resolve(new Response('', { status: 404 }));
    await expect(outToB64Urls({ images, prompt_id: 'p' }, { fetch: missing })).rejects.toMatchObject({
      name: 'TaskDataTypeError',
    });
  });

  it('2.5 errors: all of them, each with a code', () => {
    const names = [
      'ClientError',
      'PromptTimeoutError',
      'PromptEnqueueError',
      'ClientEnqueueError',
      'PromptNotFoundError',
      'TaskDataTypeError',
      'PromptExecutionFailedError',
      'ClientRequestError',
      'PollingTimeoutError',
      'WebSocketTimeoutError',
      'ConnectError',
      'WebSocketParseError',
      'HttpError',
      'WorkflowError',
      'WorkflowExecutionError',
      'ClientConnectionError',
      'WorkflowGuardError',
      'WorkflowEnqueuedError',
      'WorkflowTaskIdError',
      'WorkflowDoneError',
      'WorkflowWsError',
      'WorkflowTaskStatusError',
      'WorkflowInterruptedError',
      'WorkflowArgumentError',
    ];
    expect(names).toHaveLength(24);
    const exported: Record<string, unknown> = compat;
    for (const name of names) {
      expect(exported[name], name).toBeTypeOf('function');
      expect(Object.create((exported[name] as typeof Error).prototype), name).toBeInstanceOf(Error);
    }
    expect(new compat.HttpError('m', 418, { a: 1 })).toMatchObject({
      status: 418,
      json: { a: 1 },
      code: 'request_failed',
    });
    expect(new compat.PromptTimeoutError('p', 5)).toMatchObject({ code: 'timed_out', name: 'PromptTimeoutError' });
    expect(new compat.PromptTimeoutError('p', 5)).toBeInstanceOf(compat.ClientError);
    expect(new compat.ClientConnectionError('404', 'm').message).toContain('(404): m');
    expect(new compat.WebSocketParseError('m').code).toBe('bad_answer');
  });

  it('2.5 deprecated aliases', () => {
    const { ComfyUIApiClient, ComfyUIWsClient, ComfyUIWorkflow, ClientPlugin } = compat;
    expect([ComfyUIApiClient, ComfyUIWsClient, ComfyUIWorkflow, ClientPlugin]).toEqual([
      compat.Client,
      compat.WsClient,
      compat.Workflow,
      compat.Plugin,
    ]);
  });
});
