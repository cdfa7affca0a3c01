/** The components in a real browser, in strict mode, against a scripted server. */
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { launchBrowser } from '../browser/browser.ts';
import { createClient } from '../../packages/client/src/create-client.ts';
import { App } from '../../packages/client/test/react/app.tsx';
import type { Scene } from '../../packages/client/test/react/app.tsx';
import { buildPage, openPage } from './test-page.ts';
import type { OpenPage } from './test-page.ts';

let browser: Browser | string;
let code = '';
beforeAll(async () => {
  [browser, code] = await Promise.all([launchBrowser(), buildPage()]);
}, 120_000);
afterAll(async () => {
  if (typeof browser !== 'string') await browser?.close();
});

/** A page, unless there is no browser. */
async function open(context: TestContext, html?: string): Promise<OpenPage> {
  if (typeof browser === 'string') return context.skip(browser);
  return openPage(browser, code, html);
}

const status = async ({ page }: OpenPage, wanted: string): Promise<void> => {
  await page.waitForFunction((text) => document.querySelector('output')?.textContent === text, wanted);
};
const text = async ({ page }: OpenPage, selector: string): Promise<string | null> =>
  page.locator(selector).first().textContent();

/** The server has come so far. */
const serverHas = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('useRun', () => {
  test('runs once for one click, and shows progress and outputs', async (context) => {
    const opened = await open(context);
    const { page, submissions, problems } = opened;
    await page.evaluate(() => window.testPage.show({ kind: 'run', classes: ['Text', 'Save'] }));
    await status(opened, 'idle');
    expect(submissions()).toBe(0);
    await page.click('#run');
    await status(opened, 'succeeded');
    expect(submissions()).toBe(1);
    expect(await text(opened, '#share')).toBe('1');
    expect(await page.locator('li').allTextContents()).toEqual(['of 1']);
    expect(await text(opened, '#images')).toBe('1');
    expect(await text(opened, '#live')).toBe('false');
    await page.click('#run');
    await page.click('#reset');
    await status(opened, 'idle');
    expect(problems).toEqual([]);
  });

  test('does not run twice for a double click, unless it may', async (context) => {
    const opened = await open(context);
    const { page, server, submissions } = opened;
    await page.evaluate(() => window.testPage.show({ kind: 'run', classes: ['Never'] }));
    await page.dblclick('#run');
    await status(opened, 'running');
    await page.click('#run');
    await page.click('#cancel');
    await status(opened, 'canceled');
    expect(submissions()).toBe(1);
    expect(await page.locator('[role=alert]').count()).toBe(0);
    await page.evaluate(() => window.testPage.show({ kind: 'run', classes: ['Never'], options: { overlap: true } }));
    await page.dblclick('#run');
    await serverHas(() => submissions() === 3);
    expect(server.comfy.pending).toHaveLength(1);
  });

  test('runs once when it appears, in strict mode too', async (context) => {
    const opened = await open(context);
    const { page, submissions } = opened;
    await page.evaluate(() =>
      window.testPage.show({ kind: 'run', classes: ['Text'], options: { runOnMount: true, cancelOnUnmount: true } }),
    );
    await status(opened, 'succeeded');
    expect(submissions()).toBe(1);
    expect((await page.evaluate(() => window.testPage.counts())).effects).toBe(2);
  });

  test('shows why a job failed or was refused', async (context) => {
    const opened = await open(context);
    const { page } = opened;
    await page.evaluate(() => window.testPage.show({ kind: 'run', classes: ['Text', 'Fail'] }));
    await page.click('#run');
    await status(opened, 'failed');
    expect(await text(opened, '[role=alert]')).toContain('no luck');
    await page.evaluate(() => window.testPage.show({ kind: 'run', classes: ['Refused'] }));
    await page.click('#run');
    await status(opened, 'rejected');
    expect(await text(opened, '[role=alert]')).toContain('Value not in list');
  });

  test('leaves the job alone when it goes, unless it was asked to cancel it', async (context) => {
    const opened = await open(context);
    const { page, server } = opened;
    await page.evaluate(() => window.testPage.show({ kind: 'run', classes: ['Never'] }));
    await page.click('#run');
    await status(opened, 'running');
    await page.evaluate(() => window.testPage.unmount());
    const id = server.comfy.running!.id;
    // whatever it had sent by now would have arrived first
    await page.evaluate(() => fetch('/api/queue').then((answer) => answer.text()));
    expect(server.comfy.truth.get(id)).toBe('running');
    expect(await page.evaluate(() => window.testPage.counts())).toMatchObject({ live: 1, listened: [] });
    server.comfy.release();
    await serverHas(() => server.comfy.truth.get(id) === 'succeeded');

    await page.evaluate(() =>
      window.testPage.show({ kind: 'run', classes: ['Never'], options: { cancelOnUnmount: true } }),
    );
    await page.click('#run');
    await status(opened, 'running');
    const second = server.comfy.running!.id;
    await page.evaluate(() => window.testPage.show(undefined));
    await serverHas(() => server.comfy.truth.get(second) === 'canceled');
  });

  test('finds its job again after a reload', async (context) => {
    const opened = await open(context);
    const { page, server, submissions } = opened;
    const show = () =>
      page.evaluate(() =>
        window.testPage.show({ kind: 'run', classes: ['Never'], options: { persist: 'x', runOnMount: true } }),
      );
    await show();
    await status(opened, 'running');
    await page.reload();
    await page.waitForFunction(() => 'testPage' in window);
    await show();
    await status(opened, 'running');
    server.comfy.release();
    await status(opened, 'succeeded');
    await page.reload();
    await page.waitForFunction(() => 'testPage' in window);
    await show();
    await status(opened, 'succeeded');
    expect(await page.locator('li').allTextContents()).toEqual(['of 1']);
    expect(submissions()).toBe(1);
    await page.click('#reset');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});

describe('usePreview', () => {
  test('keeps two addresses at most, and none when nobody looks', async (context) => {
    const opened = await open(context);
    const { page, problems } = opened;
    await page.evaluate(() =>
      window.testPage.show({ kind: 'run', classes: Array.from({ length: 30 }, () => 'Preview') }),
    );
    await page.click('#run');
    await status(opened, 'succeeded');
    const counts = await page.evaluate(() => window.testPage.counts());
    expect(counts.made).toBeGreaterThan(2);
    expect(counts.mostUrls).toBeLessThanOrEqual(2);
    expect(counts.urls).toBeLessThanOrEqual(2);
    expect(await page.locator('img').count()).toBe(1);
    await page.evaluate(() => window.testPage.show(undefined));
    await page.waitForFunction(() => window.testPage.counts().urls === 0);
    expect(problems).toEqual([]);
  });

  test('follows one node alone, where it is asked to', async (context) => {
    const opened = await open(context);
    const { page, server } = opened;
    await page.evaluate(() => {
      window.testPage.start('Never', 'Preview', 'Preview', 'Never');
      window.testPage.showJob(1, '2');
    });
    await status(opened, 'running');
    await serverHas(() => server.comfy.running !== undefined);
    await page.waitForFunction(() => Number(document.querySelector('#share')?.textContent) >= 0);
    // the first node waits until somebody lets it go
    while ((await page.locator('img').count()) === 0) server.comfy.release();
    expect(await page.locator('img').getAttribute('alt')).toBe('2');
  });
});

describe('useJob', () => {
  test('follows a job from several places, and one that the server has by its id', async (context) => {
    const opened = await open(context);
    const { page, server } = opened;
    const id = await page.evaluate(() => window.testPage.start('Text', 'Never'));
    await page.evaluate(() => window.testPage.showJob(2));
    await status(opened, 'running');
    expect(await page.locator('output').allTextContents()).toEqual(['running', 'running']);
    // what was told before is told again
    await page.locator('li').nth(1).waitFor();
    expect(await page.locator('li').allTextContents()).toEqual(['of 1', 'of 1']);
    await page.reload();
    await page.waitForFunction(() => 'testPage' in window);
    await page.evaluate((job) => window.testPage.show({ kind: 'job', job }), id);
    await status(opened, 'running');
    await serverHas(() => server.comfy.running !== undefined);
    server.comfy.release();
    await status(opened, 'succeeded');
    await page.evaluate(() => window.testPage.show({ kind: 'job', job: { id: 'x', server: 'http://other' } }));
    await status(opened, 'idle');
  });

  test('nobody reads a job any more when its components are gone', async (context) => {
    const { page } = await open(context);
    await page.evaluate(async () => {
      window.testPage.start('Never');
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let count = 0; count < 10; count++) {
        window.testPage.showJob(2);
        while (window.testPage.counts().readers === 0) await frame();
        if (window.testPage.counts().readers > 1) throw new Error('one reader serves all');
        window.testPage.unmount();
      }
    });
    expect(await page.evaluate(() => window.testPage.counts())).toMatchObject({ readers: 0, listened: [], live: 1 });
  });
});

test('useQueue and useConnection follow the server, and let go of it', async (context) => {
  const opened = await open(context);
  const { page, server } = opened;
  expect(server.upgrades).toHaveLength(0);
  await page.evaluate(() => window.testPage.show({ kind: 'server' }));
  await page.waitForFunction(() => document.querySelector('#queue')?.textContent === '0 0');
  await page.waitForFunction(() => document.querySelector('#phase')?.textContent === 'open');
  await page.evaluate(() => {
    window.testPage.start('Never');
    window.testPage.start('Text');
  });
  await page.waitForFunction(() => document.querySelector('#queue')?.textContent === '1 1');
  server.comfy.release();
  await serverHas(() => server.comfy.running !== undefined);
  while (server.comfy.running) {
    server.comfy.release();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await page.waitForFunction(() => document.querySelector('#queue')?.textContent === '0 0');
  server.cut();
  await page.waitForFunction(() => document.querySelector('#phase')?.textContent !== 'closed');
  await page.evaluate(() => window.testPage.show(undefined));
  await page.waitForFunction(() => window.testPage.counts().listened.length === 0);
});

test('what a server rendered comes to life without a difference, and runs once', async (context) => {
  const client = createClient('http://on-the-server');
  const scene: Scene = { kind: 'run', classes: ['Text'], options: { persist: 'x', runOnMount: true } };
  const opened = await open(context, renderToString(createElement(App, { client, scene })));
  const { page, problems, submissions } = opened;
  expect(await text(opened, 'output')).toBe('idle');
  await page.evaluate((json) => window.testPage.hydrate(JSON.parse(json) as Scene), JSON.stringify(scene));
  await status(opened, 'succeeded');
  expect(submissions()).toBe(1);
  // React tells of differences on the console
  expect(problems).toEqual([]);
});
