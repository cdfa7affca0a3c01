/** Which column each node stands in: right of everything that feeds it, as near to what it feeds as that allows. */

export interface Edges {
  /** Nodes that feed each node, by position in the list of nodes. */
  readonly sources: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
}

/** Column of each node, from 0. Links that close a circle do not count. Linear in nodes and links. */
export function layersOf({ sources, targets }: Edges): number[] {
  const order = topological(sources, targets);
  const rank = order.map(() => 0);
  for (const [at, node] of order.entries()) rank[node] = at;
  const layers = order.map(() => 0);
  for (const node of order) {
    for (const source of sources[node]!) {
      if (rank[source]! < rank[node]!) layers[node] = Math.max(layers[node]!, layers[source]! + 1);
    }
  }
  // what nothing feeds would stand far left of the only node that needs it
  for (const node of order.toReversed()) {
    if (sources[node]!.length) continue;
    const after = targets[node]!.filter((target) => rank[target]! > rank[node]!).map((target) => layers[target]!);
    if (after.length) layers[node] = after.reduce((least, one) => Math.min(least, one)) - 1;
  }
  return layers;
}

/** Every node after what feeds it; where nodes go in circles, the first of the list begins. */
function topological(sources: Edges['sources'], targets: Edges['targets']): number[] {
  const open = sources.map((list) => list.length);
  const ready: number[] = [];
  const done = open.map(() => false);
  for (const [node, count] of open.entries()) if (count === 0) ready.push(node);
  const order: number[] = [];
  let next = 0;
  let fallback = 0;
  while (order.length < open.length) {
    if (next === ready.length) {
      while (done[fallback]) fallback++;
      ready.push(fallback);
    }
    const node = ready[next++]!;
    if (done[node]) continue;
    done[node] = true;
    order.push(node);
    for (const target of targets[node]!) {
      open[target]!--;
      if (open[target] === 0 && !done[target]) ready.push(target);
    }
  }
  return order;
}
