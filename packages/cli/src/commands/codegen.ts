import { readFile, writeFile } from 'node:fs/promises';
import type { NodeDescription } from '@snug/protocol';
import { generateNodes } from '../codegen/generate-nodes.ts';
import { fetchObjectInfo } from '../codegen/object-info.ts';
import { selectNodes } from '../codegen/select-nodes.ts';
import { FlagError } from '../flags.ts';
import { openHost } from '../run/open-host.ts';
import { HostError } from '../run/prompt-host.ts';
import { standardOutput } from '../run/reporter.ts';
import { readWhere, WHERE_HELP } from '../run/run-flags.ts';
import type { Where } from '../run/run-flags.ts';

const HELP = `snug codegen: writes the types of a server's nodes, for the workflow builder of @snug/client

  -o FILE, --out FILE    where to write them, as in comfy.gen.ts (default: the standard output)
  --only A,B             these classes alone (repeatable)
  --filter CATEGORY      a category and what is in it, as in image/transform (repeatable)
${WHERE_HELP}`;

/** `snug codegen`: types of nodes, on a server or in the packs of this process. */
export async function codegen(args: readonly string[]): Promise<number> {
  const known = { out: 'one', only: 'repeated', filter: 'repeated' } as const;
  const { where, flags, rest } = readWhere(args.map(withLongName), known);
  const { result, say } = standardOutput();
  if (flags.has('help')) {
    result(HELP);
    return 0;
  }
  if (rest.length) throw new FlagError(`${rest.join(' ')} is not known here: see \`snug codegen --help\`.`);
  const file = flags.get('out')?.[0];
  try {
    const { nodes, missing } = selectNodes(
      await readDescriptions(where, say),
      listed(flags, 'only'),
      listed(flags, 'filter'),
    );
    if (missing.length) {
      say(`There is no ${missing.join(', no ')}: \`snug nodes\` lists classes and categories.`);
      return 1;
    }
    const text = generateNodes(nodes);
    if (file === undefined) result(text.trimEnd());
    else {
      const isNew = (await textIn(file)) !== text;
      if (isNew) await writeFile(file, text);
      say(`${file}: ${nodes.size} ${nodes.size === 1 ? 'node' : 'nodes'}${isNew ? '' : ', nothing new'}`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    say(error.message);
    return 1;
  }
}

const withLongName = (arg: string): string => (arg === '-o' ? '--out' : arg);

function listed(flags: ReadonlyMap<string, readonly string[]>, name: string): string[] {
  const values = (flags.get(name) ?? []).flatMap((value) => value.split(','));
  return values.map((value) => value.trim()).filter(Boolean);
}

async function readDescriptions(
  where: Where,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, NodeDescription>> {
  if (where.kind === 'server') return fetchObjectInfo(where.address);
  const host = await openHost(where, say);
  try {
    return await host.descriptions();
  } finally {
    await host.close();
  }
}

function textIn(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
