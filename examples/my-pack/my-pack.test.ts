/** Nodes tested one at a time, without a server. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImage, Interrupted } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { folderFiles, runNode } from '@snug/node-kit/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deepVignette, savePalette, vignette } from './my-pack.ts';

const white = (batch = 1, height = 5, width = 5, channels = 3): Image => {
  const image = createImage(batch, height, width, channels);
  image.data.fill(1);
  return image;
};

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'my-pack-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The first channel at a place. */
const at = ({ data, width, channels }: Image, x: number, y: number): number => data[(y * width + x) * channels]!;

describe('MyVignette', () => {
  test('leaves the middle as it is and darkens the corners', async () => {
    const { outputs } = await runNode(vignette, { image: white(), strength: 1, shape: 'round' });
    expect(at(outputs.image, 2, 2)).toBe(1);
    expect(at(outputs.image, 0, 0)).toBeLessThan(at(outputs.image, 2, 0));
    expect(at(outputs.image, 2, 0)).toBeLessThan(1);
  });

  test('in its square shape darkens all edges alike', async () => {
    const { outputs } = await runNode(vignette, { image: white(), strength: 1, shape: 'square' });
    expect(at(outputs.image, 0, 0)).toBe(at(outputs.image, 2, 0));
  });

  test('never changes what it was given, nor transparency', async () => {
    const image = white(1, 4, 4, 4);
    const { outputs } = await runNode(vignette, { image, strength: 1, shape: 'round' });
    expect(image.data).toEqual(white(1, 4, 4, 4).data);
    expect(outputs.image.data[3]).toBe(1);
    expect(outputs.image.data[0]).toBeLessThan(1);
  });

  test('reports each image of a batch with a preview of it', async () => {
    const { progress } = await runNode(vignette, { image: white(3), strength: 0.5, shape: 'round' });
    expect(progress.map(({ value, max }) => [value, max])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(progress[0]?.preview?.image).toMatchObject({ batch: 1, width: 5, height: 5 });
  });

  test('stops when the prompt is interrupted', async () => {
    const inputs = { image: white(), strength: 1, shape: 'round' } as const;
    await expect(runNode(vignette, inputs, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted);
  });
});

describe('MySavePalette', () => {
  test('writes the colours of the stripes and shows them', async () => {
    const folder = await scratchFolder();
    const image = createImage(1, 1, 2, 3);
    image.data.set([1, 0, 0, 0, 0.5, 1]);
    const inputs = { image, colours: 2, filename_prefix: 'palettes/test', title: 'Two colours' };
    const { outputs, ui } = await runNode(savePalette, inputs, { files: folder });
    expect(outputs.count).toBe(2);
    expect(ui).toEqual({
      text: ['#ff0000', '#0080ff'],
      files: [{ filename: 'test_00001_.gpl', subfolder: 'palettes', type: 'output' }],
    });
    expect(await readFile(join(folder, 'output', 'palettes', 'test_00001_.gpl'), 'utf8')).toBe(
      'GIMP Palette\nName: Two colours\nColumns: 0\n#\n255 0 0 #ff0000\n0 128 255 #0080ff\n',
    );
  });

  test('finds no more colours than the image has columns', async () => {
    const folder = await scratchFolder();
    const inputs = { image: white(1, 1, 3), colours: 64, filename_prefix: 'x' };
    expect((await runNode(savePalette, inputs, { files: folder })).outputs.count).toBe(3);
  });

  test('refuses a title of two lines before anything runs', async () => {
    const context = { files: folderFiles(await scratchFolder()), types: new Map() };
    expect(await savePalette.validate?.check({ title: 'a\nb' }, context)).toBe('The title must be one line.');
    expect(await savePalette.validate?.check({ title: 'a' }, context)).toBe(true);
  });
});

describe('MyDeepVignette', () => {
  test('expands into a chain of vignettes', async () => {
    const image = white();
    const { expansion, links } = await runNode(deepVignette, { image, fallback: undefined, times: 3 });
    const nodes = [...expansion!.entries()];
    expect(nodes.map(([id, { classType }]) => [id, classType])).toEqual([
      ['1.0.0.1', 'MyVignette'],
      ['1.0.0.2', 'MyVignette'],
      ['1.0.0.3', 'MyVignette'],
    ]);
    expect(nodes[0]?.[1].inputs.get('image')).toBe(image);
    expect(nodes[2]?.[1].inputs.get('image')).toEqual({ node: '1.0.0.2', slot: 0 });
    expect(links.get('image')).toEqual({ node: '1.0.0.3', slot: 0 });
  });

  test('asks only for the input that it will use', async () => {
    const context = { files: folderFiles(await scratchFolder()) };
    const asked = async (times: number): Promise<readonly string[] | undefined> =>
      deepVignette.needs?.({ image: undefined, fallback: undefined, times }, context);
    expect([await asked(0), await asked(2)]).toEqual([['fallback'], ['image']]);
  });

  test('passes the fallback on when there is nothing to do', async () => {
    const fallback = white();
    const { outputs, expansion } = await runNode(deepVignette, { image: undefined, fallback, times: 0 });
    expect(outputs.image).toBe(fallback);
    expect(expansion).toBeUndefined();
  });
});
