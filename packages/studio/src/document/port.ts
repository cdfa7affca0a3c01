/** Inputs and outputs as they are shown. */
import type { FrontEndRole } from '../catalogue/front-end-nodes.ts';
import type { InputDefinition, NodeDefinition, WidgetDefinition } from '../catalogue/types.ts';
import type { DocumentNode, LinkId, SavedSlot, SubgraphDefinition, ValueControl, WidgetValue } from './types.ts';

/** `class` nodes run; `unknown` ones would need a pack that the server lacks. */
export type NodeRole = 'class' | 'subgraph' | 'unknown' | FrontEndRole;

export interface InputPort {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** A link can end here. */
  readonly isSocket: boolean;
  readonly widget: WidgetDefinition | undefined;
  /** How the value changes after each run; undefined when there is no such control. */
  readonly control: ValueControl | undefined;
  /** The link that feeds it. */
  readonly link: LinkId | undefined;
  /** The class does not have it (any more): it is there because a link leads to it. */
  readonly isStale: boolean;
  readonly definition: InputDefinition | undefined;
}

export interface OutputPort {
  readonly slot: number;
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
}

export interface NodePorts {
  readonly role: NodeRole;
  /** Of the class or the subgraph; the node's own title is in the node. */
  readonly name: string;
  readonly definition: NodeDefinition | undefined;
  readonly subgraph: SubgraphDefinition | undefined;
  readonly inputs: readonly InputPort[];
  readonly outputs: readonly OutputPort[];
}

/** The link into each input. */
export type FedBy = ReadonlyMap<string, LinkId>;

export function definedPort(input: InputDefinition, node: DocumentNode, fedBy: FedBy): InputPort {
  const { name, label, type, isRequired, isSocket, widget } = input;
  // a type that only some extension edits is shown as what it holds
  const shown = widget ?? (node.values.has(name) ? widgetFor(node.values.get(name)) : undefined);
  return {
    name,
    label,
    type,
    isRequired,
    isSocket,
    widget: shown,
    control: node.controls.get(name),
    link: fedBy.get(name),
    isStale: false,
    definition: input,
  };
}

export function slotPort({ name, type }: Pick<SavedSlot, 'name' | 'type'>, fedBy: FedBy): InputPort {
  return {
    name,
    label: name,
    type,
    isRequired: false,
    isSocket: true,
    widget: undefined,
    control: undefined,
    link: fedBy.get(name),
    isStale: false,
    definition: undefined,
  };
}

export function savedOutputs({ outputs }: DocumentNode): OutputPort[] {
  return outputs.map(({ name, type }, slot) => ({ slot, name, type, isList: false }));
}

export function valuePort(name: string, widget: WidgetDefinition | undefined, node: DocumentNode): InputPort {
  const port = slotPort({ name, type: '*' }, new Map());
  return { ...port, isSocket: false, widget, control: node.controls.get(name) };
}

/** A widget for a value of which nobody says what it is. */
export function widgetFor(value: WidgetValue): WidgetDefinition {
  switch (typeof value) {
    case 'string':
      return { kind: 'text', placeholder: undefined, isDynamic: false, default: '' };
    case 'boolean':
      return { kind: 'toggle', labelOn: undefined, labelOff: undefined, default: false };
    case 'number':
    case 'bigint': {
      const limits = { min: undefined, max: undefined, step: 1, precision: undefined, default: 0, isColour: false };
      return { kind: 'number', isInteger: false, ...limits };
    }
    default:
      return { kind: 'other', type: '*', default: undefined };
  }
}
