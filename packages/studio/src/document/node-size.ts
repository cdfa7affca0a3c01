/** How large nodes are drawn when nobody has measured them. */
import type { Catalogue } from '../catalogue/types.ts';
import type { DocumentNode, NodeId, Size } from './types.ts';

const WIDTH = 300;
const HEAD = 40;
const ROW = 26;
const TALL: Readonly<Record<string, number>> = { multiline: 120, upload: 220 };

/** The size that was saved or measured, else an estimate. */
export function sizeOf(
  { id, type, size, isCollapsed, inputs, outputs, values }: DocumentNode,
  sizes: ReadonlyMap<NodeId, Size> = new Map(),
  catalogue?: Catalogue,
): Size {
  const known = sizes.get(id) ?? size;
  if (known) return known;
  if (isCollapsed) return { width: WIDTH / 2, height: HEAD };
  if (type === 'Reroute') return { width: 80, height: ROW };
  const sockets = inputs.filter(({ widget }) => widget === undefined).length;
  let height = HEAD + Math.max(sockets, outputs.length) * ROW;
  const widgets = new Map(catalogue?.definitions.get(type)?.inputs.map(({ name, widget }) => [name, widget]));
  for (const name of values.keys()) height += TALL[widgets.get(name)?.kind ?? ''] ?? ROW;
  return { width: WIDTH, height };
}
