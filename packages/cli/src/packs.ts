/** Which packs a server has: ours, and those that were named. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Names of packs that come with snug, and whether they are there without being asked for. */
const OURS = new Map([
  ['core', true],
  ['image', true],
  ['diffusion', true],
  ['conformance', false],
]);

/** Thrown for a pack that cannot be found. */
export class PackNotFound extends Error {
  readonly code = 'pack_not_found';
}

/**
 * Module URLs of the packs to load.
 * @param named names of packs of ours, paths of files, or names of npm packages
 * @param directory where paths and packages are looked for
 */
export function packUrls(named: readonly string[], directory = process.cwd()): string[] {
  const always = [...OURS].filter(([, isDefault]) => isDefault).map(([name]) => name);
  return [...new Set([...always, ...named])].map((name) => packUrl(name, directory));
}

function packUrl(name: string, directory: string): string {
  if (OURS.has(name)) return import.meta.resolve(`@snug/pack-${name}`);
  const file = resolve(directory, name);
  if (existsSync(file)) return pathToFileURL(file).href;
  if (/^[./]|^[A-Za-z]:/.test(name)) throw new PackNotFound(`There is no file ${file} to load a pack from.`);
  try {
    return pathToFileURL(createRequire(resolve(directory, 'package.json')).resolve(name)).href;
  } catch {
    throw new PackNotFound(
      `Pack ${name} is neither a file nor an installed package: run \`npm install ${name}\`, or give a path such as ./my-pack.ts.`,
    );
  }
}
