import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  isWithin,
  parseAnnotatedName,
  pathProblem,
  realInside,
  realInsideSync,
  resolveInside,
} from '../src/files/index.ts';

describe('resolveInside', () => {
  test.each([
    [['a.png'], '/root/a.png'],
    [['sub/deep', 'a.png'], '/root/sub/deep/a.png'],
    [['', 'a.png'], '/root/a.png'],
    [['./a//b/'], '/root/a/b'],
    [['..a', 'b..', '...'], '/root/..a/b../...'],
    [['%2e%2e'], '/root/%2e%2e'],
    [['~', 'naïve 😀 [1].png'], '/root/~/naïve 😀 [1].png'],
    [[''], '/root'],
  ])('joins %j', (parts, path) => {
    expect(resolveInside('/root', ...parts)).toEqual({ kind: 'inside', path });
  });

  test('refuses parts that are long together', () => {
    const part = 'x'.repeat(200);
    expect(resolveInside('/root', ...Array.from({ length: 20 }, () => part)).kind).toBe('refused');
  });

  test('never leaves its root, whatever the text', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('..', '.', '/', '\\', '\0', 'C:', 'a'));
    const parts = fc.array(fc.array(name).map((names) => names.join('/')));
    fc.assert(
      fc.property(parts, (given) => {
        const found = resolveInside('/root/of', ...given);
        expect(found.kind === 'refused' || isWithin('/root/of', found.path)).toBe(true);
      }),
      { seed: 20, numRuns: 2000 },
    );
  });
});

describe('pathProblem', () => {
  test.each([
    ['a\0b', 'control'],
    ['a\nb', 'control'],
    ['a\u0085', 'control'],
    ['a\\b', 'backslash'],
    ['\\\\server\\share', 'backslash'],
    ['//server/share', 'absolute'],
    ['/etc/passwd', 'absolute'],
    ['C:', 'drive'],
    ['c:/x', 'drive'],
    ['..', 'parent'],
    ['a/../b', 'parent'],
    [`a/${'é'.repeat(128)}`, '255'],
    ['a/'.repeat(2000), '3000'],
    ['\ud800', 'well-formed'],
  ])('refuses %j everywhere', (path, hint) => {
    expect(pathProblem(path, 'linux')).toContain(hint);
    expect(pathProblem(path, 'win32')).toContain(hint);
  });

  test.each([
    'con',
    'NUL.txt',
    'com1',
    'Lpt9.a.b',
    'COM¹',
    'a.',
    'a ',
    'a/b. /c',
    'file:stream',
    'a*',
    'aux/b',
    'CONIN$',
  ])('refuses %j on Windows only', (path) => {
    expect(pathProblem(path, 'win32')).toBeTypeOf('string');
    expect(pathProblem(path, 'linux')).toBeUndefined();
  });

  test.each(['console', 'com10', 'null', 'a.b', '.hidden', './a'])('lets %j through on Windows', (path) => {
    expect(pathProblem(path, 'win32')).toBeUndefined();
  });
});

describe('realInside', () => {
  let base: string;
  let root: string;
  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'snug-real-')));
    root = join(base, 'root');
    mkdirSync(join(root, 'sub'), { recursive: true });
    mkdirSync(join(base, 'root-neighbour'));
    writeFileSync(join(base, 'secret'), 'secret');
    writeFileSync(join(root, 'a'), 'a');
    symlinkSync(base, join(root, 'out'));
    symlinkSync('../secret', join(root, 'secret-link'));
    symlinkSync(join(base, 'nothing'), join(root, 'dangling'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('sub', join(root, 'sub-link'));
    symlinkSync('root', join(base, 'root-link'));
    symlinkSync('../root-neighbour', join(root, 'neighbour'));
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  const both = async (roots: string | string[], path: string) => {
    const found = await realInside(roots, path);
    expect(realInsideSync(roots, path)).toEqual(found);
    return found;
  };

  test.each([
    ['a', 'a'],
    ['sub-link', 'sub'],
    ['sub-link/new/deep', 'sub/new/deep'],
    ['a/below-a-file', 'a/below-a-file'],
    ['', ''],
  ])('follows %j to %j', async (path, real) => {
    expect(await both(root, join(root, path))).toEqual({ kind: 'inside', path: join(root, real) });
  });

  test.each(['out', 'out/secret', 'out/none', 'secret-link', 'dangling', 'dangling/x', 'loop', 'loop/x', 'neighbour'])(
    'refuses %j',
    async (path) => {
      expect((await both(root, join(root, path))).kind).toBe('refused');
    },
  );

  test('says the same of what exists outside and of what does not', async () => {
    expect(await both(root, join(root, 'out/secret'))).toEqual(await both(root, join(root, 'out/none')));
  });

  test('takes a root that is itself a link, and links into another allowed root', async () => {
    const link = join(base, 'root-link');
    expect(await both(link, join(link, 'a'))).toEqual({ kind: 'inside', path: join(root, 'a') });
    expect((await both([root, join(base, 'root-neighbour')], join(root, 'neighbour'))).kind).toBe('inside');
    expect((await both(join(base, 'no-root'), join(base, 'no-root', 'a'))).kind).toBe('refused');
  });
});

test.each([
  ['photo.png', 'photo.png', undefined],
  ['photo.png [output]', 'photo.png', 'output'],
  ['a [input] [temp]', 'a [input]', 'temp'],
  ['photo.png[output]', 'photo.png[output]', undefined],
  ['photo.png [models]', 'photo.png [models]', undefined],
  [' [input]', '', 'input'],
])('reads the annotated name %j', (text, name, folder) => {
  expect(parseAnnotatedName(text)).toEqual({ name, folder });
});
