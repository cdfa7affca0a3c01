import { findNodes, namedNode, nodeDetails, nodeLines } from '../run/node-text.ts';
import { openHost } from '../run/open-host.ts';
import { HostError } from '../run/prompt-host.ts';
import { standardOutput } from '../run/reporter.ts';
import { readWhere, WHERE_HELP } from '../run/run-flags.ts';

const HELP = `snug nodes [SEARCH]: lists nodes, or shows one when SEARCH is the name of its class

${WHERE_HELP}`;

/** `snug nodes`: what nodes there are, on a server or in the packs of this process. */
export async function nodes(args: readonly string[]): Promise<number> {
  const { where, flags, rest } = readWhere(args, {});
  const { result, say } = standardOutput();
  if (flags.has('help')) {
    result(HELP);
    return 0;
  }
  const search = rest.join(' ');
  const host = await openHost(where, say);
  try {
    const descriptions = await host.descriptions();
    const named = search ? namedNode(descriptions, search) : undefined;
    const found = named ? [] : findNodes(descriptions, search);
    for (const line of named ? nodeDetails(named) : nodeLines(found)) result(line);
    if (named || found.length) return 0;
    say(`No node is called ${search}: \`snug nodes\` lists all of them.`);
    return 1;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    say(error.message);
    return 1;
  } finally {
    await host.close();
  }
}
