/**
 * Where everything on a node is, told from what it shows: rows have fixed heights, so that links have their ends before
 * anything is drawn and a thousand nodes need not be measured.
 */
import type { InputPort, NodePorts, OutputPort } from '../document/index.ts';
import {
  HEADER_HEIGHT,
  leavesPictures,
  NODE_PADDING as PADDING,
  NODE_WIDTH as WIDTH,
  PICTURE_HEIGHT,
  SLOT_HEIGHT,
  TEXT_HEIGHT,
  THUMBNAIL_HEIGHT,
  WIDGET_HEIGHT,
} from '../document/node-size.ts';
import type { DocumentNode, Point } from '../document/types.ts';

const PROBLEM_HEIGHT = 34;
const COLLAPSED_WIDTH = 208;
/** Of a node that a person makes smaller. */
export const NARROWEST = 208;

export type NodeRow =
  | { readonly kind: 'slots'; readonly input: InputPort | undefined; readonly output: OutputPort | undefined }
  | { readonly kind: 'widget'; readonly input: InputPort }
  /** Shows and hides inputs that are rarely set. */
  | { readonly kind: 'advanced'; readonly count: number; readonly isOpen: boolean };

export interface PlacedRow {
  readonly row: NodeRow;
  readonly key: string;
  readonly height: number;
  /** Why the input was refused; its line is part of the height. */
  readonly problem: string | undefined;
}

export interface SlotPlace {
  readonly side: 'input' | 'output';
  /** As xyflow calls it: see {@link inputHandle}. */
  readonly id: string;
  readonly at: Point;
}

export interface NodeLayout {
  readonly width: number;
  /** Without what a run shows below the rows. */
  readonly height: number;
  /** Of the pictures below the rows. */
  readonly pictureHeight: number;
  readonly rows: readonly PlacedRow[];
  readonly slots: readonly SlotPlace[];
}

export const inputHandle = (name: string): string => `in ${name}`;
export const outputHandle = (slot: number): string => `out ${slot}`;
export const inputOfHandle = (handle: string): string => handle.slice(3);
export const slotOfHandle = (handle: string): number => Number(handle.slice(4));

/**
 * @param problems why inputs were refused, by name
 * @param isAdvancedOpen inputs that are rarely set are shown
 */
export function layOutNode(
  node: DocumentNode,
  ports: NodePorts,
  problems: ReadonlyMap<string, string>,
  isAdvancedOpen: boolean,
): NodeLayout {
  if (node.isCollapsed) return collapsed(node, ports);
  const rows = rowsOf(ports, problems, isAdvancedOpen);
  const width = Math.max(NARROWEST, node.size?.width ?? WIDTH);
  const natural = rows.reduce((sum, { height }) => sum + height, HEADER_HEIGHT + 2 * PADDING);
  const pictures = leavesPictures(ports.definition) ? PICTURE_HEIGHT : 0;
  const stretched = stretch(rows, (node.size?.height ?? 0) - natural - pictures);
  const slots: SlotPlace[] = [];
  let y = HEADER_HEIGHT + PADDING;
  for (const { row, height } of stretched) {
    const middle = y + (row.kind === 'slots' ? SLOT_HEIGHT : WIDGET_HEIGHT) / 2;
    if (row.kind !== 'advanced' && row.input?.isSocket)
      slots.push({ side: 'input', id: inputHandle(row.input.name), at: { x: 0, y: middle } });
    if (row.kind === 'slots' && row.output)
      slots.push({ side: 'output', id: outputHandle(row.output.slot), at: { x: width, y: middle } });
    y += height;
  }
  // links of inputs that are not shown end at the header
  const shown = new Set(slots.map(({ id }) => id));
  for (const { name, isSocket } of ports.inputs)
    if (isSocket && !shown.has(inputHandle(name))) slots.push(atHeader('input', inputHandle(name), 0));
  const height = y + PADDING;
  const pictureHeight = Math.max(PICTURE_HEIGHT, (node.size?.height ?? 0) - height);
  return { width, height, pictureHeight, rows: stretched, slots };
}

function collapsed(node: DocumentNode, ports: NodePorts): NodeLayout {
  const width = Math.max(COLLAPSED_WIDTH, Math.min(node.size?.width ?? 0, WIDTH));
  const inputs = ports.inputs.filter(({ isSocket }) => isSocket);
  return {
    width,
    height: HEADER_HEIGHT,
    pictureHeight: 0,
    rows: [],
    slots: [
      ...inputs.map(({ name }) => atHeader('input', inputHandle(name), 0)),
      ...ports.outputs.map(({ slot }) => atHeader('output', outputHandle(slot), width)),
    ],
  };
}

const atHeader = (side: SlotPlace['side'], id: string, x: number): SlotPlace => ({
  side,
  id,
  at: { x, y: HEADER_HEIGHT / 2 },
});

function rowsOf(ports: NodePorts, problems: ReadonlyMap<string, string>, isAdvancedOpen: boolean): PlacedRow[] {
  const isHidden = (input: InputPort): boolean =>
    input.definition?.isAdvanced === true && input.link === undefined && !problems.has(input.name);
  const advanced = ports.inputs.filter(isHidden);
  const inputs = isAdvancedOpen ? ports.inputs : ports.inputs.filter((input) => !isHidden(input));
  const plain = inputs.filter(({ widget }) => !widget);
  const rows: PlacedRow[] = [];
  const add = (row: NodeRow, key: string, height: number, problem?: string): void => {
    rows.push({ row, key, height: height + (problem === undefined ? 0 : PROBLEM_HEIGHT), problem });
  };
  for (let at = 0; at < Math.max(plain.length, ports.outputs.length); at++) {
    const input = plain[at];
    add(
      { kind: 'slots', input, output: ports.outputs[at] },
      `slots ${at}`,
      SLOT_HEIGHT,
      input && problems.get(input.name),
    );
  }
  for (const input of inputs)
    if (input.widget)
      add({ kind: 'widget', input }, `widget ${input.name}`, widgetHeight(input), problems.get(input.name));
  if (advanced.length)
    add({ kind: 'advanced', count: advanced.length, isOpen: isAdvancedOpen }, 'advanced', SLOT_HEIGHT);
  return rows;
}

function widgetHeight({ widget, link }: InputPort): number {
  if (link !== undefined) return WIDGET_HEIGHT;
  if (widget?.kind === 'multiline') return TEXT_HEIGHT;
  return widget?.kind === 'upload' && widget.media === 'image' ? WIDGET_HEIGHT + THUMBNAIL_HEIGHT : WIDGET_HEIGHT;
}

/** What a person gave beyond the need goes to texts and pictures. */
function stretch(rows: readonly PlacedRow[], spare: number): readonly PlacedRow[] {
  const isElastic = ({ row }: PlacedRow): boolean => row.kind === 'widget' && widgetHeight(row.input) > WIDGET_HEIGHT;
  const count = rows.filter(isElastic).length;
  if (spare <= 0 || count === 0) return rows;
  return rows.map((row) => (isElastic(row) ? { ...row, height: row.height + Math.floor(spare / count) } : row));
}
