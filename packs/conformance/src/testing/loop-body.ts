/** The nodes of a loop: found by walking the graph, cloned for each round. */
import { Link } from '@snug/node-kit';
import type { BuilderNode, GraphBuilder, NodeGraph, SubgraphNode } from '@snug/node-kit';

/** Where a loop begins and ends: node ids. */
export interface LoopEnds {
  readonly open: string;
  readonly close: string;
}

export interface LoopClone {
  readonly open: BuilderNode;
  readonly close: BuilderNode;
}

/** The id, without prefix, of the clone that decides about the next round. */
const CLOSE_CLONE = 'Recurse';

/** The value as a link, also in its form on the wire, `[id, slot]`; undefined when it is no link. */
export function asLink(value: unknown): Link | undefined {
  if (value instanceof Link) return value;
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [node, slot] = value as unknown[];
  return typeof node === 'string' && typeof slot === 'number' ? new Link(node, slot) : undefined;
}

/**
 * Clones everything on a way from `open` to `close`, both included. Links inside lead to clones, the others stay.
 * @throws when `close` does not depend on `open`.
 */
export function cloneLoop(graph: NodeGraph, { open, close }: LoopEnds, builder: GraphBuilder): LoopClone {
  const body = loopBody(graph, { open, close });
  const clones = new Map<string, BuilderNode>();
  for (const [id, { classType }] of body) {
    const name = id === close ? CLOSE_CLONE : nameOfClone(id, close);
    if (builder.lookup(name))
      throw new Error(`Two clones of a loop would be called ${name}: rename the node of that id.`);
    clones.set(id, builder.node(classType, {}, name).showAs(id));
  }
  for (const [id, { inputs }] of body) {
    const clone = clones.get(id);
    for (const [name, value] of inputs) {
      const link = asLink(value);
      clone?.set(name, (link && clones.get(link.node)?.out(link.slot)) ?? link ?? value);
    }
  }
  const [openClone, closeClone] = [clones.get(open), clones.get(close)];
  if (!openClone || !closeClone) throw new Error(`Node ${close} does not depend on node ${open}: link flow_control.`);
  return { open: openClone, close: closeClone };
}

/**
 * A clone is called as its original, without what the round before put in front: the reference leaves that in, and its
 * ids grow with the square of the rounds.
 */
function nameOfClone(id: string, close: string): string {
  if (!close.endsWith(`.${CLOSE_CLONE}`)) return id;
  const prefix = close.slice(0, -CLOSE_CLONE.length);
  return id.startsWith(prefix) ? id.slice(prefix.length) : id;
}

/** The nodes that depend on `open` and that `close` depends on, from `open` on. */
function loopBody(graph: NodeGraph, ends: LoopEnds): Map<string, SubgraphNode> {
  const consumers = consumersOnTheWay(graph, ends);
  const body = new Map<string, SubgraphNode>();
  // the list grows while it is walked
  const found = [ends.open];
  for (const id of found) {
    const node = body.has(id) ? undefined : graph.get(id);
    if (!node) continue;
    body.set(id, node);
    for (const consumer of consumers.get(id) ?? []) found.push(consumer);
  }
  return body;
}

/** Who consumes what, among the nodes that `close` depends on; nothing before `open` is asked. */
function consumersOnTheWay(graph: NodeGraph, { open, close }: LoopEnds): Map<string, string[]> {
  const consumers = new Map<string, string[]>();
  const seen = new Set([open, close]);
  const waiting = [close];
  for (const id of waiting) {
    for (const value of graph.get(id)?.inputs.values() ?? []) {
      const source = asLink(value)?.node;
      if (source === undefined) continue;
      const known = consumers.get(source);
      if (known) known.push(id);
      else consumers.set(source, [id]);
      if (seen.has(source)) continue;
      seen.add(source);
      waiting.push(source);
    }
  }
  return consumers;
}
