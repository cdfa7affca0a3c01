/** What a node holds, whichever kind it is. */
import { toJson, toPlain } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import { frontEndRole, LINK_NAME, NOTE_TEXT, PRIMITIVE_VALUE } from '../catalogue/front-end-nodes.ts';
import { isControl } from '../catalogue/read-widget.ts';
import type { Catalogue } from '../catalogue/types.ts';
import { arrangeHostValues, readHostValues } from './host-widgets.ts';
import { readValues } from './read-values.ts';
import type { DocumentNode, SubgraphDefinition, ValueControl, WidgetValue } from './types.ts';
import { arrangeValues } from './write-values.ts';
import type { NamedValues } from './write-values.ts';

type Subgraphs = ReadonlyMap<string, SubgraphDefinition>;
const NOTHING: NamedValues = { values: new Map(), controls: new Map() };

/** The only value of a node that front ends know by themselves. */
export function ownValueName(type: string, catalogue: Catalogue): string | undefined {
  const role = frontEndRole(type, catalogue.descriptions.has(type));
  if (role === 'primitive') return PRIMITIVE_VALUE;
  if (role === 'note') return NOTE_TEXT;
  return role === 'set' || role === 'get' ? LINK_NAME : undefined;
}

/** The values of a node by name, from how they are saved. */
export function namedValuesOf(node: DocumentNode, subgraphs: Subgraphs, catalogue: Catalogue): NamedValues {
  const { type, savedValues, inputs, extra } = node;
  const own = ownValueName(type, catalogue);
  if (own !== undefined) return Array.isArray(savedValues) ? ownValues(own, savedValues as readonly Json[]) : NOTHING;
  const subgraph = subgraphs.get(type);
  if (subgraph) return readHostValues(node, subgraph);
  const definition = catalogue.definitions.get(type);
  if (definition) {
    const { values, controls } = readValues(
      definition.inputs,
      inputs,
      savedValues ?? [],
      extra.get('widgets_values_named'),
    );
    return { values, controls };
  }
  if (!(savedValues instanceof Map)) return NOTHING;
  return { values: new Map([...savedValues].map(([name, value]) => [name, toPlain(value)])), controls: new Map() };
}

function ownValues(name: string, [value, control]: readonly Json[]): NamedValues {
  const isSet = value !== undefined && value !== null;
  return {
    values: new Map(isSet ? [[name, toPlain(value)]] : []),
    controls: new Map(isControl(control) ? [[name, control]] : []),
  };
}

/** The node with other values; they are arranged the way its kind is saved. */
export function withValues(
  node: DocumentNode,
  values: ReadonlyMap<string, WidgetValue>,
  controls: ReadonlyMap<string, ValueControl>,
  subgraphs: Subgraphs,
  catalogue: Catalogue,
): DocumentNode {
  const own = ownValueName(node.type, catalogue);
  if (own !== undefined) {
    const control = controls.get(own);
    const rest = Array.isArray(node.savedValues) ? node.savedValues.slice(isControl(node.savedValues[1]) ? 2 : 1) : [];
    // nothing comes after a value that is not there
    const saved = values.has(own)
      ? [toJson(values.get(own)), ...(control === undefined ? [] : [control]), ...(rest as Json[])]
      : [];
    return { ...node, values, controls, savedValues: saved };
  }
  const subgraph = subgraphs.get(node.type);
  if (subgraph) return { ...node, ...arrangeHostValues(node, subgraph, values) };
  const definition = catalogue.definitions.get(node.type);
  if (!definition) return { ...node, values, controls, savedValues: toJson(values) as Map<string, Json> };
  const extra = new Map(node.extra);
  // it would contradict the list
  extra.delete('widgets_values_named');
  return { ...node, extra, ...arrangeValues(definition.inputs, node.inputs, { values, controls }, node.savedValues) };
}
