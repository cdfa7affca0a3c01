import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeNode, FileRefused } from '@snug/node-kit';
import type { Latent, NodeContext, NodeFiles, NodeResult } from '@snug/node-kit';
import { parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { latentFileNodes } from '../src/nodes/latent-file.ts';
import { openSafetensors, writeSafetensors } from '../src/planes/safetensors.ts';
import { call, counting, countingLatent } from './node-call.ts';

let folder: string;
let context: Partial<NodeContext>;
let log: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latent-file-'));
  log = [];
  const files: Partial<NodeFiles> = {
    resolve(name) {
      if (name.includes('..')) throw new FileRefused(name, 'it leaves its folder');
      return join(folder, name);
    },
    list: async (_, extensions) =>
      (await readdir(folder)).filter((name) => extensions?.includes(name.slice(-7))).sort(),
    series: async (prefix) => ({
      subfolder: dirname(prefix),
      next: ({ extension }) => {
        const path = join(folder, `${prefix}_00001_.${extension}`);
        return { filename: path.slice(dirname(path).length + 1), subfolder: dirname(prefix), type: 'output', path };
      },
    }),
    async write(path, bytes) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    },
    read: (path) => readFile(path),
  };
  context = { files: files as NodeFiles, embedMetadata: true, log: (line) => void log.push(line) };
});
afterEach(() => rm(folder, { recursive: true }));

const save = (more: Record<string, unknown> = {}, over: Partial<NodeContext> = {}) =>
  call<NodeResult>(
    latentFileNodes,
    'SaveLatent',
    {
      samples: countingLatent(1, 4, 2, 3),
      filename_prefix: 'latents/one',
      prompt: new Map(),
      extra_pnginfo: null,
      ...more,
    },
    { ...context, ...over },
  );
const load = async (latent: string) =>
  (await call<{ LATENT: Latent }>(latentFileNodes, 'LoadLatent', { latent }, context)).LATENT;
const saved = async () => openSafetensors(await readFile(join(folder, 'latents/one_00001_.latent')));

describe('SaveLatent', () => {
  it('writes a file that LoadLatent reads, and shows where it is', async () => {
    const result = await save();
    expect(result.ui).toEqual({ latents: [{ filename: 'one_00001_.latent', subfolder: 'latents', type: 'output' }] });
    expect(result.outputs).toEqual({ samples: countingLatent(1, 4, 2, 3) });
    expect(await load('latents/one_00001_.latent')).toEqual({ samples: counting(1, 4, 2, 3) });
  });

  it('embeds the prompt and what the client wants, as JSON text', async () => {
    const prompt = parseJson('{"2": {"seed": 5.0}, "1": {}}') as JsonObject;
    await save({ prompt, extra_pnginfo: parseJson('{"workflow": {"nodes": []}}') });
    const { metadata } = await saved();
    expect([...metadata]).toEqual([
      ['prompt', '{"2":{"seed":5.0},"1":{}}'],
      ['workflow', '{"nodes":[]}'],
    ]);
  });

  it('embeds nothing where that is turned off', async () => {
    await save({}, { embedMetadata: false });
    expect((await saved()).metadata.size).toBe(0);
  });

  it('saves without a workflow that is too large, and says so', async () => {
    await save({ extra_pnginfo: new Map([['workflow', 'x'.repeat(2 ** 20)]]) });
    expect((await saved()).metadata.size).toBe(0);
    expect(log).toEqual([expect.stringContaining('too large')]);
  });
});

describe('LoadLatent', () => {
  const node = latentFileNodes.find(({ type }) => type === 'LoadLatent')!;
  const check = (latent: string | undefined) =>
    node.validate!.check({ latent }, { files: context.files!, types: new Map() });

  it('scales files of the older form', async () => {
    await writeFile(join(folder, 'old.latent'), writeSafetensors(new Map([['latent_tensor', counting(1, 1, 1, 2)]])));
    expect((await load('old.latent')).samples.data[1]).toBe(Math.fround(1 / 0.18215));
  });

  it('refuses a tensor that is no latent', async () => {
    await writeFile(join(folder, 'flat.latent'), writeSafetensors(new Map([['latent_tensor', counting(4)]])));
    await expect(load('flat.latent')).rejects.toMatchObject({ code: 'bad_safetensors' });
  });

  it('offers the latents of the input folder', async () => {
    await writeFile(join(folder, 'b.latent'), '');
    await writeFile(join(folder, 'a.png'), '');
    const description = await describeNode(node, 'nodes', { files: context.files! });
    const inputs = description.get('input') as JsonObject;
    expect((inputs.get('required') as JsonObject).get('latent')).toEqual([['b.latent']]);
  });

  it('refuses names of no file when a prompt is submitted', async () => {
    await writeFile(join(folder, 'there.latent'), '');
    await mkdir(join(folder, 'folder.latent'));
    expect(await check('there.latent')).toBe(true);
    expect(await check(undefined)).toBe(true);
    expect(await check('gone.latent')).toBe('Invalid latent file: gone.latent');
    expect(await check('folder.latent')).toBe('Invalid latent file: folder.latent');
    expect(await check('../up.latent')).toBe('Invalid latent file: ../up.latent');
  });

  it('changes its fingerprint with the content of the file', async () => {
    await writeFile(join(folder, 'a.latent'), 'abc');
    const digest = await node.fingerprint!({ latent: 'a.latent' }, { files: context.files! });
    expect(digest).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
