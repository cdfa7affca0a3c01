import { afterAll, describe, expect, it } from 'vitest';
import { copyOfRepository, temporaryTree } from './temporary-tree.ts';

const copy = copyOfRepository();
afterAll(() => copy.remove());

/** What breaks the layers: each in a file of its own, so that one look at the repository finds them all. */
const PLANTED = [
  [
    'upwards',
    'packages/protocol/src/planted.ts',
    "import { Link } from '@snug/node-kit';",
    '@snug/protocol may not import @snug/node-kit',
  ],
  [
    'types only',
    'packages/graph/src/planted.ts',
    "import type { Run } from '@snug/executor';",
    '@snug/graph may not import @snug/executor',
  ],
  [
    'sideways',
    'packages/executor/src/planted.ts',
    "export * from '@snug/server';",
    '@snug/executor may not import @snug/server',
  ],
  [
    'by the server, of a pack',
    'packages/server/src/planted.ts',
    "await import('@snug/pack-core');",
    '@snug/server may not import @snug/pack-core',
  ],
  [
    'by a pack, of the executor',
    'packs/core/src/planted.ts',
    "import '@snug/executor';",
    '@snug/pack-core may not import @snug/executor',
  ],
  [
    'of one pack by another',
    'packs/image/src/planted.ts',
    "import { a } from '@snug/pack-core';",
    '@snug/pack-image may not import @snug/pack-core',
  ],
  [
    'of what is for tests',
    'packages/server/src/planted.ts',
    "import { a } from '@snug/testkit';",
    '@snug/server may not import @snug/testkit',
  ],
  [
    'over several lines',
    'packages/graph/src/planted.ts',
    "import {\n  a,\n  b,\n} from '@snug/server';",
    '@snug/graph may not import @snug/server',
  ],
  [
    'by a test',
    'packages/graph/test/planted.test.ts',
    "import { a } from '@snug/server';",
    'tests of @snug/graph may not import @snug/server',
  ],
  [
    'past the exports',
    'packages/server/src/planted.ts',
    "import { a } from '@snug/executor/src/run.ts';",
    '@snug/executor/src/run.ts reaches past the exports of @snug/executor',
  ],
  [
    'past the exports, by a test',
    'packages/server/test/planted.test.ts',
    "import { a } from '@snug/graph/dist/index.js';",
    '@snug/graph/dist/index.js reaches past the exports of @snug/graph',
  ],
  [
    'into another package',
    'packages/server/src/planted.ts',
    "import { a } from '../../executor/src/run.ts';",
    '../../executor/src/run.ts leaves the package: import it by its name',
  ],
  [
    'of a package that is not named',
    'packages/graph/src/planted.ts',
    "import sharp from 'sharp';",
    'sharp is not in the package.json',
  ],
  [
    'by an absolute path',
    'packages/graph/src/planted.ts',
    "import { a } from '/srv/a.ts';",
    '/srv/a.ts is the path of one machine',
  ],
].map(([what = '', path = '', text = '', problem = ''], at) => ({
  what,
  path: path.replace('planted', `planted-${at}`),
  text,
  problem,
}));

/** Of each import in its file. */
const LINE = 3;
let looked: ReturnType<typeof copy.run> | undefined;

/** What is said of all of them. */
function planted(): ReturnType<typeof copy.run> {
  if (looked) return looked;
  for (const { path, text } of PLANTED) copy.write(path, `// planted\n\n${text}\n`);
  looked = copy.run('check-layers.mjs');
  return looked;
}

describe('the layers of this repository', () => {
  it('hold, and the imports that were looked at are many', () => {
    const { failed, said, problems } = copy.run('check-layers.mjs');
    expect(problems).toEqual([]);
    expect(failed).toBe(false);
    const [, imports = '0', files = '0'] = /: (\d+) imports in (\d+) files/.exec(said) ?? [];
    expect(Number(imports)).toBeGreaterThan(1500);
    expect(Number(files)).toBeGreaterThan(300);
  });

  for (const { what, path, problem } of PLANTED) {
    it(`are broken by an import ${what}`, () => {
      expect(planted().problems).toContain(`${path}:${LINE}: ${problem}`);
    });
  }

  it('are broken by those imports, and by no other', () => {
    const { failed, problems } = planted();
    expect(failed).toBe(true);
    expect(problems).toHaveLength(PLANTED.length + 1);
    expect(problems.at(-1)).toMatch(
      new RegExp(`^${PLANTED.length} imports against the layers, of \\d+ in \\d+ files\\.$`),
    );
  });
});

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({ name, exports: { '.': { source: './src/index.ts' } }, ...more });

describe('a tree', () => {
  it('with nothing to look at is a failure', () => {
    for (const files of [{}, { 'packages/graph/package.json': manifest('@snug/graph') }]) {
      const tree = temporaryTree(files);
      expect(tree.run('check-layers.mjs')).toMatchObject({ failed: true });
      expect(tree.run('check-layers.mjs').problems[0]).toContain('nothing was checked');
      tree.remove();
    }
  });

  it('with a package that no row names is a failure', () => {
    const tree = temporaryTree({ 'packages/new/package.json': manifest('@snug/new') });
    expect(tree.run('check-layers.mjs').problems[0]).toBe('packages/new: @snug/new has no row in the table of layers');
    tree.remove();
  });

  it('keeps Node out of what browsers load, and only there', () => {
    const tree = temporaryTree({
      'packages/graph/package.json': manifest('@snug/graph'),
      'packages/graph/src/index.ts': "export * from './inner.ts';",
      'packages/graph/src/inner.ts': "import { join } from 'node:path';",
      'packages/graph/src/for-tests.ts': "import { join } from 'node:path';",
      'packages/graph/test/a.test.ts': "import { join } from 'node:path';",
    });
    expect(tree.run('check-layers.mjs').problems).toEqual([
      "packages/graph/src/inner.ts:1: node:path is Node's, and @snug/graph runs in browsers too",
      '1 imports against the layers, of 4 in 4 files.',
    ]);
    tree.remove();
  });
});
