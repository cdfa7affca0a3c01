/** `snug codegen` as people start it. Needs the build. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { snug, startServer } from './cli-process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-codegen-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A server that gives one answer to everything. */
async function answering(body: string, status = 200): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim());
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('a server and the packs of this process give the same file; the second time nothing is written', async () => {
  const server = await startServer(join(folder, 'server'));
  const [remote, local] = [join(folder, 'remote.gen.ts'), join(folder, 'local.gen.ts')];
  try {
    const first = await snug(['codegen', '--url', server.url, '-o', remote, '--filter', 'image/batch,utilities']);
    expect(first).toMatchObject({ code: 0, out: [] });
    expect(first.err).toEqual([expect.stringMatching(/remote\.gen\.ts: \d+ nodes$/)]);
    const again = await snug([
      'codegen',
      `--url=${server.url}`,
      '--out',
      remote,
      '--filter',
      'utilities/',
      '--filter',
      'image/batch',
    ]);
    expect(again.err).toEqual([`${first.err[0]}, nothing new`]);
  } finally {
    await server.stop();
  }
  const base = ['--base-directory', join(folder, 'local')];
  expect((await snug(['codegen', '--local', ...base, '-o', local, '--filter', 'image/batch,utilities'])).code).toBe(0);
  expect(await readFile(local, 'utf8')).toBe(await readFile(remote, 'utf8'));
});

test('without a file it is printed, and only what was named', async () => {
  const base = ['--base-directory', join(folder, 'local')];
  const { code, out, err } = await snug(['codegen', '--local', ...base, '--only', 'LoadImage,PreviewImage']);
  expect([code, err]).toEqual([0, []]);
  expect(out.filter((line) => /^ {2}\w+: \{/.test(line))).toEqual([
    '  LoadImage: {',
    '  PreviewImage: {',
    "  LoadImage: { outputs: ['IMAGE', 'MASK'] },",
    "  PreviewImage: { outputs: ['images'] },",
  ]);
});

test('what a stock server writes is read: infinite limits, seeds of 64 bits, a sub-path with a password', async () => {
  const { url, asked } = await answering(
    '{"N": {"input": {"required": {"seed": ["INT", {"max": 18446744073709551615}], "f": ["FLOAT", {"max": Infinity}]}}}}',
  );
  const { code, out } = await snug(['codegen', '--url', `http://ada:secret@${url}/comfy/`]);
  expect(code).toBe(0);
  expect(out).toContain("      seed: Int64 | Link<'INT'>;");
  expect(out).toContain("      f: number | Link<'FLOAT'>;");
  expect(asked).toEqual(['/comfy/object_info Basic YWRhOnNlY3JldA==']);
});

test('what went wrong is said in a sentence, and nothing is written', async () => {
  const file = join(folder, 'never.gen.ts');
  const page = await answering('<html>log in</html>', 401);
  const wrong = await snug(['codegen', '--url', page.url, '-o', file]);
  expect(wrong).toMatchObject({ code: 1, out: [] });
  expect(wrong.err).toEqual([`http://${page.url} answers (401), but not as a ComfyUI server does: check --url.`]);
  const absent = await answering('{"A": {"category": "x"}}');
  const unknown = await snug(['codegen', '--url', absent.url, '--only', 'B', '--filter', 'y', '-o', file]);
  expect(unknown).toMatchObject({ code: 1, err: ['There is no B, no y/: `snug nodes` lists classes and categories.'] });
  const away = await snug(['codegen', '--url', 'http://127.0.0.1:1', '-o', file]);
  expect(away).toMatchObject({ code: 1 });
  expect(away.err[0]).toMatch(/^No server answers at http:\/\/127\.0\.0\.1:1 \(.*\): check --url, or add --local\.$/);
  const lost = await snug(['codegen', 'file.json']);
  expect(lost).toMatchObject({ code: 2, err: ['file.json is not known here: see `snug codegen --help`.'] });
  const nowhere = await snug(['codegen', '--url', absent.url, '-o', join(folder, 'no', 'such', 'folder.ts')]);
  expect(nowhere.code).toBe(2);
  expect(nowhere.err.join('\n')).toMatch(/^ENOENT: .*folder\.ts/);
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('its help names its flags', async () => {
  const { code, out } = await snug(['codegen', '--help']);
  expect(code).toBe(0);
  for (const flag of ['-o FILE', '--only', '--filter', '--url', '--local']) expect(out.join('\n')).toContain(flag);
  expect((await snug(['help'])).out.join('\n')).toContain('snug codegen');
});
