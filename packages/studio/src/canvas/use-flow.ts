/** The graph that is open as xyflow draws it, and what xyflow tells of it. */
import type { EdgeChange, NodeChange } from '@xyflow/react';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Catalogue } from '../catalogue/index.ts';
import { graphAt, nodesIn, subgraphAt } from '../document/index.ts';
import type { DocumentProblem } from '../document/index.ts';
import type { Graph, GraphPath, NodeId, Point, Size, WorkflowDocument } from '../document/types.ts';
import { useStore } from '../session/store.ts';
import { useCanvasStrings } from './canvas-context.ts';
import type { CanvasShared } from './canvas-context.ts';
import type { CanvasState } from './canvas-state.ts';
import { endNodes } from './end-layout.ts';
import { createFlowLinks, createFlowNodes, groupNodes, withDrag } from './flow-nodes.ts';
import { groupNodeId, groupOfNodeId } from './flow-types.ts';
import type { FlowLink, FlowNode } from './flow-types.ts';
import { problemsByNode } from './place-problems.ts';

const EMPTY: Graph = { nodes: new Map(), links: new Map(), groups: [], lastNodeId: 0, lastLinkId: 0 };
const all = (state: CanvasState): CanvasState => state;

export interface FlowView {
  readonly graph: Graph;
  readonly nodes: FlowNode[];
  readonly links: FlowLink[];
  readonly onNodesChange: (changes: NodeChange<FlowNode>[]) => void;
  readonly onLinksChange: (changes: EdgeChange<FlowLink>[]) => void;
  readonly onDragStop: () => void;
}

interface Shown {
  readonly document: WorkflowDocument;
  readonly catalogue: Catalogue;
  readonly path: GraphPath;
  readonly problems: readonly DocumentProblem[];
}

export function useFlow(shared: CanvasShared, { document, catalogue, path, problems }: Shown): FlowView {
  const strings = useCanvasStrings();
  const state = useStore(shared.state, all);
  const [heights, setHeights] = useState<ReadonlyMap<NodeId, number>>(new Map());
  const makeNodes = useMemo(createFlowNodes, []);
  const makeLinks = useMemo(createFlowLinks, []);
  const graph = graphAt(document, path) ?? EMPTY;
  const placed = useMemo(() => problemsByNode(problems, path), [problems, path]);

  const work = useMemo(
    () => makeNodes({ document, catalogue, path, graph, problems: placed, state, heights }),
    [makeNodes, document, catalogue, path, graph, placed, state, heights],
  );
  const subgraph = subgraphAt(document, path);
  const ends = useMemo(
    () => (subgraph ? endNodes(subgraph, { inputs: strings.subgraphInputs, outputs: strings.subgraphOutputs }) : []),
    [subgraph, strings],
  );
  const nodes = useMemo(
    (): FlowNode[] => [...groupNodes({ graph, state }), ...withDrag(ends, state.dragged), ...work],
    [graph, state, ends, work],
  );
  const links = useMemo(
    () => makeLinks(graph, [...ends, ...work], state.links, path),
    [makeLinks, graph, ends, work, state.links, path],
  );

  /** What a dragged group takes along, found when the drag begins. */
  const taken = useRef<ReadonlyMap<string, Point>>(new Map());
  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      const { state: store, actions } = shared;
      const open = actions.open() ?? EMPTY;
      const moved = new Map<string, Point>();
      const sized = new Map<string, number>();
      const picked = new Map<string, boolean>();
      for (const change of changes) {
        if (change.type === 'position' && change.position) moved.set(change.id, change.position);
        // what a person drags is asked for, not measured
        else if (change.type === 'dimensions' && change.dimensions && change.resizing === undefined)
          sized.set(change.id, change.dimensions.height);
        else if (change.type === 'select') picked.set(change.id, change.selected);
      }
      if (sized.size) setHeights((before) => new Map([...before, ...sized]));
      if (!moved.size && !picked.size) return;
      store.set((now) => {
        let next = now;
        if (picked.size) next = { ...next, ...withPicked(next, picked) };
        if (!moved.size) return next;
        if (!now.dragged) taken.current = membersOf(open, moved, actions.sizes());
        return { ...next, dragged: new Map([...(now.dragged ?? []), ...withMembers(open, moved, taken.current)]) };
      });
    },
    [shared],
  );
  const onLinksChange = useCallback(
    (changes: EdgeChange<FlowLink>[]) => {
      const picked = changes.flatMap((change) => (change.type === 'select' ? [change] : []));
      if (!picked.length) return;
      shared.state.set((now) => {
        const next = new Set(now.links);
        for (const { id, selected } of picked) {
          if (selected) next.add(id);
          else next.delete(id);
        }
        return { ...now, links: next };
      });
    },
    [shared],
  );
  const onDragStop = useCallback(() => {
    const { dragged } = shared.state.get();
    const own = new Map([...(dragged ?? [])].filter(([id]) => !taken.current.has(id)));
    if (own.size) shared.actions.move(own);
    taken.current = new Map();
    shared.state.set((now) => ({ ...now, dragged: undefined }));
  }, [shared]);

  return { graph, nodes, links, onNodesChange, onLinksChange, onDragStop };
}

function withPicked(now: CanvasState, picked: ReadonlyMap<string, boolean>): Pick<CanvasState, 'nodes' | 'group'> {
  const nodes = new Set(now.nodes);
  let { group } = now;
  for (const [id, isPicked] of picked) {
    const ofGroup = groupOfNodeId(id);
    if (ofGroup !== undefined) group = isPicked ? ofGroup : group === ofGroup ? undefined : group;
    else if (isPicked) nodes.add(id);
    else nodes.delete(id);
  }
  return { nodes, group };
}

/** Nodes inside of a group go where it goes. */
function withMembers(
  graph: Graph,
  moved: ReadonlyMap<string, Point>,
  taken: ReadonlyMap<string, Point>,
): ReadonlyMap<string, Point> {
  const [first] = [...moved].filter(([id]) => groupOfNodeId(id) !== undefined);
  const before = first && graph.groups.find(({ id }) => id === groupOfNodeId(first[0]));
  if (!first || !before) return moved;
  const by = { x: first[1].x - before.position.x, y: first[1].y - before.position.y };
  return new Map([...moved, ...[...taken].map(([id, at]) => [id, { x: at.x + by.x, y: at.y + by.y }] as const)]);
}

/** Where the nodes in the moved groups are; those that are moved themselves are not meant. */
function membersOf(
  graph: Graph,
  moved: ReadonlyMap<string, Point>,
  sizes: ReadonlyMap<NodeId, Size>,
): ReadonlyMap<NodeId, Point> {
  const groups = graph.groups.filter(({ id }) => moved.has(groupNodeId(id)));
  const inside = groups.flatMap((group) => nodesIn(group, graph, sizes)).filter(({ id }) => !moved.has(id));
  return new Map(inside.map(({ id, position }) => [id, position]));
}
