import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createFolders, createNodeFiles } from '@snug/executor';
import { pack as conformance } from '@snug/pack-conformance';
import { pack as core } from '@snug/pack-core';
import { pack as image } from '@snug/pack-image';
import type { NodeDescription } from '@snug/protocol';
import { Catalogue, createInlineCode } from '@snug/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateNodes } from '../src/codegen/generate-nodes.ts';
import { readObjectInfo } from '../src/codegen/object-info.ts';
import { selectNodes } from '../src/codegen/select-nodes.ts';
import { hostileNames, hostileText } from './codegen/hostile-object-info.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CLIENT_TESTS = join(ROOT, 'packages/client/test/workflow');

/** Inside of the repository, so that imports of the client resolve; nobody else looks there. */
let folder: string;
let everything: ReadonlyMap<string, NodeDescription>;

beforeAll(async () => {
  folder = await mkdtemp(join(ROOT, 'node_modules/.codegen-'));
  const files = createNodeFiles(createFolders({ baseDirectory: join(folder, 'base') }));
  const catalogue = new Catalogue(createInlineCode([core, image, conformance], { files }, () => {}));
  await catalogue.load();
  everything = readObjectInfo(catalogue.toText())!;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stock = async () => readObjectInfo(await readFile(join(CLIENT_TESTS, 'stock-object-info.json'), 'utf8'))!;
const described = (json: object) => readObjectInfo(JSON.stringify(json))!;
/** The generated types of one input. */
function typeOfInput(input: unknown, group = 'required'): string {
  const text = generateNodes(described({ N: { input: { [group]: { x: input } } } }));
  return /\n {6}(x\??:[^]*?);\n {4}\};/.exec(text)![1]!.replaceAll(/\n\s+/g, ' ');
}

test("the file that the client's type tests use is what is written today", async () => {
  expect(generateNodes(await stock())).toBe(await readFile(join(CLIENT_TESTS, 'comfy.gen.ts'), 'utf8'));
});

test('the order in which a server lists its nodes does not matter', async () => {
  const nodes = await stock();
  expect(generateNodes(new Map([...nodes].reverse()))).toBe(generateNodes(nodes));
});

describe('the type of an input', () => {
  test.each([
    [['INT', { max: 100 }], "x: number | Link<'INT'>"],
    [['INT', { min: 0, max: 2 ** 64 }], "x: Int64 | Link<'INT'>"],
    [['INT', { min: -(2 ** 53), max: 5 }], "x: Int64 | Link<'INT'>"],
    [['FLOAT'], "x: number | Link<'FLOAT'>"],
    [['BOOLEAN', {}], "x: boolean | Link<'BOOLEAN'>"],
    [['STRING', { socketless: true }], 'x: string'],
    [['IMAGE'], "x: Link<'IMAGE'>"],
    [['IMAGE, MASK'], "x: Link<'IMAGE'> | Link<'MASK'>"],
    [['INT,FLOAT'], "x: number | Link<'INT'> | Link<'FLOAT'>"],
    [['*'], 'x: Link<never> | Literal'],
    [['IMAGE,*'], 'x: Link<never> | Literal'],
    [['COLOR', { default: '#fff' }], "x: Literal | Link<'COLOR'>"],
    [['COLORS', { widgetType: 'STRING' }], "x: string | Link<'COLORS'>"],
    [[['a', 'b', 'a', 3, true]], "x: 'a' | 'b' | 3 | true | Link<'COMBO'>"],
    [[[]], "x: string | Link<'COMBO'>"],
    [['COMBO', { options: ['a'], multiselect: true, socketless: true }], "x: ReadonlyArray<'a'>"],
    [['COMBO', { options: ['a'], remote: { route: '/x' } }], "x: (string & {}) | 'a' | Link<'COMBO'>"],
    [[['a'], { audio_upload: true }], "x: (string & {}) | 'a' | UploadedFile | Link<'COMBO'>"],
    [['COMFY_MATCHTYPE_V3', { template: { allowed_types: 'A,B' } }], "x: Link<'A'> | Link<'B'>"],
    [
      ['COMFY_DYNAMICSLOT_V3', { slotType: 'IMAGE', inputs: { optional: { y: ['FLOAT'] } } }],
      "x: | Link<'IMAGE'> | { x: Link<'IMAGE'>; y?: number | Link<'FLOAT'> | undefined; }",
    ],
    [['COMFY_UNHEARD_OF_V3', {}], 'x: Link<never> | Literal'],
  ])('%j', (input, type) => {
    expect(typeOfInput(input)).toBe(type);
  });

  test('an optional one may be undefined', () => {
    expect(typeOfInput(['IMAGE'], 'optional')).toBe("x?: Link<'IMAGE'> | undefined");
  });

  test('more than 200 choices are hints, and no more than 200 are written', () => {
    const choices = Array.from({ length: 5000 }, (_, at) => `f${at}`);
    expect(typeOfInput([choices.slice(0, 200)])).not.toContain('string');
    const long = typeOfInput([choices]);
    expect(long).toMatch(/^x: \| \(string & \{\}\) \| 'f0' \| .* \| 'f199' \| Link<'COMBO'>$/);
  });
});

test('limits keep all their digits, in comments too', () => {
  const text = '{"N":{"input":{"required":{"seed":["INT",{"default":0,"max":18446744073709551615}]}}}}';
  expect(generateNodes(readObjectInfo(text)!)).toContain('/** Default 0. At most 18446744073709551615. */');
});

describe('the nodes that are asked for', () => {
  test('are those that were named, and those in a category', async () => {
    const nodes = await stock();
    const select = (only: string[], categories: string[]) => [...selectNodes(nodes, only, categories).nodes.keys()];
    expect(select([], [])).toHaveLength(22);
    expect(select(['VAEDecode', 'KSampler'], [])).toEqual(['KSampler', 'VAEDecode']);
    expect(select([], ['image/tiles/'])).toEqual(['SplitTiles']);
    expect(select(['KSampler'], ['text', 'logic'])).toEqual(['KSampler', 'StringFormat', 'ComfySwitchNode']);
    expect(select([], ['image'])).toContain('SplitTiles');
  });

  test('that are not there are told', async () => {
    expect(selectNodes(await stock(), ['Nope', '__proto__'], ['imag', 'text']).missing).toEqual([
      'Nope',
      '__proto__',
      'imag/',
    ]);
  });
});

test('what is no description of nodes is not taken for one', () => {
  expect(readObjectInfo('<html>')).toBeUndefined();
  expect(readObjectInfo('[]')).toBeUndefined();
  expect(readObjectInfo('{"a": NaNa}')).toBeUndefined();
  expect([...readObjectInfo('{"N": {"a": [-Infinity, NaN, "NaN \\" Infinity"]}, "M": 5}')!]).toEqual([
    ['N', new Map([['a', [null, null, 'NaN " Infinity']]])],
  ]);
});

describe('whatever a server sends', () => {
  test('the code holds nothing but types and the table, with all names intact', async () => {
    const descriptions = readObjectInfo(hostileText)!;
    const file = join(folder, 'hostile.gen.ts');
    await writeFile(file, generateNodes(descriptions));
    const module = (await import(/* @vite-ignore */ file)) as Record<string, object>;
    expect(Object.keys(module)).toEqual(['nodes']);
    const table = new Map(Object.entries(module['nodes']!) as [string, { outputs: string[] }][]);
    expect([...table.keys()].sort()).toEqual([...hostileNames, 'Empty', 'Odd'].sort());
    for (const name of hostileNames) {
      const names = table.get(name)!.outputs;
      expect(names.slice(0, 7)).toEqual((descriptions.get(name)!.get('output_name') as string[]).slice(0, 7));
      expect(names.slice(7)).toEqual(['', 'INT']);
    }
  });

  test('a long list costs time that grows with its length', () => {
    const words = Array.from({ length: 5000 }, (_, at) => `w${at}`);
    const inputs = Object.fromEntries(words.map((word) => [word, ['INT', { tooltip: 'x'.repeat(2000) }]]));
    const text = generateNodes(described({ N: { input: { required: inputs }, output: words, output_name: words } }));
    expect(text.length).toBeLessThan(15 * 2 ** 20);
  });

  test('dynamic inputs without end are cut', () => {
    let inner: object = { required: { x: ['INT'] } };
    for (let at = 0; at < 40; at++)
      inner = { required: { [`x${at}`]: ['COMFY_DYNAMICCOMBO_V3', { options: [{ key: 'k', inputs: inner }] }] } };
    const text = generateNodes(described({ N: { input: inner } }));
    expect(text).toContain('Literal');
    expect(text.length).toBeLessThan(5000);
  });
});

describe('all nodes of this repository, a stock server, and a hostile one', () => {
  const files = () => [join(folder, 'full.gen.ts'), join(folder, 'stock.gen.ts'), join(folder, 'hostile.gen.ts')];

  beforeAll(async () => {
    const all = [everything, await stock(), readObjectInfo(hostileText)!];
    await Promise.all(files().map((file, at) => writeFile(file, generateNodes(all[at]!))));
  });

  test('are about two hundred here', () => {
    expect(everything.size).toBeGreaterThan(190);
  });

  test('are laid out so that a formatter changes nothing', async () => {
    const copies = await mkdtemp(join(tmpdir(), 'snug-codegen-'));
    try {
      const names = ['full.ts', 'stock.ts'];
      const texts = await Promise.all(
        files()
          .slice(0, 2)
          .map((file) => readFile(file, 'utf8')),
      );
      await Promise.all(names.map((name, at) => writeFile(join(copies, name), texts[at]!)));
      const oxfmt = join(ROOT, 'node_modules/.bin/oxfmt');
      await run(oxfmt, ['-c', join(ROOT, '.oxfmtrc.json'), ...names], { cwd: copies });
      for (const [at, name] of names.entries()) expect(await readFile(join(copies, name), 'utf8')).toBe(texts[at]);
    } finally {
      await rm(copies, { recursive: true, force: true });
    }
  });

  const OPTIONS = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: {
      composite: false,
      declaration: false,
      noEmit: true,
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
      lib: ['es2023', 'dom', 'dom.iterable', 'esnext.disposable'],
      noUnusedLocals: true,
      noPropertyAccessFromIndexSignature: true,
      isolatedModules: true,
    },
  };

  async function compile(name: string, files: readonly string[]): Promise<string> {
    const path = join(folder, `${name}.json`);
    await writeFile(path, JSON.stringify({ ...OPTIONS, files }));
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const ran = run(tsc, ['-p', path, '--extendedDiagnostics', '--pretty', 'false']);
    return (await ran.catch((error: { stdout: string }) => error)).stdout;
  }

  const instantiations = (report: string): number => {
    expect(report).not.toContain('error TS');
    return Number(/Instantiations:\s+(\d+)/.exec(report)![1]);
  };

  const IMPORTS = "import { createWorkflow } from '@snug/client';\nimport { nodes } from './full.gen.ts';\n";

  test('compile under the strictest settings, and cost the compiler little', async () => {
    const calls = Array.from({ length: 50 }, (_, at) => {
      return `const i${at} = wf.LoadImage({ image: 'a.png' });\nwf.PreviewImage({ images: i${at}.IMAGE });\n`;
    });
    await writeFile(join(folder, 'use.ts'), `${IMPORTS}const wf = createWorkflow(nodes);\n${calls.join('')}`);
    await writeFile(join(folder, 'bare.ts'), "export type { Link } from '@snug/client';\n");
    const bare = instantiations(await compile('bare', ['bare.ts']));
    const all = await compile('all', ['use.ts', 'full.gen.ts', 'stock.gen.ts', 'hostile.gen.ts']);
    expect(bare).toBeGreaterThan(0);
    expect(instantiations(all) - bare).toBeLessThan(20_000);
  }, 60_000);

  test('say in one line what is wrong with a link', async () => {
    const wrong = "wf.PreviewImage({ images: wf.LoadImage({ image: 'a.png' }).MASK });\n";
    await writeFile(join(folder, 'wrong.ts'), `${IMPORTS}const wf = createWorkflow(nodes);\n${wrong}`);
    expect((await compile('wrong', ['wrong.ts'])).split('\n')[0]).toMatch(
      /: error TS2322: Type 'Link<"MASK">' is not assignable to type 'Link<"IMAGE">'\.$/,
    );
  }, 60_000);
});
