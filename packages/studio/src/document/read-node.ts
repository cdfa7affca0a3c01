import { asObject } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import type { WorkflowNode } from '@snug/graph';
import { listOf, numbersOf, without } from './json-field.ts';
import { uniqueNames } from './slot-names.ts';
import type { DocumentNode, NodeMode, Point } from './types.ts';

const MODES: ReadonlyMap<number, NodeMode> = new Map([
  [2, 'muted'],
  [4, 'bypassed'],
]);

/** A node as the file has it; its values are not read yet. */
export function readNode({ id, type, title, mode, inputs, outputs, source }: WorkflowNode): DocumentNode {
  const extra = without(source, NODE_MEMBERS);
  const colour = source.get('color');
  if (colour !== undefined && typeof colour !== 'string') extra.set('color', colour);
  const saved = source.get('widgets_values');
  const flags = asObject(source.get('flags'));
  const others = flags && without(flags, ['collapsed']);
  if (others?.size) extra.set('flags', others);
  if (!MODES.has(mode) && mode !== 0) extra.set('mode', mode);
  const raw = { inputs: listOf(source.get('inputs')), outputs: listOf(source.get('outputs')) };
  return {
    id,
    type,
    title,
    position: pointOf(source.get('pos')) ?? { x: 0, y: 0 },
    size: sizeOf(source.get('size')),
    mode: MODES.get(mode) ?? 'always',
    isCollapsed: flags?.get('collapsed') === true,
    colour: typeof colour === 'string' ? colour : undefined,
    values: new Map(),
    controls: new Map(),
    inputs: uniqueNames(
      inputs.map(({ name, type, widget }, at) => ({
        name,
        type,
        widget,
        extra: slotExtra(raw.inputs[at], INPUT_MEMBERS),
      })),
    ),
    outputs: uniqueNames(
      outputs.map(({ name, type }, at) => ({ name, type, extra: slotExtra(raw.outputs[at], OUTPUT_MEMBERS) })),
    ),
    savedValues: saved instanceof Map || Array.isArray(saved) ? saved : undefined,
    extra,
  };
}

const NODE_MEMBERS = [
  'id',
  'type',
  'title',
  'pos',
  'size',
  'flags',
  'mode',
  'color',
  'inputs',
  'outputs',
  'widgets_values',
];
const INPUT_MEMBERS = ['name', 'type', 'link', 'widget'];
const OUTPUT_MEMBERS = ['name', 'type', 'links'];

/** What the file says besides; types that are no texts and widgets that say more than a name stay too. */
export function slotExtra(json: Json | undefined, members: readonly string[]): Map<string, Json> {
  const source = asObject(json) ?? new Map<string, Json>();
  const extra = without(source, members);
  const type = source.get('type');
  if (type !== undefined && (typeof type !== 'string' || type === '')) extra.set('type', type);
  const widget = asObject(source.get('widget'));
  if (widget && (widget.size > 1 || typeof widget.get('name') !== 'string')) extra.set('widget', widget);
  return extra;
}

function pointOf(json: Json | undefined): Point | undefined {
  const [x, y] = numbersOf(json);
  return x === undefined || y === undefined ? undefined : { x, y };
}

function sizeOf(json: Json | undefined): DocumentNode['size'] {
  const [width, height] = numbersOf(json);
  return width === undefined || height === undefined ? undefined : { width, height };
}
