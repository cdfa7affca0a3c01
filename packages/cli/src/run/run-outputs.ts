/** What a run leaves: files to find and texts to read. */
import { asObject } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { OutputFile, PromptHost } from './prompt-host.ts';

export interface ListedFile extends OutputFile {
  readonly node: string;
  /** `images`, `audio`, ... */
  readonly kind: string;
}

export interface ListedText {
  readonly node: string;
  readonly text: string;
}

export interface RunOutputs {
  readonly files: readonly ListedFile[];
  readonly texts: readonly ListedText[];
}

/** A file with the place where it is found. */
export interface PlacedFile extends ListedFile {
  readonly path: string;
}

/** Files that were saved; those that are only shown count when nothing was saved. */
export function listOutputs(outputs: JsonObject): RunOutputs {
  const files: ListedFile[] = [];
  const texts: ListedText[] = [];
  for (const [node, output] of outputs) {
    for (const [kind, items] of asObject(output) ?? []) {
      for (const item of Array.isArray(items) ? items : []) {
        const file = asObject(item);
        const [filename, subfolder, type] = ['filename', 'subfolder', 'type'].map((key) => file?.get(key));
        if (typeof filename === 'string' && filename) {
          const place = {
            subfolder: typeof subfolder === 'string' ? subfolder : '',
            type: typeof type === 'string' ? type : 'output',
          };
          files.push({ node, kind, filename, ...place });
        } else if (kind === 'text' && typeof item === 'string') texts.push({ node, text: item });
      }
    }
  }
  const saved = files.filter(({ type }) => type === 'output');
  return { files: saved.length ? saved : files, texts };
}

/** Finds every file, or brings it to a folder. */
export async function placeOutputs(
  files: readonly ListedFile[],
  host: PromptHost,
  folder: string | undefined,
): Promise<PlacedFile[]> {
  const placed: PlacedFile[] = [];
  // one after another: they may be large, and the names that are given depend on those that are there
  for (const file of files) {
    const path = folder === undefined ? await host.locate(file) : await host.deliver(file, folder);
    placed.push({ ...file, path });
  }
  return placed;
}
