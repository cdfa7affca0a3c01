/** What a registry would hand out can be installed, imported and compiled by others. Needs the build. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { FakeServer } from '../../packages/client/test/fake/fake-server.ts';
import { pack, Project, root, targetsOf } from './packed.ts';
import type { Packed } from './packed.ts';

const NAMES = ['protocol', 'graph', 'client'];
/** What packages of modules alone do not offer: resolution from before `exports`, and `require` in older Nodes. */
const MODULES_ONLY = new Set(['NoResolution node10', 'CJSResolvesToESM node16-cjs']);

const project = new Project();
const packed: Packed[] = [];
beforeAll(async () => {
  const tarballs = join(project.path, 'tarballs');
  mkdirSync(tarballs);
  packed.push(...(await Promise.all(NAMES.map((name) => pack(name, tarballs)))));
  for (const one of packed) await project.install(one);
  project.copy('valibot');
  for (const name of ['react', '@types']) project.link(name);
  project.write('package.json', '{ "type": "module" }');
}, 120_000);
afterAll(() => project.remove());

function named(name: string): Packed {
  const one = packed.find(({ manifest }) => manifest.name === `@snug/${name}`);
  if (!one) throw new Error(`${name} is not packed`);
  return one;
}

const entriesOf = ({ manifest }: Packed): string[] =>
  Object.keys(manifest.exports).map((entry) => manifest.name + entry.slice(1));

describe.each(NAMES)('%s, packed', (name) => {
  it('has every file that its exports lead to, and what a reader wants', () => {
    const { manifest, files } = named(name);
    const targets = Object.values(manifest.exports).flatMap((conditions) => targetsOf(conditions));
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter((target) => !files.includes(target.slice(2)))).toEqual([]);
    expect(files.filter((file) => !/^(?:dist|src)\/|^(?:package\.json|README\.md)$/.test(file))).toEqual([]);
  });

  it('is fine by publint', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: named(name).tarball.buffer }, strict: true });
    expect(pkg?.['name']).toBe(`@snug/${name}`);
    expect(messages).toEqual([]);
  });

  it('has the types that its modules have, for everybody who imports modules', async () => {
    const result = await checkPackage(createPackageFromTarballData(named(name).tarball));
    if (!result.types) throw new Error('no types were found');
    expect(Object.keys(result.entrypoints).toSorted()).toEqual(Object.keys(named(name).manifest.exports).toSorted());
    const problems = result.problems.map((problem) =>
      'resolutionKind' in problem ? `${problem.kind} ${problem.resolutionKind}` : problem.kind,
    );
    expect(problems.filter((problem) => !MODULES_ONLY.has(problem))).toEqual([]);
  });
});

describe('the packed client in a project of its own', () => {
  it.each(['without ws', 'with ws'])('runs a workflow, %s', { timeout: 30_000 }, async (how) => {
    if (how === 'with ws') onTestFinished(project.link('ws'));
    const server = await FakeServer.start();
    onTestFinished(() => server.stop());
    project.write(
      'run.mjs',
      `import { createClient } from '@snug/client';
       const comfy = createClient(process.argv[2]);
       const job = comfy.run({ 1: { class_type: 'Save', inputs: {} } });
       for await (const event of job) if (event.type === 'progress') console.log(comfy.connection.phase);
       const { outputs } = await job.result();
       console.log((await outputs.images[0].bytes()).length > 0);`,
    );
    const told = (await project.run('run.mjs', server.url)).trimEnd().split('\n');
    expect(told.at(-1)).toBe('true');
    expect(told.includes('open')).toBe(how === 'with ws' || typeof globalThis.WebSocket === 'function');
  });

  it('can be imported by every entry, and so can what it needs', async () => {
    const entries = packed.flatMap(entriesOf);
    project.write('import.mjs', 'for (const name of process.argv.slice(2)) Object.keys(await import(name))[0].at(0);');
    expect(await project.run('import.mjs', ...entries)).toBe('');
  });

  it.each([
    ['in Node, without the types of a browser', { lib: ['es2023'], types: ['node'], moduleResolution: 'nodenext' }],
    ['in a page, without the types of Node', { lib: ['es2023', 'dom'], types: [], moduleResolution: 'bundler' }],
  ])('compiles %s', { timeout: 60_000 }, async (_where, options) => {
    // React's types want those of a browser
    const entries = entriesOf(named('client')).filter((entry) => !entry.endsWith('/node'));
    const isNode = options.moduleResolution === 'nodenext';
    const module = isNode ? 'nodenext' : 'esnext';
    const compilerOptions = { ...options, module, target: 'es2023', strict: true, noEmit: true, skipLibCheck: false };
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    project.write(
      'program.ts',
      `import { createClient } from '@snug/client';
       const comfy = createClient({ url: 'http://127.0.0.1:8188' });
       const job = comfy.run({ 1: { class_type: 'Save', inputs: {} } });
       for await (const event of job) if (event.type === 'progress') event.share.toFixed();
       const { outputs } = await job.result();
       export const bytes: Uint8Array | undefined = await outputs.images[0]?.bytes();
       ${isNode ? '' : '// @ts-expect-error pages have no paths'}
       await comfy.upload('/a/path.png');
       ${isNode ? '' : entries.map((entry, at) => `export * as e${at} from '${entry}';`).join('\n')}`,
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await expect(project.run(tsc, '-p', '.').catch((error: { stdout: string }) => error.stdout)).resolves.toBe('');
  });
});
