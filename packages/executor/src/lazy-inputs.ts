import { Link } from '@snug/node-kit';
import { throwIfInterrupted } from './call.ts';
import { argumentSets } from './gather.ts';
import type { Gathered } from './gather.ts';
import type { RunScope } from './node-context.ts';
import type { RunNode } from './run-node.ts';

/** The sources of the lazy inputs that the node asks for and does not have. */
export async function neededSources(
  node: RunNode,
  gathered: Gathered,
  nodes: ReadonlyMap<string, RunNode>,
  scope: RunScope,
): Promise<RunNode[]> {
  const { needs, classType } = node.type;
  const names = new Set<string>();
  for (const { values, blocker } of argumentSets(node, gathered)) {
    throwIfInterrupted(scope);
    // a blocked call is not made, so it needs nothing
    if (blocker) continue;
    const asked: unknown = await needs!(values, scope);
    for (const name of Array.isArray(asked) ? (asked as unknown[]) : []) if (typeof name === 'string') names.add(name);
  }
  const sources: RunNode[] = [];
  for (const name of names) {
    if (gathered.values.has(name) && !gathered.missing.has(name)) continue;
    if (!node.inputs.has(name))
      throw new Error(
        `Node ${node.id} (${classType}) says it needs input ${name}, but there is no input to that node at all`,
      );
    const link = node.inputs.get(name);
    if (!(link instanceof Link))
      throw new Error(`Node ${node.id} (${classType}) says it needs input ${name}, but that value is a constant`);
    const source = nodes.get(link.node);
    if (!source) throw new Error(`Input ${name} of node ${node.id} links to node ${link.node}, which does not exist.`);
    if (link.slot >= source.type.outputs.length)
      throw new Error(
        `Input ${name} of node ${node.id} links to output ${link.slot} of node ${link.node}, which does not exist.`,
      );
    sources.push(source);
  }
  return sources;
}
