/** A document as the workflow file that front ends open. */
import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { GraphWriter, putGraph, writeId } from './write-graph.ts';
import { pruneReroutes } from './reroutes.ts';
import { END_SIZE } from './read-workflow.ts';
import { linksFrom, linksOf } from './look.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type { DocumentLink, Extra, Graph, Point, SubgraphDefinition, SubgraphSlot, WorkflowDocument } from './types.ts';

/** Lossless JSON: `stringifyJson` makes its text. Members that were not known when it was read are there as they came. */
export function writeWorkflow({ root, subgraphs, version, extra }: WorkflowDocument): JsonObject {
  const isNew = version >= 1;
  const members: JsonObject = new Map();
  for (const key of ['id', 'revision']) if (extra.has(key)) members.set(key, extra.get(key)!);
  if (isNew) {
    members.set('version', version);
    members.set('state', stateOf(root, extra));
  } else {
    members.set('last_node_id', root.lastNodeId);
    members.set('last_link_id', root.lastLinkId);
  }
  putGraph(members, root, new GraphWriter(root), isNew);
  for (const [key, value] of extra) if (!members.has(key)) members.set(key, value);
  if (!isNew) members.set('version', version);
  if (subgraphs.size) {
    const definitions: JsonObject = new Map(asObject(extra.get('definitions')));
    definitions.set('subgraphs', [...subgraphs.values()].map(writeSubgraph));
    members.set('definitions', definitions);
  }
  return pruneReroutes(members, root);
}

function writeSubgraph(definition: SubgraphDefinition): JsonObject {
  const { id, name, inputs, outputs, inputsAt, outputsAt, graph, extra } = definition;
  const ends = {
    inputNode: endOf(extra, 'inputNode', SUBGRAPH_INPUT, inputsAt),
    outputNode: endOf(extra, 'outputNode', SUBGRAPH_OUTPUT, outputsAt),
  };
  const writer = new GraphWriter(graph, definition, {
    [SUBGRAPH_INPUT]: ends.inputNode.get('id')!,
    [SUBGRAPH_OUTPUT]: ends.outputNode.get('id')!,
  });
  const members: JsonObject = new Map<string, Json>([
    ['id', id],
    ['state', stateOf(graph, extra)],
    ['name', name],
    ['inputNode', ends.inputNode],
    ['outputNode', ends.outputNode],
    ['inputs', inputs.map((slot, at) => writeOuterSlot(slot, linksFrom(graph, SUBGRAPH_INPUT, at)))],
    [
      'outputs',
      outputs.map((slot) =>
        writeOuterSlot(
          slot,
          linksOf(graph, SUBGRAPH_OUTPUT).filter(({ to }) => to.input === slot.name),
        ),
      ),
    ],
  ]);
  putGraph(members, graph, writer, true);
  for (const [key, value] of extra) if (!members.has(key)) members.set(key, value);
  return pruneReroutes(members, graph);
}

function stateOf(graph: Graph, extra: Extra): JsonObject {
  return new Map<string, Json>([
    ['lastNodeId', graph.lastNodeId],
    ['lastLinkId', graph.lastLinkId],
    ...(asObject(extra.get('state')) ?? []),
  ]);
}

function endOf(extra: Extra, key: string, usualId: string, { x, y }: Point): JsonObject {
  const kept = asObject(extra.get(key));
  const bounding = kept?.get('bounding');
  const [, , width, height] = Array.isArray(bounding) ? bounding : [0, 0, END_SIZE.width, END_SIZE.height];
  return new Map<string, Json>([
    ['id', Number(usualId)],
    ...(kept ?? []),
    ['bounding', [x, y, width ?? END_SIZE.width, height ?? END_SIZE.height]],
  ]);
}

function writeOuterSlot({ name, type, extra }: SubgraphSlot, links: readonly DocumentLink[]): JsonObject {
  return new Map<string, Json>([
    ['name', name],
    ['type', type],
    ...extra,
    ['linkIds', links.map(({ id }) => writeId(id))],
  ]);
}
