import { asObject } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import type { WorkflowGraph } from '@snug/graph';
import { idOf, largest, listOf, without } from './json-field.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type { DocumentLink, DocumentNode, NodeId } from './types.ts';

/** Ends of a subgraph: ids of its two ends in the file, and the names of its outputs. */
export interface GraphEnds {
  readonly inputNode: string;
  readonly outputNode: string;
  readonly inputs: number;
  readonly outputs: readonly string[];
}

export interface LinksRead {
  readonly links: Map<string, DocumentLink>;
  /** Nodes that lost a link, which led nowhere. */
  readonly dropped: readonly NodeId[];
}

/** Inputs say which link feeds them, links where it comes from; where they disagree, inputs count, as in a run. */
export function readLinks(
  parsed: WorkflowGraph,
  nodes: ReadonlyMap<NodeId, DocumentNode>,
  saved: Json | undefined,
  ends: GraphEnds | undefined,
): LinksRead {
  const extras = linkExtras(saved);
  const into = new Map<string, DocumentLink['to'][]>();
  const dropped: NodeId[] = [];
  for (const { id, inputs } of parsed.nodes.values()) {
    const names = nodes.get(id)?.inputs ?? [];
    for (const [at, { link }] of inputs.entries()) {
      const input = names[at];
      if (link === undefined || !input) continue;
      const to = { node: id, input: input.name };
      const others = into.get(link);
      if (others) others.push(to);
      else into.set(link, [to]);
      if (!parsed.links.has(link)) dropped.push(id);
    }
  }
  const links = new Map<string, DocumentLink>();
  const fed = new Set<string>();
  const shared: Omit<DocumentLink, 'id'>[] = [];
  for (const { id, from, fromSlot, to, toSlot, type } of parsed.links.values()) {
    const output = ends && to === ends.outputNode ? ends.outputs[toSlot] : undefined;
    const targets = into.get(id) ?? [];
    if (output !== undefined && !fed.has(output)) {
      fed.add(output);
      targets.push({ node: SUBGRAPH_OUTPUT, input: output });
    }
    const isOutside = ends !== undefined && from === ends.inputNode && fromSlot >= 0 && fromSlot < ends.inputs;
    const source = isOutside ? SUBGRAPH_INPUT : nodes.has(from) && fromSlot >= 0 ? from : undefined;
    const isWhole = source !== undefined && Number.isSafeInteger(fromSlot);
    if (!targets.length || !isWhole) {
      dropped.push(nodes.has(to) ? to : from);
      continue;
    }
    const start = { node: source, slot: fromSlot };
    const extra = extras.get(id) ?? new Map<string, Json>();
    for (const [at, target] of targets.entries()) {
      if (at === 0) links.set(id, { id, from: start, to: target, type, extra });
      else shared.push({ from: start, to: target, type, extra: new Map() });
    }
  }
  let last = largest(0, links.keys());
  for (const link of shared) {
    const id = String(++last);
    links.set(id, { id, ...link });
  }
  return { links, dropped: dropped.filter((id) => nodes.has(id)) };
}

const LINK_MEMBERS = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'type'];

/** What links say besides, by id. */
function linkExtras(json: Json | undefined): Map<string, Map<string, Json>> {
  const extras = new Map<string, Map<string, Json>>();
  for (const link of json instanceof Map ? json.values() : listOf(json)) {
    const members = asObject(link);
    const [id, type] = members ? [members.get('id'), members.get('type')] : [listOf(link)[0], listOf(link)[5]];
    const extra = members ? without(members, LINK_MEMBERS) : new Map<string, Json>();
    if (type !== undefined && typeof type !== 'string') extra.set('type', type);
    const key = idOf(id);
    if (key !== undefined && extra.size) extras.set(key, extra);
  }
  return extras;
}
