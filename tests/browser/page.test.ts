/** A page in a real browser does what a person sees: runs a workflow, shows it live, shows the picture. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataFolder, faultPackFile } from '../../packages/server/test/fixtures/snug-process.ts';
import { call } from '../../packages/server/test/fixtures/wire-client.ts';
import { launchBrowser } from './browser.ts';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A small front end</title>
<button disabled>Run</button>
<output>waiting</output>
<progress max="1" value="0"></progress>
<img id="preview" alt="preview" hidden>
<img id="result" alt="result" hidden>
<script type="module">
const [button, output, progress] = ['button', 'output', 'progress'].map((name) => document.querySelector(name));
const show = (id, src) => Object.assign(document.getElementById(id), { src, hidden: false });
const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws');
socket.binaryType = 'arraybuffer';
let clientId;
const graph = {
  1: { class_type: 'Previews', inputs: { count: 6, side: 48 } },
  2: { class_type: 'EmptyImage', inputs: { width: 40, height: 20, batch_size: 1, color: 0x2288cc } },
  3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'seen' } },
};
socket.onopen = () => socket.send('{"type":"feature_flags","data":{"supports_preview_metadata":true}}');
socket.onmessage = ({ data }) => {
  if (data instanceof ArrayBuffer) {
    const view = new DataView(data);
    const end = 8 + view.getUint32(4);
    const { node_id: node, image_type: type } = JSON.parse(new TextDecoder().decode(data.slice(8, end)));
    if (view.getUint32(0) === 4 && node === '1') show('preview', URL.createObjectURL(new Blob([data.slice(end)], { type })));
    return;
  }
  const message = JSON.parse(data);
  if (message.type === 'feature_flags') button.disabled = false;
  if (message.type === 'status') clientId ??= message.data.sid;
  if (message.type === 'progress_state') {
    const nodes = Object.values(message.data.nodes);
    progress.value = nodes.filter(({ state }) => state === 'finished').length / 3;
  }
  if (message.type === 'executed' && message.data.output?.images)
    show('result', '/view?' + new URLSearchParams(message.data.output.images[0]));
  if (message.type === 'executing' && message.data.node === null) output.textContent = 'done';
};
button.onclick = async () => {
  output.textContent = 'running';
  const answer = await fetch('/api/prompt', { method: 'POST', body: JSON.stringify({ prompt: graph, client_id: clientId }) });
  if (!answer.ok) output.textContent = await answer.text();
};
</script>
`;

const data = new DataFolder();
let url: string;
let stranger: Server;
let browser: Browser | string;
beforeAll(async () => {
  const folder = data.file('front');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.html'), PAGE);
  stranger = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Another site</title>');
  }).listen(0, '127.0.0.1');
  [{ url }, browser] = await Promise.all([
    data.start('--front-end-root', folder, '--pack', faultPackFile),
    launchBrowser(),
  ]);
}, 120_000);
afterAll(async () => {
  stranger.close();
  if (typeof browser !== 'string') await browser?.close();
  await data.remove();
});

test(
  'a person presses Run and sees progress, a preview and the finished picture',
  { timeout: 60_000 },
  async (context) => {
    if (typeof browser === 'string') return context.skip(browser);
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(url);
    expect(await page.title()).toBe('A small front end');
    expect(await page.getByRole('status').textContent()).toBe('waiting');
    expect(await page.getByRole('img').count()).toBe(0);

    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('done').waitFor();

    const sizeOf = async (name: string): Promise<number[]> => {
      const image = page.getByRole('img', { name });
      await image.waitFor();
      return image.evaluate(async (element: HTMLImageElement) => {
        await element.decode();
        return [element.naturalWidth, element.naturalHeight];
      });
    };
    expect(await sizeOf('preview')).toEqual([48, 48]);
    expect(await sizeOf('result')).toEqual([40, 20]);
    expect(await page.getByRole('progressbar').evaluate((bar: HTMLProgressElement) => bar.value)).toBe(1);
    const colour = await page.getByRole('img', { name: 'result' }).evaluate((image: HTMLImageElement) => {
      const canvas = document.createElement('canvas').getContext('2d')!;
      canvas.drawImage(image, 0, 0);
      return [...canvas.getImageData(5, 5, 1, 1).data];
    });
    expect(colour).toEqual([0x22, 0x88, 0xcc, 255]);
    // a browser asks for an icon of its own accord
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
    await page.close();
  },
);

test('A1, A4, A5: a page of another origin cannot queue a prompt, read anything, or open a socket', async (context) => {
  if (typeof browser === 'string') return context.skip(browser);
  const { port } = stranger.address() as AddressInfo;
  const before = (await call(`${url}/history`)).text;
  for (const host of ['127.0.0.1', 'localhost']) {
    const page = await browser.newPage();
    await page.goto(`http://${host}:${port}/`);
    expect(await page.title()).toBe('Another site');
    const got = await page.evaluate(async (base) => {
      const body = JSON.stringify({ prompt: { 1: { class_type: 'Echo', inputs: { text: 'from another site' } } } });
      const attempt = (init?: RequestInit, path = '/prompt'): Promise<string> =>
        fetch(base + path, init).then(
          (response) => response.type,
          (error: Error) => error.name,
        );
      const socket = new Promise((resolve) => {
        const opening = new WebSocket(`${base.replace('http', 'ws')}/ws`);
        opening.addEventListener('open', () => resolve('open'));
        opening.addEventListener('error', () => resolve('refused'));
      });
      return {
        simple: await attempt({ method: 'POST', mode: 'no-cors', body }),
        preflight: await attempt({ method: 'POST', headers: { 'content-type': 'application/json' }, body }),
        history: await attempt({}, '/history'),
        socket: await socket,
      };
    }, url);
    // the browser sends the first one and shows nobody the answer; the server has to refuse it
    expect(got).toEqual({ simple: 'opaque', preflight: 'TypeError', history: 'TypeError', socket: 'refused' });
    await page.close();
  }
  expect((await call(`${url}/prompt`)).text).toContain('"queue_remaining":0');
  expect((await call(`${url}/history`)).text).toBe(before);
});
