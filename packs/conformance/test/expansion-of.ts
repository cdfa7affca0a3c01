import { Link, NodeResult } from '@snug/node-kit';

interface ShownNode {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly as?: string;
}

/** An expansion in a form that is easy to compare: links are `id:slot`. */
export function expansionOf(result: unknown): { nodes: Record<string, ShownNode>; outputs: Record<string, unknown> } {
  if (!(result instanceof NodeResult) || !result.expansion) throw new Error('The node did not expand.');
  const show = (value: unknown): unknown => (value instanceof Link ? `${value.node}:${value.slot}` : value);
  const showAll = (entries: Iterable<[string, unknown]>): Record<string, unknown> =>
    Object.fromEntries([...entries].map(([name, value]) => [name, show(value)]));
  const nodes = [...result.expansion].map(([id, { classType, inputs, displayId }]) => {
    const node = { type: classType, inputs: showAll(inputs) };
    return [id, displayId === undefined ? node : { ...node, as: displayId }] as const;
  });
  return { nodes: Object.fromEntries(nodes), outputs: showAll(Object.entries(result.outputs ?? {})) };
}
