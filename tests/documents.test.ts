/** Documents say things twice: what they show of the code is compared with it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SERVE_FLAGS } from '../packages/cli/src/serve-flags.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/node-authoring.md',
  'docs/differences.md',
  'docs/testing.md',
];
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The code in blocks that are marked as TypeScript. */
function samplesIn(text: string): string[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
}

/** Lines without their indentation, so that a part of a file is found at any depth. */
const unindented = (code: string): string => code.replace(/^[ \t]+/gm, '').trim();

function sourcesIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name));
  return files.map(({ parentPath, name }) => unindented(readFileSync(join(parentPath, name), 'utf8')));
}

describe('samples', () => {
  const sources = sourcesIn('examples');
  const samples = ['README.md', 'docs/node-authoring.md'].flatMap((document) =>
    samplesIn(read(document)).map((code) => ({ document, code, title: code.slice(0, 60).replace(/\s+/g, ' ') })),
  );

  test('are found at all', () => {
    expect(samples.length).toBeGreaterThan(12);
    expect(sources.length).toBeGreaterThan(5);
  });

  test.each(samples)('of $document are parts of the examples: $title', ({ code }) => {
    const wanted = unindented(code);
    expect(sources.some((source) => source.includes(wanted))).toBe(true);
  });
});

test('the README lists every flag of the server, and no other', () => {
  const table = read('README.md').split('### snug serve')[1]?.split('\n## ')[0] ?? '';
  const rows = [...table.matchAll(/^\| (`--[^|]*) \|/gm)].map(([, cell = '']) => cell);
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`--([a-z-]+)/g)].map(([, name = '']) => name));
  expect(listed.toSorted()).toEqual(Object.keys(SERVE_FLAGS).toSorted());
});

test('differences are numbered from 1 on', () => {
  const numbers = [...read('docs/differences.md').matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) => Number(number));
  expect(numbers.length).toBeGreaterThan(60);
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
});

/** The name that a heading can be linked by. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

test.each(DOCUMENTS)('%s links to what is there', (document) => {
  const broken: string[] = [];
  for (const [, target = ''] of read(document).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', fragment] = target.split('#');
    const file = join(dirname(join(ROOT, document)), path);
    const place = path ? relative(ROOT, file) : document;
    if (!existsSync(file)) broken.push(target);
    else if (fragment !== undefined) {
      const headings = [...read(place).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading));
      if (!headings.includes(fragment)) broken.push(target);
    }
  }
  expect(broken).toEqual([]);
});
