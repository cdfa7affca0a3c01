/** A folder with a few files, and a tool of ours that is run on it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface Tree {
  readonly root: string;
  write(path: string, text: string): void;
  /** Runs a tool of the repository on the tree. */
  run(tool: string): { readonly failed: boolean; readonly said: string; readonly problems: readonly string[] };
  remove(): void;
}

export function temporaryTree(files: Readonly<Record<string, string>> = {}): Tree {
  const root = mkdtempSync(join(tmpdir(), 'snug-tools-'));
  const tree: Tree = {
    root,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    run(tool) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools', tool), root], {
        encoding: 'utf8',
      });
      return { failed: status !== 0, said: stdout, problems: stderr.split('\n').filter(Boolean) };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return tree;
}

const COPIED = new Set(['src', 'test', 'package.json', 'tests', 'PROTOCOL.md']);

/** A copy of the sources and tests of this repository. */
export function copyOfRepository(): Tree {
  const tree = temporaryTree();
  for (const group of ['packages', 'packs']) {
    for (const name of readdirSync(join(ROOT, group))) {
      for (const part of readdirSync(join(ROOT, group, name)).filter((one) => COPIED.has(one)))
        cpSync(join(ROOT, group, name, part), join(tree.root, group, name, part), { recursive: true });
    }
  }
  for (const part of ['package.json', 'PROTOCOL.md', 'tests', 'examples']) {
    const from = join(ROOT, part);
    const isOurs = (path: string): boolean => !['suite', 'node_modules'].includes(basename(path));
    if (existsSync(from)) cpSync(from, join(tree.root, part), { recursive: true, filter: isOurs });
  }
  return tree;
}
