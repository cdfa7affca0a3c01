/** The client in a real browser, against a real server: what only a browser has is used as the browser has it. */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { TestContext } from 'vitest';
import type { Client, createClient as CreateClient, Job, JobEvent } from '@snug/client';
import { startCuttingProxy } from '../../packages/client/test/fake/cutting-proxy.ts';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';
import { launchBrowser } from '../browser/browser.ts';

// in the page
declare const createClient: typeof CreateClient;
declare const comfy: Client;
declare const job: Job;
declare const cut: () => Promise<void>;

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT = { timeout: 60_000 };

const data = new DataFolder();
let url: string;
let browser: Browser | string;
beforeAll(async () => {
  const flags = ['--pack', 'conformance', '--front-end-root', REPOSITORY];
  [{ url }, browser] = await Promise.all([data.start(...flags), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  if (typeof browser !== 'string') await browser?.close();
  await data.remove();
});

/** A page with the client in it; nothing may go wrong there that nobody caught. */
async function openPage(context: TestContext, address = url): Promise<Page> {
  if (typeof browser === 'string') return context.skip(browser);
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  onTestFinished(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });
  await page.goto(`${address}/tests/client-browser/page.html`);
  await page.waitForFunction(() => typeof createClient === 'function');
  return page;
}

const shown = (from: unknown): object => ({ class_type: 'ConformUi', inputs: { text: from } });
const waiting = (text: string, seconds: number): Record<string, object> => ({
  1: { class_type: 'ConformWait', inputs: { text, seconds } },
  2: shown(['1', 0]),
});

describe('the client in a page', () => {
  test('runs a workflow and tells of it in order', LIMIT, async (context) => {
    const page = await openPage(context);
    const prompt = { 1: { class_type: 'ConformProgress', inputs: { text: 'hi', steps: 4 } }, 2: shown(['1', 0]) };
    const { types, shares, texts } = await page.evaluate(async (workflow) => {
      const job = createClient(location.origin).run(workflow, { inputs: { '1.text': 'a red fox' } });
      const shares: number[] = [];
      job.on('progress', ({ share }) => shares.push(share));
      const types: JobEvent['type'][] = [];
      for await (const { type } of job) types.push(type);
      return { types, shares, texts: (await job.result()).outputs.texts };
    }, prompt);
    expect(types.filter((type) => type !== 'queued')[0]).toBe('started');
    expect(types.at(-1)).toBe('succeeded');
    expect(types).toContain('node');
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(texts).toEqual(['a red fox']);
  });

  test('shows previews as blobs that the browser can draw', LIMIT, async (context) => {
    const page = await openPage(context);
    const inputs = { text: 'p', steps: 3, format: 'JPEG', width: 64, height: 32, max_size: 512 };
    const prompt = { 5: { class_type: 'ConformPreview', inputs }, 2: shown(['5', 0]) };
    const drawn = await page.evaluate(async (workflow) => {
      const drawn = [];
      for await (const event of createClient(location.origin).run(workflow)) {
        if (event.type !== 'preview') continue;
        const { width, height } = await createImageBitmap(event.blob);
        drawn.push({ node: event.nodeId, type: event.blob.type, width, height });
      }
      return drawn;
    }, prompt);
    // a page that is slower than the node sees the newest ones
    expect(drawn.length).toBeGreaterThan(0);
    for (const preview of drawn) expect(preview).toEqual({ node: '5', type: 'image/jpeg', width: 512, height: 256 });
  });

  test('cancels what runs, by hand and by a signal', LIMIT, async (context) => {
    const page = await openPage(context);
    const told = await page.evaluate(
      async ([first, second]) => {
        const comfy = createClient(location.origin);
        const begun = (job: ReturnType<typeof comfy.run>): Promise<void> =>
          new Promise((resolve) => job.on('node', () => resolve()));
        const job = comfy.run(first!);
        await begun(job);
        const outcome = await job.cancel();
        const stop = new AbortController();
        const other = comfy.run(second!, { signal: stop.signal });
        await begun(other);
        stop.abort(new Error('enough'));
        const reason = await other.result().catch((error: Error) => error.message);
        while ((await comfy.queue()).running.length) await new Promise((resolve) => setTimeout(resolve, 10));
        return { outcome, end: job.end?.type, reason, otherEnd: other.end?.type };
      },
      [waiting('one', 15), waiting('two', 15)],
    );
    expect(told).toEqual({ outcome: 'canceled', end: 'canceled', reason: 'enough', otherEnd: 'canceled' });
  });

  test('goes on after every connection was cut in the middle of a run', LIMIT, async (context) => {
    const proxy = await startCuttingProxy(url);
    onTestFinished(() => proxy.close());
    const page = await openPage(context, proxy.address);
    await page.exposeFunction('cut', () => proxy.cut());
    const { phases, texts } = await page.evaluate(
      async (workflow) => {
        const comfy = createClient({ url: location.origin, reconnect: { minMs: 20, maxMs: 50 } });
        const phases: string[] = [];
        comfy.connection.on('state', ({ phase }) => phases.push(phase));
        const job = comfy.run(workflow);
        await new Promise<void>((resolve) => job.on('node', () => resolve()));
        await cut();
        return { texts: (await job.result()).outputs.texts, phases };
      },
      waiting('cut', 1),
    );
    expect(texts).toEqual(['cut']);
    expect(phases.filter((phase, at) => phase !== phases[at - 1])).toEqual([
      'connecting',
      'open',
      'reconnecting',
      'open',
    ]);
  });

  test('waits while the browser is offline, and finds the end of its job afterwards', LIMIT, async (context) => {
    const page = await openPage(context);
    await page.evaluate(
      (workflow) => {
        const comfy = createClient(location.origin);
        const job = comfy.run(workflow);
        Object.assign(globalThis, { comfy, job });
        return new Promise<void>((resolve) => job.on('node', () => resolve()));
      },
      waiting('offline', 0.5),
    );
    await page.context().setOffline(true);
    await page.waitForFunction(() => comfy.connection.phase === 'offline');
    await page.context().setOffline(false);
    await page.waitForFunction(() => comfy.connection.phase === 'open');
    const texts = await page.evaluate(async () => (await job.result()).outputs.texts);
    expect(texts).toEqual(['offline']);
  });

  test('uploads what a canvas drew and runs it', LIMIT, async (context) => {
    const page = await openPage(context);
    const prompt = {
      1: { class_type: 'LoadImage', inputs: {} },
      2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
    };
    const { filename, sent, pixel } = await page.evaluate(async (workflow) => {
      const canvas = new OffscreenCanvas(20, 10);
      const pen = canvas.getContext('2d')!;
      pen.fillStyle = '#2288cc';
      pen.fillRect(0, 0, 20, 10);
      const comfy = createClient(location.origin);
      const sent: [number, number][] = [];
      const file = await comfy.upload(await canvas.convertToBlob(), {
        onProgress: ({ sentBytes, totalBytes }) => sent.push([sentBytes, totalBytes ?? 0]),
      });
      const { outputs } = await comfy.generate(workflow, { inputs: { '1.image': file } });
      pen.drawImage(await createImageBitmap(await outputs.images[0]!.blob()), 0, 0);
      return { filename: file.filename, sent, pixel: [...pen.getImageData(5, 5, 1, 1).data] };
    }, prompt);
    expect(filename).toMatch(/^[0-9a-f]{32}\.png$/);
    expect(sent.at(-1)![0]).toBe(sent.at(-1)![1]);
    expect(pixel).toEqual([0x22, 0x88, 0xcc, 255]);
  });

  test('reads its outputs as bytes, as a stream, smaller, and by address', LIMIT, async (context) => {
    const page = await openPage(context);
    const prompt = {
      1: { class_type: 'EmptyImage', inputs: { width: 48, height: 24, batch_size: 1, color: 3_368_601 } },
      2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'page/fox' } },
    };
    const read = await page.evaluate(async (workflow) => {
      const [picture] = (await createClient(location.origin).generate(workflow)).outputs.images;
      if (!picture) throw new Error('no picture');
      const streamed = await new Response(picture.stream()).arrayBuffer();
      const image = Object.assign(new Image(), { src: picture.url() });
      await image.decode();
      return {
        start: [...(await picture.bytes()).subarray(0, 4)],
        isSame: streamed.byteLength === (await picture.bytes()).length,
        smaller: (await picture.blob({ preview: 'webp;50' })).type,
        size: [image.naturalWidth, image.naturalHeight],
      };
    }, prompt);
    expect(read).toEqual({ start: [0x89, 0x50, 0x4e, 0x47], isSame: true, smaller: 'image/webp', size: [48, 24] });
  });

  test('finds its job again after a reload, under the same id', LIMIT, async (context) => {
    const page = await openPage(context);
    const before = await page.evaluate(
      async (workflow) => {
        const comfy = createClient({ url: location.origin, clientId: { persist: 'session' } });
        const job = await comfy.submit(workflow);
        sessionStorage.setItem('job', JSON.stringify(job.handle()));
        return comfy.connection.clientId;
      },
      waiting('reloaded', 0.5),
    );
    await page.reload();
    await page.waitForFunction(() => typeof createClient === 'function');
    const after = await page.evaluate(async () => {
      const comfy = createClient({ url: location.origin, clientId: { persist: 'session' } });
      const job = comfy.attach(JSON.parse(sessionStorage.getItem('job')!) as { id: string; server: string });
      return { texts: (await job.result()).outputs.texts, clientId: comfy.connection.clientId };
    });
    expect(after).toEqual({ texts: ['reloaded'], clientId: before });
  });

  test('converts what a front end saved, with code that is loaded only then', LIMIT, async (context) => {
    const page = await openPage(context);
    const workflow = {
      version: 0.4,
      nodes: [{ id: 7, type: 'ConformUi', mode: 0, order: 0, inputs: [], outputs: [], widgets_values: ['drawn'] }],
      links: [],
    };
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const texts = await page.evaluate(async (workflow) => {
      return (await createClient(location.origin).generate(workflow)).outputs.texts;
    }, workflow);
    expect(texts).toEqual(['drawn']);
    expect(asked).toContain('/packages/graph/dist/index.js');
  });
});
