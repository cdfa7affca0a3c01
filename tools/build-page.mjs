// Builds Studio's page when something that it is made of has changed: `node tools/build-page.mjs`.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const studio = join(root, 'packages', 'studio');
const page = join(studio, 'dist', 'page');

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Our sources by their content; everything else by the lock file. */
function fingerprint() {
  const hash = createHash('sha256');
  const sources = ['studio', 'client', 'graph', 'protocol'].flatMap((name) =>
    filesIn(join(root, 'packages', name, 'src')),
  );
  const rest = ['index.html', 'vite.config.ts', 'package.json'].map((name) => join(studio, name));
  for (const file of [...sources, ...rest, join(root, 'package-lock.json')]) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Builds beside the page and puts it in its place whole: a server that runs meanwhile never sends a half of it. */
export async function buildPage() {
  const wanted = fingerprint();
  const stamp = join(page, '.sources');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Building Studio...');
  // a test runner says `test` here, and React would be built for its developers
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  const draft = `${page}.${process.pid}`;
  await build({
    configFile: join(studio, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: draft, emptyOutDir: true },
  });
  writeFileSync(join(draft, '.sources'), wanted);
  rmSync(page, { recursive: true, force: true });
  renameSync(draft, page);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildPage();
