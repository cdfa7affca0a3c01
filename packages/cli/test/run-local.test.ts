import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CliProcess, snug } from './cli-process.ts';

let folder: string;
let local: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-local-'));
  local = ['--local', '--pack', 'conformance', '--base-directory', join(folder, 'data')];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const json = (prompt: object): string => JSON.stringify(prompt);
const show = (source: unknown): object => ({ class_type: 'PreviewAny', inputs: { source } });

describe('snug run --local', () => {
  test('runs on a picture beside the workflow, and leaves another one of its name in the input folder', async () => {
    await mkdir(join(folder, 'data', 'input'), { recursive: true });
    await writeFile(join(folder, 'data', 'input', 'raccoon.jpg'), 'another file');
    await copyFile(new URL('../../../examples/raccoon.jpg', import.meta.url), join(folder, 'raccoon.jpg'));
    const prompt = {
      '1': { class_type: 'LoadImage', inputs: { image: 'raccoon.jpg' } },
      '2': {
        class_type: 'ImageScale',
        inputs: { image: ['1', 0], upscale_method: 'area', width: 32, height: 24, crop: 'disabled' },
      },
      '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'small' } },
    };
    await writeFile(join(folder, 'small.json'), json(prompt));
    const { code, out, err } = await snug(['run', 'small.json', ...local], { cwd: folder });
    expect(code, err.join('\n')).toBe(0);
    expect(out).toEqual([join(folder, 'data', 'output', 'small_00001_.png')]);
    expect((await readFile(out[0]!)).subarray(1, 4).toString()).toBe('PNG');
    const inputs = await readdir(join(folder, 'data', 'input'));
    expect(inputs.toSorted()).toEqual(['raccoon (1).jpg', 'raccoon.jpg']);
  });

  test('tells of nodes that others expand into as of those', async () => {
    const prompt = { '1': { class_type: 'ConformExpand', inputs: { text: 'x', count: 3 } }, '2': show(['1', 0]) };
    const { code, out } = await snug(['run', '-', '--json', ...local], { input: json(prompt) });
    const events = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(new Set(events.map(({ node }) => node))).toEqual(new Set(['1', '2', undefined]));
    expect(events.at(-1)).toMatchObject({ event: 'done', texts: [{ node: '2', text: 'x+++' }] });
  });

  test('exits as with a server: 2 refused, 1 failed', async () => {
    const refused = { '1': { class_type: 'ConformPicky', inputs: { text: 'bad' } }, '2': show(['1', 0]) };
    const failed = { '1': { class_type: 'ConformFail', inputs: { text: 'no luck', count: 1 } }, '2': show(['1', 0]) };
    const [no, bad] = await Promise.all([
      snug(['run', '-', ...local], { input: json(refused) }),
      snug(['run', '-', ...local], { input: json(failed) }),
    ]);
    expect(no.code).toBe(2);
    expect(no.err).toContainEqual(expect.stringMatching(/node 1 \(ConformPicky\), input text: .*not good: bad/));
    expect(bad.code).toBe(1);
    expect(bad.err).toContainEqual(expect.stringMatching(/failed at node 1 .*\(ConformFail\): no luck$/));
  });

  test('stops on Ctrl-C even inside a node that holds its thread', async () => {
    const prompt = { '1': { class_type: 'ConformWait', inputs: { text: 'x', seconds: 600 } }, '2': show(['1', 0]) };
    const run = new CliProcess(['run', '-', ...local], { input: json(prompt) });
    await run.line(/1\/2 ConformWait/);
    run.signal('SIGINT');
    const { code, err } = await run.finished;
    expect(code).toBe(130);
    expect(err).toContain('standard input was cancelled.');
  });

  test('keeps what nodes print away from the events', async () => {
    const pack = `export default { name: 'loud', nodes: [{ type: 'Loud', category: 'test', outputNode: true, inputs: {},
      outputs: {}, run() { console.log('printed by a node'); } }] };`;
    await writeFile(join(folder, 'loud.mjs'), pack);
    const args = ['run', '-', '--json', ...local, '--pack', './loud.mjs'];
    const { code, out, err } = await snug(args, {
      cwd: folder,
      input: json({ '1': { class_type: 'Loud', inputs: {} } }),
    });
    expect(code, err.join('\n')).toBe(0);
    expect(out.map((line) => (JSON.parse(line) as { event: string }).event)).toContain('done');
    expect(err).toEqual(['printed by a node']);
  });

  test('names the pack that does not load', async () => {
    await writeFile(join(folder, 'broken.mjs'), 'export default 1;');
    const args = ['nodes', ...local, '--pack', './broken.mjs'];
    const { code, err } = await snug(args, { cwd: folder });
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(/broken\.mjs.*definePack/);
  });
});

describe('snug doctor', () => {
  test('exits 1 with a remedy for what is broken', async () => {
    const other = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = other.address() as AddressInfo;
      await writeFile(join(folder, 'a-file'), '');
      const base = join(folder, 'a-file', 'data');
      const { code, out } = await snug(['doctor', '--port', String(port), '--base-directory', base]);
      expect(code).toBe(1);
      expect(out.filter((line) => line.startsWith('fail'))).toEqual([
        expect.stringContaining(
          'below a file: change its permissions, or choose another with --base-directory',
        ) as string,
        expect.stringContaining(`port ${port} is taken by another program: choose another with --port`) as string,
      ]);
    } finally {
      other.close();
    }
  });
});
