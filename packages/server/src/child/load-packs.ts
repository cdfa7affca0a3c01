import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Pack } from '@snug/node-kit';
import { registerPackHooks } from './register-pack-hooks.ts';

/** A module that was named as a pack, but is none. */
export class PackError extends Error {
  readonly code = 'pack_not_loaded';
  constructor(url: string, problem: string, cause?: unknown) {
    super(`Pack ${url}: ${problem}`, { cause });
    this.name = 'PackError';
  }
}

/** Loads packs from their modules: JavaScript, or TypeScript that is compiled on the way. */
export async function loadPacks(urls: readonly string[]): Promise<Pack[]> {
  const packs: Pack[] = [];
  for (const url of urls) {
    if (!isOurs(url)) registerPackHooks();
    packs.push(await loadPack(url));
  }
  return packs;
}

const OUR_PACK = /^@snug\/pack-/;
const KIT = '@snug/node-kit';

/** Packs that came with this server are JavaScript and share its kit. Without the hooks they load in half the time. */
function isOurs(url: string): boolean {
  try {
    const { name } = JSON.parse(readFileSync(new URL('../package.json', url), 'utf8')) as { name: string };
    return OUR_PACK.test(name) && createRequire(url).resolve(KIT) === createRequire(import.meta.url).resolve(KIT);
  } catch {
    return false;
  }
}

async function loadPack(url: string): Promise<Pack> {
  let module: Record<string, unknown>;
  try {
    module = (await import(url)) as Record<string, unknown>;
  } catch (error) {
    throw new PackError(
      url,
      `it could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  const pack = [module['default'], module['pack']].find(isPack);
  if (!pack) throw new PackError(url, 'export `definePack({ name, nodes })` as `default` or as `pack`.');
  return pack;
}

function isPack(value: unknown): value is Pack {
  const pack = value as Pack | undefined;
  return typeof pack?.name === 'string' && Array.isArray(pack.nodes);
}
