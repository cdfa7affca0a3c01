import type { Json } from '@snug/protocol/json';
import type { Catalogue, InputDefinition, NodeDefinition } from '../catalogue/types.ts';
import { withValues } from './node-values.ts';
import { uniqueNames } from './slot-names.ts';
import type {
  DocumentNode,
  NodeId,
  Point,
  SavedSlot,
  SubgraphDefinition,
  SubgraphSlot,
  ValueControl,
  WidgetValue,
} from './types.ts';

const NO_EXTRA: ReadonlyMap<string, Json> = new Map();

interface Start {
  readonly id: NodeId;
  readonly type: string;
  readonly position: Point;
  /** Place in the order of execution. */
  readonly order: number;
}

/** A node of a class, with every widget at its default; others may be given. */
export function newNode(
  start: Start,
  definition: NodeDefinition | undefined,
  catalogue: Catalogue,
  given: ReadonlyMap<string, WidgetValue> = new Map(),
  controls?: ReadonlyMap<string, ValueControl>,
): DocumentNode {
  const first = definition ? controlsAtFirst(definition.inputs) : new Map<string, ValueControl>();
  const node = bareNode(
    start,
    definition ? inputSlots(definition.inputs) : [],
    (definition?.outputs ?? []).map(({ name, type }) => ({ name, type, extra: NO_EXTRA })),
  );
  if (!definition && !given.size) return node;
  const values = new Map([...defaultsOf(definition), ...given]);
  return withValues(node, values, controls ?? first, new Map(), catalogue);
}

/** A node that stands for a subgraph; what it leaves open is up to the nodes inside. */
export function newHost(start: Start, subgraph: SubgraphDefinition): DocumentNode {
  return bareNode(start, subgraph.inputs.map(slotOf), subgraph.outputs.map(slotOf));
}

const slotOf = ({ name, type }: SubgraphSlot): SavedSlot => ({ name, type, extra: NO_EXTRA });

function bareNode(
  { id, type, position, order }: Start,
  inputs: readonly SavedSlot[],
  outputs: readonly SavedSlot[],
): DocumentNode {
  return {
    id,
    type,
    title: undefined,
    position,
    size: undefined,
    mode: 'always',
    isCollapsed: false,
    colour: undefined,
    values: new Map(),
    controls: new Map(),
    inputs,
    outputs: uniqueNames(outputs),
    savedValues: undefined,
    extra: new Map<string, Json>([
      ['order', order],
      ['properties', new Map([['Node name for S&R', type]])],
    ]),
  };
}

function defaultsOf(definition: NodeDefinition | undefined): Map<string, WidgetValue> {
  const set = (definition?.inputs ?? []).filter(({ widget }) => widget?.default !== undefined);
  return new Map(set.map(({ name, widget }) => [name, widget?.default]));
}

function controlsAtFirst(inputs: readonly InputDefinition[]): Map<string, ValueControl> {
  return new Map(inputs.flatMap(({ name, control }) => (control === undefined ? [] : [[name, control]])));
}

/** Sockets first, then what has a widget; growing inputs come when they are linked. */
function inputSlots(inputs: readonly InputDefinition[]): SavedSlot[] {
  const sockets: SavedSlot[] = [];
  const widgets: SavedSlot[] = [];
  for (const input of inputs) {
    if (!input.isSocket || input.dynamic?.kind === 'growing') continue;
    (input.widget ? widgets : sockets).push(inputSlot(input));
  }
  return [...sockets, ...widgets];
}

export function inputSlot({ name, type, widget }: Pick<InputDefinition, 'name' | 'type' | 'widget'>): SavedSlot {
  return { name, type, widget: widget && name, extra: NO_EXTRA };
}
