import { resolve } from 'node:path';
import type { PromptHost } from './prompt-host.ts';
import type { Where } from './run-flags.ts';
import { ServerHost } from './server-host.ts';

/** @param onLine takes what nodes print in this process */
export async function openHost(where: Where, onLine: (line: string) => void): Promise<PromptHost> {
  if (where.kind === 'local') {
    // the whole of the server comes with it
    const { LocalHost } = await import('./local-host.ts');
    return new LocalHost(where.options, onLine);
  }
  const { baseDirectory, inputDirectory, outputDirectory, tempDirectory } = where.options.folders;
  const folders = {
    input: inputDirectory ?? resolve(baseDirectory, 'input'),
    output: outputDirectory ?? resolve(baseDirectory, 'output'),
    temp: tempDirectory ?? resolve(baseDirectory, 'temp'),
  };
  return new ServerHost({ address: where.address, folders });
}
