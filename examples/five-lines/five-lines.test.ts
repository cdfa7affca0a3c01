/** The program as a person starts it. Needs the build. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';

const PROGRAM = fileURLToPath(new URL('five-lines.mjs', import.meta.url));

const data = new DataFolder();
let url: string;
beforeAll(async () => {
  ({ url } = await data.start());
}, 120_000);
afterAll(() => data.remove());

test('five lines set a text, show how the run goes, and store the picture', async () => {
  const program = spawn(process.execPath, [PROGRAM, url], { cwd: data.path, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void program.kill('SIGKILL'));
  const [output, trouble, [code]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close') as Promise<[number | null]>,
  ]);
  // it ends by itself, though it closes nothing
  expect({ trouble, code }).toEqual({ trouble: '', code: 0 });
  const told = output.trimEnd().split('\n');
  expect(told).toEqual(expect.arrayContaining(['queued', 'started', 'output', '100% Save']));
  expect(told.at(-1)).toBe('succeeded');

  const { data: pixels, info } = await sharp(data.file('out.png'))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([640, 360]);
  expect(pixels.subarray(0, 3).toString('hex')).toBe('b75422');
  expect(readFileSync(data.file('out.png'), 'latin1')).toContain('a red fox');
});
