import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFolders, ExtraModelPathsError, loadExtraModelPaths, parseExtraModelPaths } from '../src/files/index.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'snug-folders-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('createFolders', () => {
  test('makes the four folders and one for each kind of model', () => {
    const folders = createFolders({ baseDirectory: base });
    for (const folder of [folders.input, folders.output, folders.temp, folders.user]) {
      expect(statSync(folder).isDirectory()).toBe(true);
    }
    expect(statSync(join(base, 'models', 'checkpoints')).isDirectory()).toBe(true);
    expect(folders.models.get('text_encoders')).toEqual([
      join(base, 'models/text_encoders'),
      join(base, 'models/clip'),
    ]);
    expect(folders.models.has('clip')).toBe(false);
  });

  test('takes a folder from its own option before the base directory', () => {
    const folders = createFolders({
      baseDirectory: base,
      outputDirectory: join(base, 'elsewhere'),
      modelsDirectory: base,
    });
    expect(folders.output).toBe(join(base, 'elsewhere'));
    expect(folders.models.get('loras')).toEqual([join(base, 'loras')]);
  });

  test('puts extra paths behind the stock ones, and those of a default section before them', () => {
    const extraModelPaths = parseExtraModelPaths(
      'late:\n  vae: /late\n  own_kind: /own\nearly:\n  is_default: true\n  vae: /early\n',
      base,
    );
    const { models } = createFolders({ baseDirectory: base, extraModelPaths });
    expect(models.get('vae')).toEqual(['/early', join(base, 'models/vae'), '/late']);
    expect(models.get('own_kind')).toEqual(['/own']);
  });
});

describe('parseExtraModelPaths', () => {
  test('reads the usual shape: comments, quotes, base path, block and list values', () => {
    const text = [
      '# where the other program keeps its models',
      'a111:',
      '    base_path: stable/  # relative to this file',
      '    checkpoints: models/Stable-diffusion',
      '    loras: |',
      '         models/Lora',
      '         # models/Old',
      '         models/LyCORIS  # newer',
      '',
      "    vae: 'models/my vae'",
      '    embeddings:',
      '    - one',
      '    - "two"',
      '    gligen:',
      'comfyui:',
      '    is_default: true',
      '    clip: /abs/clip',
      '    unet: ~/unet',
    ].join('\r\n');
    const [a111, comfyui] = parseExtraModelPaths(text, '/base');
    expect(a111).toMatchObject({ name: 'a111', isDefault: false });
    expect(Object.fromEntries(a111?.paths ?? [])).toEqual({
      checkpoints: ['/base/stable/models/Stable-diffusion'],
      loras: ['/base/stable/models/Lora', '/base/stable/models/LyCORIS'],
      vae: ['/base/stable/models/my vae'],
      embeddings: ['/base/stable/one', '/base/stable/two'],
      gligen: [],
    });
    expect(comfyui).toMatchObject({ name: 'comfyui', isDefault: true });
    expect(Object.fromEntries(comfyui?.paths ?? [])).toEqual({
      text_encoders: ['/abs/clip'],
      diffusion_models: [join(homedir(), 'unet')],
    });
  });

  test.each([
    ['checkpoints: models', 1, 'section'],
    ['a:\n\tvae: x', 2, 'spaces'],
    ['a:\n  vae: [x, y]', 2, 'plain text'],
    ["a:\n  vae: 'x", 2, 'quote'],
    ['a:\n  just text', 2, 'key: value'],
    ['  vae: x', 1, 'section'],
  ])('refuses %j with its line', (text, line, hint) => {
    const caught = catchError(() => parseExtraModelPaths(text, '/base'));
    expect(caught).toBeInstanceOf(ExtraModelPathsError);
    expect(caught).toMatchObject({ code: 'bad_extra_model_paths', line });
    expect((caught as Error).message).toContain(hint);
  });

  test('reads long lines in linear time', () => {
    const started = performance.now();
    catchError(() => parseExtraModelPaths(`a:\n  k${' '.repeat(200_000)}x\n  vae: ${' x'.repeat(100_000)}`, '/base'));
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('loads a file, and names the one it cannot read', () => {
    const file = join(base, 'extra.yaml');
    writeFileSync(file, 'mine:\n  vae: models\n');
    expect(loadExtraModelPaths(file)[0]?.paths.get('vae')).toEqual([join(base, 'models')]);
    expect(() => loadExtraModelPaths(join(base, 'none.yaml'))).toThrow(/none\.yaml/);
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
