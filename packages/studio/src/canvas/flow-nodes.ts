/** Turns a graph into what xyflow draws; whatever did not change is the same object as before. */
import { Position } from '@xyflow/react';
import type { NodeHandle } from '@xyflow/react';
import { graphAt, portsOf, promptIdOf } from '../document/index.ts';
import { leavesPictures } from '../document/node-size.ts';
import type { NodePorts } from '../document/index.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document/types.ts';
import type { DocumentNode, Graph, GraphPath, NodeId, Point, WorkflowDocument } from '../document/types.ts';
import type { Catalogue } from '../catalogue/types.ts';
import type { CanvasState } from './canvas-state.ts';
import { groupNodeId } from './flow-types.ts';
import type { EndNode, FlowLink, FlowNode, GroupNode, NodeProblems, WorkNode } from './flow-types.ts';
import { inputHandle, layOutNode, outputHandle } from './node-layout.ts';
import type { SlotPlace } from './node-layout.ts';
import { NO_PROBLEMS } from './place-problems.ts';

/** Of a slot, in pixels. */
export const DOT = 12;

export interface GraphView {
  readonly document: WorkflowDocument;
  readonly catalogue: Catalogue;
  readonly path: GraphPath;
  readonly graph: Graph;
  readonly problems: ReadonlyMap<NodeId, NodeProblems>;
  readonly state: CanvasState;
  /** As they were measured where a run shows something on them. */
  readonly heights: ReadonlyMap<NodeId, number>;
}

interface Made {
  readonly from: readonly unknown[];
  readonly node: WorkNode;
}

export function createFlowNodes(): (view: GraphView) => WorkNode[] {
  let made = new Map<NodeId, Made>();
  return (view) => {
    const next = new Map<NodeId, Made>();
    const nodes: WorkNode[] = [];
    for (const node of view.graph.nodes.values()) {
      const ports = portsOf(view.document, view.path, node, view.catalogue);
      const from = dependencies(view, node, ports);
      const before = made.get(node.id);
      const entry = before && sameList(before.from, from) ? before : { from, node: workNode(view, node, ports) };
      next.set(node.id, entry);
      nodes.push(entry.node);
    }
    made = next;
    return nodes;
  };
}

function dependencies(view: GraphView, node: DocumentNode, ports: NodePorts): unknown[] {
  const { state, problems, heights, document, path } = view;
  return [
    node,
    ports,
    problems.get(node.id),
    state.nodes.has(node.id),
    state.advanced.has(node.id),
    state.dragged?.get(node.id),
    heights.get(node.id),
    ports.role === 'subgraph' ? document.subgraphs : undefined,
    path,
  ];
}

function workNode(view: GraphView, node: DocumentNode, ports: NodePorts): WorkNode {
  const { state, heights } = view;
  const problems = view.problems.get(node.id) ?? NO_PROBLEMS;
  const layout = layOutNode(node, ports, problems.inputs, state.advanced.has(node.id));
  const pictures = leavesPictures(ports.definition) ? layout.pictureHeight : 0;
  const height = node.isCollapsed ? layout.height : Math.max(layout.height + pictures, heights.get(node.id) ?? 0);
  return {
    id: node.id,
    type: 'work',
    position: state.dragged?.get(node.id) ?? node.position,
    data: { node, ports, layout, problems, promptIds: promptIdsOf(view, node) },
    selected: state.nodes.has(node.id),
    // links have their ends, and the graph its size, before a node is drawn
    measured: { width: layout.width, height },
    handles: layout.slots.map(handleOf),
    style: { width: layout.width },
    ariaLabel: node.title ?? ports.name,
  };
}

function handleOf({ side, id, at }: SlotPlace): NodeHandle {
  return {
    id,
    type: side === 'input' ? 'target' : 'source',
    position: side === 'input' ? Position.Left : Position.Right,
    x: at.x - DOT / 2,
    y: at.y - DOT / 2,
    width: DOT,
    height: DOT,
  };
}

/** Of a node, and of all that is inside of it. */
function promptIdsOf({ document, path }: GraphView, node: DocumentNode): readonly string[] {
  const own = promptIdOf({ path, node: node.id });
  if (!document.subgraphs.has(node.type)) return [own];
  const ids = [own];
  const visit = (at: GraphPath): void => {
    for (const inner of graphAt(document, at)?.nodes.values() ?? []) {
      if (document.subgraphs.has(inner.type)) visit([...at, inner.id]);
      else ids.push(promptIdOf({ path: at, node: inner.id }));
    }
  };
  visit([...path, node.id]);
  return ids;
}

export function groupNodes({ graph, state }: Pick<GraphView, 'graph' | 'state'>): GroupNode[] {
  return graph.groups.map((group) => {
    const id = groupNodeId(group.id);
    return {
      id,
      type: 'group-frame',
      position: state.dragged?.get(id) ?? group.position,
      data: { group },
      selected: state.group === group.id,
      measured: group.size,
      handles: [],
      style: { ...group.size },
      zIndex: -1,
      dragHandle: '.group-title',
      ariaLabel: group.title,
    };
  });
}

export function withDrag(ends: readonly EndNode[], dragged: ReadonlyMap<string, Point> | undefined): EndNode[] {
  return ends.map((end) => ({ ...end, position: dragged?.get(end.id) ?? end.position }));
}

/** Links whose ends are both there: xyflow warns of others. */
export function createFlowLinks(): (
  graph: Graph,
  nodes: readonly FlowNode[],
  selected: ReadonlySet<string>,
  path: GraphPath,
) => FlowLink[] {
  let made = new Map<string, { readonly from: readonly unknown[]; readonly link: FlowLink }>();
  return (graph, nodes, selected, path) => {
    const ends = new Map<string, ReadonlySet<string>>();
    for (const { id, handles } of nodes) ends.set(id, new Set(handles?.flatMap((handle) => handle.id ?? [])));
    const next: typeof made = new Map();
    const links: FlowLink[] = [];
    for (const link of graph.links.values()) {
      const sourceHandle = outputHandle(link.from.slot);
      const targetHandle = inputHandle(link.to.input);
      if (!ends.get(link.from.node)?.has(sourceHandle) || !ends.get(link.to.node)?.has(targetHandle)) continue;
      const from = [link, selected.has(link.id), path];
      const before = made.get(link.id);
      const entry =
        before && sameList(before.from, from)
          ? before
          : {
              from,
              link: {
                id: link.id,
                type: 'link' as const,
                source: link.from.node,
                sourceHandle,
                target: link.to.node,
                targetHandle,
                selected: selected.has(link.id),
                reconnectable: 'target' as const,
                data: {
                  type: link.type,
                  fromPromptIds: isEnd(link.from.node) ? [] : [promptIdOf({ path, node: link.from.node })],
                },
              },
            };
      next.set(link.id, entry);
      links.push(entry.link);
    }
    made = next;
    return links;
  };
}

const isEnd = (node: NodeId): boolean => node === SUBGRAPH_INPUT || node === SUBGRAPH_OUTPUT;

function sameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, at) => Object.is(item, other[at]));
}
