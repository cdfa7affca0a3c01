/** The client against the server of this repository, in a process of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { JobEvent } from '../src/job-events.ts';
import type { Job } from '../src/job.ts';
import { createClient } from '../src/node.ts';
import type { NodeClient } from '../src/node.ts';
import { startCuttingProxy } from './fake/cutting-proxy.ts';

const BIN = join(import.meta.dirname, '../../cli/bin/snug.mjs');

let url = '';
let stop = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snug-client-'));
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
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (!found) continue;
    url = found;
    break;
  }
  // what it says later must not fill the pipe
  child.stdout.resume();
  if (!url) throw new Error(`The server did not start: ${said}`);
});
afterAll(() => stop());

function clientOf(address = url): NodeClient {
  const client = createClient({ url: address, reconnect: { minMs: 20, maxMs: 50 } });
  onTestFinished(() => client.close());
  return client;
}

const ui = (from: unknown) => ({ class_type: 'ConformUi', inputs: { text: from } });

async function read(job: Job): Promise<JobEvent[]> {
  const events = [];
  for await (const event of job) events.push(event);
  return events;
}

describe('against snug', () => {
  it('runs a workflow with inputs, and follows its progress', async () => {
    const job = clientOf().run(
      { 1: { class_type: 'ConformProgress', inputs: { text: 'hi', steps: 3 } }, 2: ui(['1', 0]) },
      { inputs: { '1.text': 'a red fox' } },
    );
    // the loop merges what comes in one piece; listeners hear all of it
    const shares: number[] = [];
    job.on('progress', ({ share }) => shares.push(share));
    const events = await read(job);
    expect((await job.result()).outputs.texts).toEqual(['a red fox']);
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(events.at(-1)?.type).toBe('succeeded');
  });

  it('shows previews of their nodes', async () => {
    const inputs = { text: 'p', steps: 2, format: 'PNG', width: 64, height: 32, max_size: 512 };
    const job = clientOf().run({ 5: { class_type: 'ConformPreview', inputs }, 2: ui(['5', 0]) });
    const previews = (await read(job)).filter((event) => event.type === 'preview');
    expect(previews.length).toBeGreaterThan(0);
    expect(previews[0]).toMatchObject({ nodeId: '5', mime: 'image/png' });
    expect(previews[0]!.bytes.length).toBeGreaterThan(50);
  });

  it('hears what nodes say, in words of their own and as texts', async () => {
    const client = clientOf();
    const heard: unknown[] = [];
    client.addEventListener('conform.message', ({ detail }) => heard.push(detail));
    await client.generate({
      1: { class_type: 'ConformEmit', inputs: { value: 'v', text: 'custom' } },
      2: ui(['1', 0]),
    });
    expect(heard).toMatchObject([{ text: 'custom' }]);
    const events = await read(
      client.run({ 12: { class_type: 'ConformText', inputs: { text: 'going ✓' } }, 2: ui(['12', 0]) }),
    );
    expect(events.filter(({ type }) => type === 'text')).toMatchObject([{ nodeId: '12', text: 'going ✓' }]);
  });

  it('saves pictures and reads them', async () => {
    const prompt = {
      1: { class_type: 'EmptyImage', inputs: { width: 48, height: 24, batch_size: 2, color: 3_368_601 } },
      2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'client/fox' } },
    };
    const { outputs } = await clientOf().generate(prompt);
    expect(outputs.images).toHaveLength(2);
    expect(outputs.images[0]).toMatchObject({ subfolder: 'client', folder: 'output', mime: 'image/png' });
    const bytes = await outputs.images[0]!.bytes();
    expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect((await outputs.images[0]!.blob({ preview: 'webp;50' })).type).toBe('image/webp');
    // the picture carries the prompt, and can be run again
    const again = await clientOf().generate(bytes);
    expect(again.outputs.images).toHaveLength(2);
  });

  it('gets pictures through the socket as outputs', async () => {
    const prompt = {
      1: { class_type: 'EmptyImage', inputs: { width: 8, height: 4, batch_size: 2, color: 1 } },
      2: { class_type: 'SaveImageWebsocket', inputs: { images: ['1', 0] } },
    };
    const { outputs } = await clientOf().generate(prompt);
    expect(outputs.images.map(({ source, mime }) => [source, mime])).toEqual([
      ['socket', 'image/png'],
      ['socket', 'image/png'],
    ]);
  });

  it('uploads a picture and uses it', async () => {
    const client = clientOf();
    const source = await client.generate({
      1: { class_type: 'EmptyImage', inputs: { width: 16, height: 8, batch_size: 1, color: 255 } },
      2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'up' } },
    });
    const told: number[] = [];
    const file = await client.upload(await source.outputs.images[0]!.blob(), {
      onProgress: ({ sentBytes }) => told.push(sentBytes),
    });
    expect(file.filename).toMatch(/^[0-9a-f]{32}\.png$/);
    expect(told.length).toBeGreaterThan(1);
    const job = client.run(
      { 1: { class_type: 'LoadImage', inputs: {} }, 2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } } },
      { inputs: { '1.image': file } },
    );
    const { outputs } = await job.result();
    expect(outputs.images[0]).toMatchObject({ folder: 'temp' });
  });

  it('converts what the front end saves', async () => {
    const workflow = {
      version: 0.4,
      nodes: [{ id: 7, type: 'ConformUi', mode: 0, order: 0, inputs: [], outputs: [], widgets_values: ['drawn'] }],
      links: [],
    };
    const { outputs } = await clientOf().generate(workflow);
    expect(outputs.texts).toEqual(['drawn']);
  });

  it('tells everything that is wrong with a workflow', async () => {
    const wrong = clientOf().generate({ 1: { class_type: 'NoSuchNode', inputs: {} } });
    await expect(wrong).rejects.toMatchObject({
      code: 'validation_failed',
      problems: [{ nodeId: '1', type: 'missing_node_type' }],
    });
  });

  it('tells which node failed, and why', async () => {
    const job = clientOf().run({ 2: { class_type: 'ConformFail', inputs: { text: 'x', count: 7 } }, 3: ui(['2', 0]) });
    await expect(job.result()).rejects.toMatchObject({
      code: 'execution_failed',
      nodeId: '2',
      classType: 'ConformFail',
    });
  });

  it('cancels a job that runs, and one that waits', async () => {
    const client = clientOf();
    const prompt = (text: string) => ({
      1: { class_type: 'ConformWait', inputs: { text, seconds: 15 } },
      2: ui(['1', 0]),
    });
    const first = client.run(prompt('one'));
    const running = new Promise<void>((resolve) => first.on('node', () => resolve()));
    await running;
    const second = await client.submit(prompt('two'));
    expect(await second.cancel()).toBe('canceled');
    expect(await first.cancel()).toBe('canceled');
    expect((await client.queue()).running).toEqual([]);
  });

  it('goes on after the connection is lost in the middle of a run', async () => {
    const proxy = await startCuttingProxy(url);
    onTestFinished(() => proxy.close());
    const client = clientOf(proxy.address);
    const job = client.run({ 5: { class_type: 'ConformWait', inputs: { text: 'w', seconds: 1 } }, 6: ui(['5', 0]) });
    await new Promise<void>((resolve) => job.on('node', () => resolve()));
    proxy.cut();
    expect((await job.result()).outputs.texts).toEqual(['w']);
  });

  it('finds a job again by its handle', async () => {
    const job = await clientOf().submit({
      5: { class_type: 'ConformWait', inputs: { text: 'z', seconds: 0.3 } },
      6: ui(['5', 0]),
    });
    const again = clientOf().attach(JSON.parse(JSON.stringify(job.handle())) as ReturnType<Job['handle']>);
    expect((await again.result()).outputs.texts).toEqual(['z']);
  });

  it('asks about the server, its nodes, its queue and its history', async () => {
    const client = clientOf();
    expect(await client.features()).toMatchObject({ supports_preview_metadata: true });
    expect(await client.systemStats()).toHaveProperty('system');
    const info = await client.objectInfo('ConformSeed');
    expect(JSON.stringify(info, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))).toContain(
      '18446744073709551615n',
    );
    expect(await client.queue()).toEqual({ running: [], pending: [] });
    const [last] = (await client.history({ maxItems: 1 })).slice(-1);
    expect(last).toMatchObject({ end: 'succeeded' });
  });
});
