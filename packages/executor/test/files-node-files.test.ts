import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileRefused } from '@snug/node-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFolders, createModelFiles, createNodeFiles } from '../src/files/index.ts';
import type { Folders } from '../src/files/index.ts';
import { expandPrefix, nextCounter } from '../src/files/name-series.ts';
import { placeFile } from '../src/files/place-file.ts';

const NOW = new Date(2026, 2, 4, 5, 6, 7);
let base: string;
let folders: Folders;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'snug-node-files-')));
  folders = createFolders({ baseDirectory: base });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const files = () => createNodeFiles(folders, { now: () => NOW });

describe('expandPrefix', () => {
  test.each([
    ['%year%-%month%-%day%_%hour%%minute%%second%', '2026-03-04_050607'],
    ['%width%x%height%', '20x10'],
    ['%date:yyyy-MM-dd%/%Node.widget%/%batch_num%/100%', '%date:yyyy-MM-dd%/%Node.widget%/%batch_num%/100%'],
    ['%width%height%', '20height%'],
  ])('%j becomes %j', (prefix, expanded) => {
    expect(expandPrefix(prefix, { width: 20, height: 10, now: NOW })).toBe(expanded);
  });
  test('sizes that are not known are 0', () => {
    expect(expandPrefix('%width%', { now: NOW })).toBe('0');
  });
});

describe('nextCounter', () => {
  test.each([
    [[], 1],
    [['a_00001_.png', 'a_00009_.jpg', 'b_00050_.png'], 10],
    [['a_00007.webp'], 8],
    [['a_x_.png', 'a_.png', 'a.png', 'A_00003_.png'], 1],
    [['a_123456_.png'], 123457],
    [['a_b_00004_.png'], 1],
    [['a_99999999999999999999_.png'], 1],
  ])('of %j is %i', (names, counter) => {
    expect(nextCounter(names, 'a')).toBe(counter);
  });
  test('finds names made with %batch_num%, and takes the rest of the prefix literally', () => {
    expect(nextCounter(['a_3_00002_.png'], 'a_%batch_num%')).toBe(3);
    expect(nextCounter(['aXb_00002_.png'], 'a.b')).toBe(1);
  });
});

describe('series', () => {
  test('counts on from the highest number, and on within the batch', async () => {
    writeFileSync(join(folders.output, 'ComfyUI_00004_.png'), '');
    const series = await files().series('ComfyUI');
    expect(series.next({ extension: '.png' })).toEqual({
      filename: 'ComfyUI_00005_.png',
      subfolder: '',
      type: 'output',
    });
    expect(series.next({ extension: 'json', closing: '' }).filename).toBe('ComfyUI_00006.json');
  });

  test('makes the subfolder and gives the path, which is not sent to clients', async () => {
    const series = await files().series('shots/%year%/x_%width%x%height%', { width: 20, height: 10 });
    const next = series.next({ extension: '.png' });
    expect(next.path).toBe(join(folders.output, 'shots/2026/x_20x10_00001_.png'));
    expect(next).toEqual({ filename: 'x_20x10_00001_.png', subfolder: 'shots/2026', type: 'output' });
    expect(JSON.stringify(next)).not.toContain('path');
    expect(readdirSync(join(folders.output, 'shots/2026'))).toEqual([]);
  });

  test('two series of one prefix never hand out the same name, before anything is written', async () => {
    const series = await Promise.all([files().series('p'), files().series('p'), createNodeFiles(folders).series('p')]);
    const names = series.flatMap((one) => [1, 2, 3].map(() => one.next({ extension: '.png' }).filename));
    expect(new Set(names).size).toBe(9);
  });

  test('never overwrites what a prefix with %batch_num% or a slash at its end has made', async () => {
    for (const prefix of ['b_%batch_num%', 'dir/']) {
      const first = (await files().series(prefix)).next({ extension: '.png', batchNumber: 4 });
      writeFileSync(first.path, '');
      const second = (await files().series(prefix)).next({ extension: '.png', batchNumber: 4 });
      expect(second.path).not.toBe(first.path);
    }
    expect(readdirSync(folders.output).sort()).toEqual(['b_4_00001_.png', 'dir_00001_.png']);
  });

  test('reads the folder once for a whole batch', async () => {
    const series = await files().series('once');
    writeFileSync(join(folders.output, 'once_00500_.png'), '');
    const names = Array.from({ length: 100 }, () => series.next({ extension: '.png' }).filename);
    expect(names.at(-1)).toBe('once_00100_.png');
  });

  test.each(['../escape', '/abs', 'a/../../b', 'a\\b', 'a\0b', 'C:x', '..', 'x'.repeat(300)])(
    'refuses the prefix %j with the text of the reference, and makes nothing',
    async (prefix) => {
      const refused = await files()
        .series(prefix)
        .catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(FileRefused);
      expect((refused as FileRefused).message).toMatch(
        /^\*\*\*\* ERROR: Saving image outside the output folder is not allowed\./,
      );
      expect((refused as FileRefused).input).toBe(prefix);
      expect((refused as FileRefused).message).not.toContain(base);
      expect(readdirSync(folders.output)).toEqual([]);
    },
  );

  test('refuses a folder that is a link out of the root, and makes nothing there', async () => {
    mkdirSync(join(base, 'outside'));
    symlinkSync(join(base, 'outside'), join(folders.output, 'link'));
    await expect(files().series('link/deep/x')).rejects.toThrow(FileRefused);
    expect(readdirSync(join(base, 'outside'))).toEqual([]);
  });

  test('refuses an extension with a path in it, and a name that grows too long', async () => {
    const series = await files().series('x'.repeat(250));
    expect(() => series.next({ extension: '/../x' })).toThrow(FileRefused);
    expect(() => series.next({ extension: '.png' })).toThrow(FileRefused);
  });
});

