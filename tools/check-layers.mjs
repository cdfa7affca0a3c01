// Holds every import against the table of layers in docs/architecture.md. Imports point down only; nobody reaches past a
// package's `exports`, or imports what its package.json does not name.
//
//   node tools/check-layers.mjs [root]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));

/** What each package may import of ours. Every pack has one row: `@snug/pack-*`. */
const MAY_IMPORT = new Map([
  ['@snug/protocol', []],
  ['@snug/graph', ['@snug/protocol']],
  ['@snug/node-kit', ['@snug/protocol']],
  ['@snug/executor', ['@snug/graph', '@snug/node-kit', '@snug/protocol']],
  ['@snug/client', ['@snug/graph', '@snug/protocol']],
  ['@snug/pack-*', ['@snug/node-kit', '@snug/protocol']],
  ['@snug/server', ['@snug/executor', '@snug/graph', '@snug/node-kit', '@snug/protocol']],
  ['@snug/studio', ['@snug/client', '@snug/graph', '@snug/protocol']],
  [
    '@snug/cli',
    [
      '@snug/server',
      '@snug/client',
      '@snug/studio',
      '@snug/pack-*',
      '@snug/executor',
      '@snug/graph',
      '@snug/node-kit',
      '@snug/protocol',
    ],
  ],
  [
    '@snug/testkit',
    ['@snug/server', '@snug/client', '@snug/executor', '@snug/graph', '@snug/node-kit', '@snug/protocol'],
  ],
]);
/** Tests may take these besides what their package may. */
const FOR_TESTS = ['@snug/testkit', '@snug/pack-conformance'];
/** What their main entries reach runs in browsers too: nothing of Node's. */
const UNIVERSAL = ['@snug/protocol', '@snug/graph', '@snug/node-kit', '@snug/client', '@snug/studio'];

/** Built into a page: whoever installs it needs nothing of what it was built from. */
const BUNDLED = ['@snug/studio'];

const rowOf = (name) => (name.startsWith('@snug/pack-') ? '@snug/pack-*' : name);

const SPECIFIERS = [
  /^[ \t]*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"\n]+)\1/gm,
  /^[ \t]*import\s*(['"])([^'"\n]+)\1/gm,
  /\bimport\s*\(\s*(['"`])([^'"`\n$]+)\1/g,
  /\bimport\.meta\.resolve\(\s*(['"`])([^'"`\n$]+)\1/g,
  /\b(?:require|vi\.mock|vi\.importActual)(?:<[^>()]*>)?\(\s*(['"])([^'"\n]+)\1/g,
];

function importsOf(text) {
  const found = [];
  for (const pattern of SPECIFIERS) {
    for (const match of text.matchAll(pattern)) {
      found.push({ specifier: match[2], line: text.slice(0, match.index).split('\n').length });
    }
  }
  return found;
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:[mc]?[jt]sx?)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.split(sep).includes('node_modules'))
    .sort();
}

function readPackages() {
  const packages = [];
  for (const group of ['packages', 'packs']) {
    if (!existsSync(join(root, group))) continue;
    for (const entry of readdirSync(join(root, group), { withFileTypes: true })) {
      const folder = join(root, group, entry.name);
      const manifest = join(folder, 'package.json');
      if (existsSync(manifest)) packages.push({ folder, manifest: JSON.parse(readFileSync(manifest, 'utf8')) });
    }
  }
  return packages;
}

/** `@scope/name` and the entry that is asked for: `.` or `./sub`. */
function split(specifier) {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  return { name: parts.slice(0, length).join('/'), entry: ['.', ...parts.slice(length)].join('/') };
}

/** The files that the main entry of a package reaches inside of the package. */
function reachable({ folder, manifest }) {
  const entry = manifest.exports?.['.']?.source;
  const open = entry ? [join(folder, entry)] : [];
  const reached = new Set(open);
  while (open.length) {
    const file = open.pop();
    if (!existsSync(file)) continue;
    for (const { specifier } of importsOf(readFileSync(file, 'utf8'))) {
      const target = specifier.startsWith('.') ? resolve(dirname(file), specifier) : undefined;
      if (!target || reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}

const problems = [];
const counts = { files: 0, imports: 0 };
const packages = readPackages();
const byName = new Map(packages.map((one) => [one.manifest.name, one]));
const rootManifest = existsSync(join(root, 'package.json'))
  ? JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  : {};

const universal = new Set(
  packages.filter(({ manifest }) => UNIVERSAL.includes(manifest.name)).flatMap((one) => [...reachable(one)]),
);

for (const { folder, manifest } of packages) {
  const allowed = MAY_IMPORT.get(rowOf(manifest.name));
  if (!allowed) {
    problems.push(`${relative(root, folder)}: ${manifest.name} has no row in the table of layers`);
    continue;
  }
  for (const place of ['src', 'test']) {
    for (const file of filesIn(join(folder, place))) {
      counts.files++;
      for (const { specifier, line } of importsOf(readFileSync(file, 'utf8'))) {
        counts.imports++;
        const problem = check(specifier, { file, folder, manifest, allowed, isTest: place === 'test' });
        if (problem) problems.push(`${relative(root, file)}:${line}: ${problem}`);
      }
    }
  }
}

/** What is wrong with an import, or undefined. */
function check(specifier, { file, folder, manifest, allowed, isTest }) {
  if (specifier.startsWith('.')) {
    const target = relative(folder, resolve(dirname(file), specifier));
    return target.startsWith('..') ? `${specifier} leaves the package: import it by its name` : undefined;
  }
  if (specifier.startsWith('/') || specifier.startsWith('file:')) return `${specifier} is the path of one machine`;
  if (isBuiltin(specifier)) {
    return universal.has(file) ? `${specifier} is Node's, and ${manifest.name} runs in browsers too` : undefined;
  }
  const { name, entry } = split(specifier);
  const ours = byName.get(name);
  if (ours && name !== manifest.name) {
    const named = [...allowed, ...(isTest ? FOR_TESTS : [])];
    if (!named.includes(name) && !named.includes(rowOf(name))) {
      return isTest ? `tests of ${manifest.name} may not import ${name}` : `${manifest.name} may not import ${name}`;
    }
  }
  if (ours && !Object.hasOwn(ours.manifest.exports ?? {}, entry))
    return `${specifier} reaches past the exports of ${name}`;
  if (name === manifest.name) return undefined;
  return isNamed(name, manifest, isTest) ? undefined : `${name} is not in the package.json`;
}

function isNamed(name, manifest, isTest) {
  const lists = [manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies];
  if (isTest) lists.push(manifest.devDependencies, rootManifest.devDependencies);
  if (BUNDLED.includes(manifest.name)) lists.push(manifest.devDependencies);
  if (isTest && byName.has(name)) return true;
  return lists.some((list) => list && Object.hasOwn(list, name));
}

for (const problem of problems) console.error(problem);
if (!counts.files || !counts.imports) {
  console.error(`No sources under ${root}: nothing was checked.`);
  process.exitCode = 1;
} else if (problems.length) {
  console.error(`${problems.length} imports against the layers, of ${counts.imports} in ${counts.files} files.`);
  process.exitCode = 1;
} else console.log(`Layers hold: ${counts.imports} imports in ${counts.files} files of ${packages.length} packages.`);
