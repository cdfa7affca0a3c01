/** Point 6: what went wrong is told where it went wrong. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { drop, run, sharedStudio, workflowFile } from '../studio.ts';
import type { Studio, StudioPage } from '../studio.ts';

let studio: Studio | string;
let opened: StudioPage | undefined;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(of: Studio, prompt: object, first: string): Promise<StudioPage> {
  opened = await of.open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await opened.node('Save').waitFor();
  await drop(opened.page, workflowFile('test.json', prompt));
  await opened.node(first).waitFor();
  return opened;
}

test('a refused prompt marks each widget and slot that is to blame, with the reason', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(
    studio,
    {
      '1': { class_type: 'LoadImage', inputs: { image: 'gone.png' }, _meta: { title: 'Missing' } },
      '2': {
        class_type: 'ImageBlur',
        inputs: { image: ['1', 0], blur_radius: 999, sigma: 1 },
        _meta: { title: 'Too much' },
      },
      '3': { class_type: 'SaveImage', inputs: { filename_prefix: 'x' }, _meta: { title: 'Nothing to save' } },
      '4': { class_type: 'PreviewImage', inputs: { images: ['2', 0] }, _meta: { title: 'Show' } },
    },
    'Missing',
  );
  await run(page);
  const radius = node('Too much').getByLabel(/^blur_radius, /);
  await expect.poll(() => radius.getAttribute('aria-invalid')).toBe('true');
  const reason = await radius.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${reason ?? ''}"]`).textContent()).toMatch(/31|max|bigger|larger/i);
  expect(
    await node('Missing')
      .getByLabel(/^image, Missing/)
      .first()
      .getAttribute('aria-invalid'),
  ).toBe('true');
  expect(await node('Nothing to save').locator('.slot-name[data-problem]').count()).toBe(1);
});

test('a node that failed shows its message, then inputs and stack, and a report to copy', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(
    studio,
    { '1': { class_type: 'FaultThrow', inputs: {}, _meta: { title: 'Thrower' } } },
    'Thrower',
  );
  await run(page);
  await expect.poll(() => node('Thrower').getAttribute('data-state')).toBe('failed');
  await node('Thrower').getByText('on purpose').waitFor();
  await node('Thrower').getByRole('button', { name: 'What happened' }).click();
  const dialog = page.getByRole('dialog', { name: 'FaultThrow failed' });
  expect(await dialog.getByRole('region', { name: 'Stack' }).textContent()).toMatch(/\S/);
  await dialog.getByRole('button', { name: 'Copy report' }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain('FaultThrow');
  expect(report).toContain('on purpose');
});