describe('files of nodes', () => {
  test('resolves names in their folder and refuses those that leave it', () => {
    expect(files().resolve('a/b.png')).toBe(join(folders.input, 'a/b.png'));
    expect(files().resolve('b.png [output]')).toBe(join(folders.output, 'b.png'));
    expect(files().resolve('b.png', 'temp')).toBe(join(folders.temp, 'b.png'));
    for (const name of ['../user/x', '', '.', ' [input]', '/etc/passwd']) {
      expect(() => files().resolve(name)).toThrow(FileRefused);
    }
    expect(() => files().resolve("it's/../../x")).toThrow(`Invalid file path: "it's/../../x"`);
  });

  test('writes whole files, and only inside', async () => {
    const path = join(folders.output, 'new/deep/a.bin');
    await files().write(path, Buffer.from('one'));
    await files().write(path, Buffer.from('two'));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(join(folders.output, 'new/deep'))).toEqual(['a.bin']);
    for (const outside of [
      join(base, 'x'),
      join(folders.user, 'x'),
      folders.output,
      'relative',
      `${folders.output}/../x`,
    ]) {
      await expect(files().write(outside, Buffer.from('x'))).rejects.toThrow(FileRefused);
    }
  });

  test('replaces a link instead of writing through it', async () => {
    writeFileSync(join(base, 'canary'), 'alive');
    symlinkSync(join(base, 'canary'), join(folders.output, 'a.txt'));
    await files().write(join(folders.output, 'a.txt'), Buffer.from('x'));
    expect(readFileSync(join(base, 'canary'), 'utf8')).toBe('alive');
  });

  test('a write that fails leaves no file behind', async () => {
    mkdirSync(join(folders.output, 'taken'));
    await expect(files().write(join(folders.output, 'taken'), Buffer.from('x'))).rejects.toThrow(
      /EISDIR|EEXIST|ENOTEMPTY|EPERM/,
    );
    expect(readdirSync(folders.output)).toEqual(['taken']);
  });

  test('reads files inside, and no others', async () => {
    writeFileSync(join(folders.input, 'a'), 'hello');
    writeFileSync(join(base, 'secret'), 'secret');
    symlinkSync(join(base, 'secret'), join(folders.input, 'link'));
    expect(Buffer.from(await files().read(join(folders.input, 'a'))).toString()).toBe('hello');
    for (const path of [join(base, 'secret'), join(folders.input, 'link'), folders.input]) {
      await expect(files().read(path)).rejects.toThrow(FileRefused);
    }
  });

  test('lists the files directly in a folder, by code point, without links that lead out', async () => {
    for (const name of ['b.PNG', 'a.png', 'é.png', '\uff01.png', '😀.png', 'c.txt', '.snug-x.part']) {
      writeFileSync(join(folders.input, name), '');
    }
    mkdirSync(join(folders.input, 'sub.png'));
    writeFileSync(join(base, 'secret.png'), '');
    symlinkSync(join(base, 'secret.png'), join(folders.input, 'out.png'));
    symlinkSync('a.png', join(folders.input, 'same.png'));
    expect(await files().list('input', ['.png'])).toEqual([
      'a.png',
      'b.PNG',
      'same.png',
      'é.png',
      '\uff01.png',
      '😀.png',
    ]);
    expect(await files().list('input')).toContain('c.txt');
  });
});

