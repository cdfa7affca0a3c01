/** The recorded behaviour of the reference, against a server as a user starts it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../packages/server/test/fixtures/built.ts';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';

const suite = (name: string): string => fileURLToPath(new URL(`suite/${name}`, import.meta.url));

const data = new DataFolder();
let url: string;
beforeAll(async () => {
  ({ url } = await data.start('--pack', 'conformance'));
});
afterAll(() => data.remove());

async function play(script: string, golden: string): Promise<{ code: number | null; failed: string; last: string }> {
  const args = [suite(script), '--url', url, '--check', suite(golden)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = output.trimEnd().split('\n');
  return { code, failed: lines.filter((line) => /^(?:not ok| {4})/.test(line)).join('\n'), last: lines.at(-1)! };
}

// the counts are asserted too: a suite that ran nothing has proved nothing
test('the wire: every scenario gives the transcript of the reference', { timeout: 180_000 }, async () => {
  expect(await play('conform.mjs', 'golden')).toEqual({ code: 0, failed: '', last: '87 passed, 0 failed' });
});

test('the pixels: every image node makes the picture of the reference', { timeout: 120_000 }, async () => {
  expect(await play('pixels.mjs', 'pixels')).toEqual({ code: 0, failed: '', last: '45 passed, 0 failed' });
});
