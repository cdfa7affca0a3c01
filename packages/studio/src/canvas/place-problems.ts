/** Problems of a workflow, on the nodes of the graph that is open. */
import { shownAt } from '../document/index.ts';
import type { DocumentProblem } from '../document/index.ts';
import type { GraphPath, NodeId } from '../document/types.ts';
import type { NodeProblems } from './flow-types.ts';

export const NO_PROBLEMS: NodeProblems = { inputs: new Map(), whole: [] };

/** What is wrong inside of a subgraph is told on the node that stands for it. */
export function problemsByNode(
  problems: readonly DocumentProblem[],
  path: GraphPath,
): ReadonlyMap<NodeId, NodeProblems> {
  const found = new Map<NodeId, { inputs: Map<string, string>; whole: string[] }>();
  for (const { place, input, message, source } of problems) {
    // what a node failed with is told by its run
    if (!place || source === 'execution') continue;
    const shown = shownAt(place).find((one) => samePath(one.path, path));
    if (!shown) continue;
    const own = found.get(shown.node) ?? { inputs: new Map<string, string>(), whole: [] };
    found.set(shown.node, own);
    if (input === undefined || place.path.length > path.length) own.whole.push(message);
    else own.inputs.set(input, message);
  }
  return found;
}

const samePath = (one: GraphPath, other: GraphPath): boolean =>
  one.length === other.length && one.every((step, at) => step === other[at]);
