/** The program against a server, and its types as that server has them now. Needs the build. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodes } from './comfy.gen.ts';
import { paint } from './flag.ts';

const SNUG = fileURLToPath(new URL('../../packages/cli/bin/snug.mjs', import.meta.url));

let folder: string;
let url: string;
let stop: () => Promise<unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-codegen-example-'));
  const args = [SNUG, 'serve', '--skip-warm-up', '--port', '0', '--base-directory', folder];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('close', resolve));
  stop = () => {
    server.kill('SIGTERM');
    return ended;
  };
  for await (const line of createInterface({ input: server.stdout })) {
    url = /^Snug is ready: (\S+)/.exec(line)?.[1] ?? '';
    if (url) break;
  }
  server.stdout.resume();
});
afterAll(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

test('one picture is painted and saved for each colour', async () => {
  const pictures = await paint(url, [0x0055a4, 0xffffff, 0xef4135]);
  const colours = await Promise.all(
    pictures.map(async (bytes) => {
      const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      return `${info.width}x${info.height} ${data.subarray(0, 3).toString('hex')}`;
    }),
  );
  expect(colours).toEqual(['90x60 0055a4', '90x60 ffffff', '90x60 ef4135']);
  expect((await readdir(join(folder, 'output'))).filter((name) => name.startsWith('flag'))).toHaveLength(3);
});

test('the types beside it are those that the server has', async () => {
  const fresh = join(folder, 'comfy.gen.ts');
  const args = [SNUG, 'codegen', '--url', url, '-o', fresh, '--only', Object.keys(nodes).join(',')];
  await promisify(execFile)(process.execPath, args);
  expect(await readFile(fresh, 'utf8')).toBe(await readFile(new URL('comfy.gen.ts', import.meta.url), 'utf8'));
});
