/** One level of a workflow file as a graph. */
import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import type { WorkflowGraph } from '@snug/graph';
import { idOf, largest, listOf, numbersOf, without } from './json-field.ts';
import { readLinks } from './read-links.ts';
import type { GraphEnds } from './read-links.ts';
import { readNode } from './read-node.ts';
import type { DocumentGroup, DocumentNode, Graph, NodeId } from './types.ts';

export interface GraphRead {
  readonly graph: Graph;
  /** Nodes that lost a link, which led nowhere. */
  readonly dropped: readonly NodeId[];
}

/**
 * @param source the file, or the definition of a subgraph
 * @param last the largest numbers given out, as the file says
 */
export function readGraph(
  parsed: WorkflowGraph,
  source: JsonObject,
  ends: GraphEnds | undefined,
  last: { readonly node: number; readonly link: number },
): GraphRead {
  const nodes = new Map<NodeId, DocumentNode>();
  // in the order of the file, which is the order in which they are drawn
  for (const one of listOf(source.get('nodes'))) {
    const node = parsed.nodes.get(idOf(asObject(one)?.get('id')) ?? '');
    if (node && !nodes.has(node.id)) nodes.set(node.id, readNode(node));
  }
  const { links, dropped } = readLinks(parsed, nodes, source.get('links'), ends);
  return {
    graph: {
      nodes,
      links,
      groups: readGroups(listOf(source.get('groups'))),
      lastNodeId: largest(last.node, nodes.keys()),
      lastLinkId: largest(last.link, links.keys()),
    },
    dropped,
  };
}

function readGroups(list: readonly Json[]): DocumentGroup[] {
  const ids = new Set<string>();
  let next = 1;
  return list.flatMap((one) => {
    const source = asObject(one);
    if (!source) return [];
    const bounding = numbersOf(source.get('bounding'));
    let id = idOf(source.get('id'));
    if (id === undefined || ids.has(id)) {
      while (ids.has(String(next))) next++;
      id = String(next);
    }
    ids.add(id);
    const { title, colour } = { title: source.get('title'), colour: source.get('color') };
    return [
      {
        id,
        title: typeof title === 'string' ? title : '',
        position: { x: bounding[0] ?? 0, y: bounding[1] ?? 0 },
        size: { width: bounding[2] ?? 0, height: bounding[3] ?? 0 },
        colour: typeof colour === 'string' ? colour : undefined,
        extra: without(source, ['id', 'title', 'bounding', 'color']),
      },
    ];
  });
}
