/** How large nodes are drawn when nobody has measured them. */
import type { Catalogue, NodeDefinition, WidgetDefinition } from '../catalogue/types.ts';
import type { DocumentNode, NodeId, Size } from './types.ts';

/** In pixels; the canvas draws nodes with them. */
export const NODE_WIDTH = 288;
export const HEADER_HEIGHT = 36;
export const NODE_PADDING = 8;
export const SLOT_HEIGHT = 24;
export const WIDGET_HEIGHT = 34;
export const TEXT_HEIGHT = 104;
/** Below an upload. */
export const THUMBNAIL_HEIGHT = 168;
/** Below everything, where a node shows what it left. */
export const PICTURE_HEIGHT = 184;

/** Types of inputs that show that a node leaves pictures. */
const PICTURES = new Set(['IMAGE', 'MASK']);

/** Whether it keeps room for pictures before there are any. */
export function leavesPictures(definition: NodeDefinition | undefined): boolean {
  return definition?.isOutput === true && definition.inputs.some(({ type }) => PICTURES.has(type));
}

/** The size that was saved or measured, else an estimate. */
export function sizeOf(
  { id, type, size, isCollapsed, inputs, outputs, values }: DocumentNode,
  sizes: ReadonlyMap<NodeId, Size> = new Map(),
  catalogue?: Catalogue,
): Size {
  const known = sizes.get(id) ?? size;
  if (known) return known;
  if (isCollapsed) return { width: NODE_WIDTH / 2, height: HEADER_HEIGHT };
  if (type === 'Reroute') return { width: 80, height: SLOT_HEIGHT };
  const definition = catalogue?.definitions.get(type);
  const sockets = inputs.filter(({ widget }) => widget === undefined).length;
  let height = HEADER_HEIGHT + 2 * NODE_PADDING + Math.max(sockets, outputs.length) * SLOT_HEIGHT;
  const kinds = new Map(definition?.inputs.map(({ name, widget }) => [name, widget?.kind]));
  for (const name of values.keys()) height += heightOf(kinds.get(name));
  return { width: NODE_WIDTH, height: height + (leavesPictures(definition) ? PICTURE_HEIGHT : 0) };
}

function heightOf(kind: WidgetDefinition['kind'] | undefined): number {
  if (kind === 'multiline') return TEXT_HEIGHT;
  return kind === 'upload' ? WIDGET_HEIGHT + THUMBNAIL_HEIGHT : WIDGET_HEIGHT;
}
