import type { FolderName } from '@snug/node-kit';

/** A file name with the folder that its ending names, if any. */
export interface AnnotatedName {
  readonly name: string;
  readonly folder: FolderName | undefined;
}

const ENDINGS: ReadonlyMap<string, FolderName> = new Map([
  [' [input]', 'input'],
  [' [output]', 'output'],
  [' [temp]', 'temp'],
]);

/** Reads `photo.png [output]`; any other text is a name without a folder. */
export function parseAnnotatedName(text: string): AnnotatedName {
  for (const [ending, folder] of ENDINGS) {
    if (text.endsWith(ending)) return { name: text.slice(0, -ending.length), folder };
  }
  return { name: text, folder: undefined };
}
