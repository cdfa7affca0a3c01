/** What a web page loads for `createClient`. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '../src');
/** Loaded when it is asked for, by a program that needs it. */
const LATER = ['convert.ts', 'server-info.ts', 'upload.ts'];
const MAX_GZIP_BYTES = 20_000;

interface Chunk {
  readonly code: string;
  readonly modules: object;
}
/** As much as is used here of the bundler that the test runner brings along. */
interface Bundler {
  readonly rolldown: (options: object) => Promise<{
    readonly generate: (options: object) => Promise<{ readonly output: Chunk[] }>;
    readonly close: () => Promise<void>;
  }>;
}

async function bundle(): Promise<{ code: string; modules: string[] }> {
  const runner = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'));
  const path = createRequire(runner.resolve('vite/package.json')).resolve('rolldown');
  const { rolldown } = (await import(path)) as Bundler;
  const bundle = await rolldown({
    input: join(SOURCES, 'create-client.ts'),
    logLevel: 'silent',
    resolve: { conditionNames: ['source', 'import', 'default'] },
    external: (id: string) => LATER.some((name) => id.endsWith(name)),
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  return { code: output[0]!.code, modules: Object.keys(output[0]!.modules) };
}

describe('the universal entry', () => {
  it(`has at most ${MAX_GZIP_BYTES} bytes, compressed, and no validator in it`, { timeout: 60_000 }, async () => {
    const { code, modules } = await bundle();
    expect(modules.length).toBeGreaterThan(30);
    expect(modules.filter((id) => /valibot|packages\/graph|node:/.test(id))).toEqual([]);
    const bytes = gzipSync(code, { level: 9 }).length;
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
  });

  it('reaches nothing of Node, and of our packages only what needs no other', () => {
    const seen = new Set<string>();
    const outside = new Set<string>();
    const open = [join(SOURCES, 'index.ts')];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file) || !existsSync(file)) continue;
      seen.add(file);
      for (const [, kind, name] of readFileSync(file, 'utf8').matchAll(
        /^(?:import|export)( type)?[^;]*? from '([^']+)';/gms,
      )) {
        if (kind) continue;
        if (name!.startsWith('.')) open.push(resolve(dirname(file), name!));
        else outside.add(name!);
      }
    }
    expect(seen.size).toBeGreaterThan(35);
    expect([...outside].toSorted()).toEqual(['@snug/protocol/frames', '@snug/protocol/ids', '@snug/protocol/json']);
  });
});
