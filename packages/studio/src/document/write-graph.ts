import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { linksOf } from './look.ts';
import { SUBGRAPH_OUTPUT } from './types.ts';
import type {
  DocumentGroup,
  DocumentLink,
  DocumentNode,
  Graph,
  NodeMode,
  SavedSlot,
  SubgraphDefinition,
} from './types.ts';

/** The nodes, links and groups of a graph. @param asObjects how links are written */
export function putGraph(members: JsonObject, graph: Graph, writer: GraphWriter, asObjects: boolean): void {
  members.set(
    'nodes',
    [...graph.nodes.values()].map((node) => writer.node(node)),
  );
  members.set(
    'links',
    [...graph.links.values()].map((link) => writer.link(link, asObjects)),
  );
  members.set('groups', graph.groups.map(writeGroup));
}

function writeGroup({ id, title, position, size, colour, extra }: DocumentGroup): JsonObject {
  const members: JsonObject = new Map<string, Json>([
    ['id', writeId(id)],
    ['title', title],
    ['bounding', [position.x, position.y, size.width, size.height]],
  ]);
  if (colour !== undefined) members.set('color', colour);
  return new Map([...members, ...extra]);
}

/** Whole numbers are numbers in files. */
export function writeId(id: string): Json {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(id) ? Number(id) : id;
}

const MODES: Readonly<Record<NodeMode, number>> = { always: 0, muted: 2, bypassed: 4 };

/** Writes nodes and links of one graph. */
export class GraphWriter {
  readonly #graph: Graph;
  readonly #subgraph: SubgraphDefinition | undefined;
  readonly #ends: Readonly<Record<string, Json>>;

  constructor(graph: Graph, subgraph?: SubgraphDefinition, ends: Readonly<Record<string, Json>> = {}) {
    this.#graph = graph;
    this.#subgraph = subgraph;
    this.#ends = ends;
  }

  node(node: DocumentNode): JsonObject {
    const { extra, position, size, isCollapsed } = node;
    const flags: JsonObject = new Map(asObject(extra.get('flags')));
    if (isCollapsed) flags.set('collapsed', true);
    const members: JsonObject = new Map<string, Json>([
      ['id', writeId(node.id)],
      ['type', node.type],
    ]);
    if (node.title !== undefined) members.set('title', node.title);
    members.set('pos', [position.x, position.y]);
    if (size) members.set('size', [size.width, size.height]);
    members.set('flags', flags);
    if (extra.has('order')) members.set('order', extra.get('order')!);
    members.set('mode', node.mode === 'always' ? (extra.get('mode') ?? 0) : MODES[node.mode]);
    const links = linksOf(this.#graph, node.id);
    members.set('inputs', writeInputs(node, links));
    members.set('outputs', writeOutputs(node, links));
    if (node.colour !== undefined) members.set('color', node.colour);
    for (const [key, value] of extra) if (!members.has(key)) members.set(key, value);
    if (node.savedValues) members.set('widgets_values', node.savedValues as Json);
    return members;
  }

  link({ id, from, to, type, extra }: DocumentLink, asObject: boolean): Json {
    const parts: Json[] = [writeId(id), this.#id(from.node), from.slot, this.#id(to.node), this.#slotOf(to)];
    parts.push(extra.get('type') ?? type);
    if (!asObject) return parts;
    return new Map<string, Json>([...LINK_KEYS.map((key, at): [string, Json] => [key, parts[at]!]), ...extra]);
  }

  #id(id: string): Json {
    return this.#ends[id] ?? writeId(id);
  }

  #slotOf({ node, input }: DocumentLink['to']): number {
    const slots = node === SUBGRAPH_OUTPUT ? this.#subgraph?.outputs : this.#graph.nodes.get(node)?.inputs;
    return (slots ?? []).findIndex(({ name }) => name === input);
  }
}

const LINK_KEYS = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'type'];

function writeInputs(node: DocumentNode, links: readonly DocumentLink[]): Json[] {
  const fedBy = new Map(links.filter(({ to }) => to.node === node.id).map(({ id, to }) => [to.input, id]));
  return node.inputs.map((slot) => {
    const members = slotMembers(slot);
    const link = fedBy.get(slot.name);
    members.set('link', link === undefined ? null : writeId(link));
    if (slot.widget !== undefined) members.set('widget', new Map([['name', slot.widget]]));
    return new Map([...members, ...slot.extra]);
  });
}

function writeOutputs(node: DocumentNode, links: readonly DocumentLink[]): Json[] {
  const ids: Json[][] = node.outputs.map(() => []);
  for (const { id, from } of links) if (from.node === node.id) ids[from.slot]?.push(writeId(id));
  return node.outputs.map((slot, at) => {
    const members = slotMembers(slot);
    members.set('links', ids[at]?.length ? ids[at] : null);
    return new Map([...members, ...slot.extra]);
  });
}

const slotMembers = ({ name, type }: SavedSlot): JsonObject =>
  new Map<string, Json>([
    ['name', name],
    ['type', type],
  ]);