describe('models', () => {
  test('lists files with their folders, first root first, and resolves them', async () => {
    const loras = join(base, 'models/loras');
    mkdirSync(join(loras, 'style/deep'), { recursive: true });
    for (const name of ['b.safetensors', 'style/deep/a.ckpt', 'notes.txt']) writeFileSync(join(loras, name), '');
    expect(await files().listModels('loras')).toEqual(['b.safetensors', 'style/deep/a.ckpt']);
    expect(await files().resolveModel('loras', 'style/deep/a.ckpt')).toBe(join(loras, 'style/deep/a.ckpt'));
    expect(await files().resolveModel('loras', '../loras/b.safetensors')).toBeUndefined();
    expect(await files().resolveModel('loras', 'style')).toBeUndefined();
    expect(await files().resolveModel('no-kind', 'b.safetensors')).toBeUndefined();
    expect(await files().listModels('__proto__')).toEqual([]);
  });

  test('finds models of an older kind by its newer name and the other way round', async () => {
    mkdirSync(join(base, 'models/clip'));
    writeFileSync(join(base, 'models/clip/t5.safetensors'), '');
    expect(await files().listModels('text_encoders')).toEqual(['t5.safetensors']);
    expect(await files().listModels('clip')).toEqual(['t5.safetensors']);
    expect(await files().resolveModel('clip', 't5.safetensors')).toBe(join(base, 'models/clip/t5.safetensors'));
  });

  test('sees new files in folders whose list it kept', async () => {
    const vae = join(base, 'models/vae');
    writeFileSync(join(vae, 'one.pt'), '');
    const old = new Date(Date.now() - 60_000);
    utimesSync(vae, old, old);
    const models = createModelFiles(folders);
    const first = await models.list('vae');
    expect(await models.list('vae')).toBe(first);
    writeFileSync(join(vae, 'two.pt'), '');
    expect((await models.list('vae')).map(({ name }) => name)).toEqual(['one.pt', 'two.pt']);
  });

  test('follows links between model folders, round in circles only once, and never out', async () => {
    const [loras, vae] = [join(base, 'models/loras'), join(base, 'models/vae')];
    writeFileSync(join(vae, 'v.pt'), '');
    writeFileSync(join(base, 'secret.pt'), '');
    symlinkSync(join(vae, 'v.pt'), join(loras, 'v-link.pt'));
    symlinkSync(loras, join(loras, 'circle'));
    symlinkSync(join(base, 'secret.pt'), join(loras, 'secret.pt'));
    expect(await files().listModels('loras')).toEqual(['v-link.pt']);
    expect(await files().resolveModel('loras', 'v-link.pt')).toBe(join(vae, 'v.pt'));
    expect(await files().resolveModel('loras', 'secret.pt')).toBeUndefined();
  });

  test('diffusers are folders with an index', async () => {
    const model = join(base, 'models/diffusers/one/two');
    mkdirSync(model, { recursive: true });
    writeFileSync(join(model, 'model_index.json'), '{}');
    expect(await files().listModels('diffusers')).toEqual(['one/two']);
    expect(await files().resolveModel('diffusers', 'one/two')).toBe(model);
  });
});

describe('placeFile', () => {
  test('takes a free name, leaves a taken one, replaces when told', async () => {
    const at = (name: string) => join(folders.temp, name);
    for (const name of ['one', 'two', 'three']) writeFileSync(at(name), name);
    expect(await placeFile(at('one'), at('place'), { replace: false })).toBe('placed');
    expect(await placeFile(at('two'), at('place'), { replace: false })).toBe('taken');
    expect(readFileSync(at('place'), 'utf8')).toBe('one');
    expect(await placeFile(at('three'), at('place'), { replace: true })).toBe('placed');
    expect(readFileSync(at('place'), 'utf8')).toBe('three');
    expect(readdirSync(folders.temp).sort()).toEqual(['place', 'two']);
  });

  test('of many at once one gets the name', async () => {
    const names = Array.from({ length: 20 }, (_, index) => join(folders.temp, `file-${index}`));
    for (const name of names) writeFileSync(name, name);
    const placed = await Promise.all(
      names.map((name) => placeFile(name, join(folders.temp, 'place'), { replace: false })),
    );
    expect(placed.filter((result) => result === 'placed')).toHaveLength(1);
  });
});
