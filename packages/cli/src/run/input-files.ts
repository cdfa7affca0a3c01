/** Files that a workflow names and that lie beside it: they are brought to where the nodes look for them. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseAnnotatedName, realInside, resolveInside } from '@snug/executor';
import { compileNodeType, inputsInUse } from '@snug/graph';
import type { InputFacts, NodeType } from '@snug/graph';
import { asObject } from '@snug/protocol';
import type { JsonObject, NodeDescription } from '@snug/protocol';

export interface FileSearch {
  readonly descriptions: ReadonlyMap<string, NodeDescription>;
  /** Folders that are searched, first one first. */
  readonly folders: readonly string[];
  /** Inputs that the command line set, as `6.image`: their files may lie anywhere. */
  readonly trusted: ReadonlySet<string>;
  /** Brings a file to the input folder; resolves with the name that it has there. */
  readonly bring: (path: string) => Promise<string>;
}

/** Brings every file that an input for uploads names, and writes the new names into the prompt. */
export async function bringInputFiles(prompt: JsonObject, search: FileSearch): Promise<void> {
  const types = new Map<string, NodeType>();
  const brought = new Map<string, string>();
  for (const [id, node] of prompt) {
    const classType = asObject(node)?.get('class_type');
    const inputs = asObject(asObject(node)?.get('inputs'));
    const description = typeof classType === 'string' ? search.descriptions.get(classType) : undefined;
    if (!inputs || !description || typeof classType !== 'string') continue;
    const type = types.get(classType) ?? compileNodeType(description);
    types.set(classType, type);
    for (const facts of inputsInUse(type, inputs).values()) {
      const value = inputs.get(facts.name);
      if (typeof value !== 'string' || !takesUploads(facts)) continue;
      const path = await find(value, search, search.trusted.has(`${id}.${facts.name}`));
      if (path === undefined) continue;
      const name = brought.get(path) ?? (await search.bring(path));
      brought.set(path, name);
      inputs.set(facts.name, name);
    }
  }
}

function takesUploads({ options }: InputFacts): boolean {
  for (const [name, value] of options) if (value === true && name.endsWith('_upload')) return true;
  return false;
}

async function find(value: string, { folders }: FileSearch, isTrusted: boolean): Promise<string | undefined> {
  // `photo.png [output]` is a file that the server has
  if (!value || parseAnnotatedName(value).folder) return undefined;
  for (const folder of folders) {
    const path = isTrusted ? resolve(folder, value) : await pathInside(folder, value);
    if (path !== undefined && (await isFile(path))) return path;
  }
  return undefined;
}

/** A workflow comes from anywhere: it may not name files outside of the folder that it is used in. */
async function pathInside(folder: string, name: string): Promise<string | undefined> {
  const inside = resolveInside(folder, name);
  if (inside.kind === 'refused') return undefined;
  const real = await realInside(folder, inside.path);
  return real.kind === 'inside' ? inside.path : undefined;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
