/** Point 1: open the address, press Run, see the picture. And what the page may ask for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { run, sharedStudio, strip } from '../studio.ts';
import type { Studio } from '../studio.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

let studio: Studio | string;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);

test('a person opens the address, presses Run, and sees nodes at work and the finished picture', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, problems, hosts, node, panel, close } = await studio.open();
  await node('Sharpen the raccoon').waitFor();
  expect(await page.title()).toBe('Photo · Snug Studio');
  expect(await page.locator('.node').count()).toBe(8);
  expect(await node('Save').locator('img').count()).toBe(0);

  await run(page);
  await page.locator('.node[data-state="running"]').first().waitFor();
  await strip(page, 'running').getByRole('progressbar').waitFor();
  await strip(page, 'succeeded').waitFor();

  const picture = node('Save').locator('img').first();
  await picture.waitFor();
  const size = await picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  });
  expect(size).toEqual([1280, 960]);
  const gallery = await panel('Gallery');
  await gallery.getByRole('button', { name: /^Open photo_/ }).waitFor();

  // the second run is known already, and says so
  await run(page);
  await page.locator('.node[data-state="cached"]').first().waitFor();

  expect(problems).toEqual([]);
  expect([...hosts]).toEqual([new URL(studio.url).host]);
  await close();
});

test('the example is the one of the examples, with its photograph', () => {
  for (const name of ['photo-ui.json', 'raccoon.jpg'])
    expect(
      readFileSync(at(`packages/studio/src/session/example/${name}`)).equals(readFileSync(at(`examples/${name}`))),
    ).toBe(true);
});

const MAX_GZIP_BYTES = 350_000;

test(`scripts and styles have at most ${MAX_GZIP_BYTES} bytes, compressed`, (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const folder = at('packages/studio/dist/page/studio');
  const files = readdirSync(folder).filter((name) => /\.(?:js|css)$/.test(name));
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
  expect(files.length).toBeGreaterThan(2);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
});

test('the policy stops scripts in the page and requests to anybody else', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node, close } = await studio.open();
  await node('Save').waitFor();
  const blocked = await page.evaluate(async () => {
    const directives: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
      directives.push(effectiveDirective),
    );
    const script = document.createElement('script');
    script.textContent = 'globalThis.ran = true';
    document.body.append(script);
    await fetch('http://127.0.0.2:9/').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve));
    return { directives, ran: 'ran' in globalThis };
  });
  expect(blocked).toEqual({ directives: ['script-src-elem', 'connect-src'], ran: false });
  await close();
});
