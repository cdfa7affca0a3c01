/** A prompt in API form as a document: it has no places, which the layout finds. */
import { asLink } from '@snug/graph';
import { asObject, toPlain } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import type { Catalogue, InputDefinition, NodeDefinition } from '../catalogue/types.ts';
import { emptyDocument } from './new-document.ts';
import { newNode } from './new-node.ts';
import { placedInLayers } from './layout/place-nodes.ts';
import { largest } from './json-field.ts';
import { shownInputs } from './shown-inputs.ts';
import type { DocumentLink, DocumentNode, NodeId, ValueControl, WidgetValue, WorkflowDocument } from './types.ts';

interface PromptNode {
  readonly id: NodeId;
  readonly type: string;
  readonly title: string | undefined;
  readonly inputs: JsonObject;
}

/** Nodes without a class are left out. @param id of the new workflow */
export function readPrompt(prompt: JsonObject, catalogue: Catalogue, id: string): WorkflowDocument {
  const prompted = promptNodes(prompt);
  const nodes = new Map<NodeId, DocumentNode>();
  for (const node of prompted.values()) nodes.set(node.id, readNode(node, prompted, catalogue, nodes.size));
  const links = new Map<string, DocumentLink>();
  for (const { id: target, inputs } of prompted.values()) {
    for (const [input, value] of inputs) {
      const link = linkIn(value, prompted);
      const source = link && nodes.get(link.node);
      if (!link || !source) continue;
      const linkId = String(links.size + 1);
      const type = source.outputs[link.slot]?.type ?? '*';
      links.set(linkId, {
        id: linkId,
        from: { node: source.id, slot: link.slot },
        to: { node: target, input },
        type,
        extra: new Map(),
      });
    }
  }
  const lastNodeId = largest(0, nodes.keys());
  const document = emptyDocument(id);
  const graph = { ...document.root, nodes: withOutputs(nodes, links), links, lastNodeId, lastLinkId: links.size };
  return { ...document, root: placedInLayers(graph, { catalogue }) };
}

/** By their id in the prompt. Ids that are no whole numbers are replaced: front ends join ids of subgraphs with `:`. */
function promptNodes(prompt: JsonObject): Map<string, PromptNode> {
  const found = new Map<string, PromptNode>();
  let last = 0;
  for (const id of prompt.keys()) if (isNumber(id)) last = Math.max(last, Number(id));
  for (const [id, json] of prompt) {
    const node = asObject(json);
    const type = node?.get('class_type');
    if (typeof type !== 'string') continue;
    const title = asObject(node?.get('_meta'))?.get('title');
    found.set(id, {
      id: isNumber(id) ? id : String(++last),
      type,
      title: typeof title === 'string' ? title : undefined,
      inputs: asObject(node?.get('inputs')) ?? new Map<string, Json>(),
    });
  }
  return found;
}

const isNumber = (id: string): boolean => /^(?:0|[1-9]\d{0,14})$/.test(id);

function linkIn(value: Json, nodes: ReadonlyMap<string, PromptNode>): { node: NodeId; slot: number } | undefined {
  const [source, slot] = asLink(value) ?? [];
  const node = source === undefined ? undefined : nodes.get(source);
  return node && slot !== undefined && Number.isSafeInteger(slot) && slot >= 0 ? { node: node.id, slot } : undefined;
}

function readNode(
  { id, type, title, inputs }: PromptNode,
  nodes: ReadonlyMap<string, PromptNode>,
  catalogue: Catalogue,
  order: number,
): DocumentNode {
  const definition = catalogue.definitions.get(type);
  const values = new Map<string, WidgetValue>();
  const linked: string[] = [];
  for (const [name, value] of inputs) {
    if (linkIn(value, nodes)) linked.push(name);
    else values.set(name, literalOf(value));
  }
  const node = newNode({ id, type, position: { x: 0, y: 0 }, order }, definition, catalogue, values, fixed(definition));
  const known = new Set(node.inputs.map(({ name }) => name));
  const types = new Map(shownInputs(definition?.inputs ?? [], node.values, linked).map((one) => [one.name, one]));
  const further = linked
    .filter((name) => !known.has(name))
    .map((name) => ({ name, type: types.get(name)?.type ?? '*', widget: undefined, extra: new Map<string, Json>() }));
  const shown = title === undefined || title === (definition?.name ?? type) ? undefined : title;
  return { ...node, title: shown === '' ? undefined : shown, inputs: [...node.inputs, ...further] };
}

/** A prompt says which seed it ran with: it is to stay. */
function fixed(definition: NodeDefinition | undefined): Map<string, ValueControl> {
  const controlled = (definition?.inputs ?? []).filter(({ control }: InputDefinition) => control !== undefined);
  return new Map(controlled.map(({ name }) => [name, 'fixed']));
}

function literalOf(value: Json): WidgetValue {
  const wrapped = asObject(value);
  const list = wrapped?.size === 1 ? wrapped.get('__value__') : undefined;
  return toPlain(Array.isArray(list) ? list : value);
}

/** Nodes of unknown classes get the outputs that something is linked to. */
function withOutputs(
  nodes: ReadonlyMap<NodeId, DocumentNode>,
  links: ReadonlyMap<string, DocumentLink>,
): Map<NodeId, DocumentNode> {
  const most = new Map<NodeId, number>();
  for (const { from } of links.values()) most.set(from.node, Math.max(most.get(from.node) ?? 0, from.slot + 1));
  const changed = new Map(nodes);
  for (const [id, count] of most) {
    const node = nodes.get(id);
    // more than a node can have would fill the memory
    if (!node || node.outputs.length >= count || count > MAX_OUTPUTS) continue;
    const outputs = [...node.outputs];
    while (outputs.length < count) outputs.push({ name: `${outputs.length}`, type: '*', extra: new Map() });
    changed.set(id, { ...node, outputs });
  }
  return changed;
}

const MAX_OUTPUTS = 1000;
