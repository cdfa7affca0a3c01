/** Everything that keys, menus and pointers do to the workflow. Made once: nodes may hold it without being drawn anew. */
import type { ReactFlowInstance } from '@xyflow/react';
import {
  changeGroup,
  collapseNodes,
  colourNodes,
  connect,
  copyNodes,
  disconnect,
  duplicateNodes,
  graphAt,
  groupNodes,
  layOut,
  makeSubgraph,
  moveGroup,
  moveNodes,
  pasteNodes,
  removeGroup,
  removeNodes,
  renameNode,
  resizeNode,
  setControl,
  setMode,
  setValue,
  subgraphAt,
  unpackSubgraph,
  whyNotConnect,
} from '../document/index.ts';
import type { Edit, LinkEnds } from '../document/index.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document/types.ts';
import type {
  Graph,
  LinkId,
  NodeId,
  NodeMode,
  Point,
  Size,
  ValueControl,
  WidgetValue,
  WorkflowDocument,
} from '../document/types.ts';
import type { Store } from '../session/store.ts';
import type { CanvasStrings } from '../strings/canvas.ts';
import { NOTHING } from './canvas-state.ts';
import type { CanvasState, Overlay } from './canvas-state.ts';
import type { CanvasProps, MakeEdit } from './canvas-props.ts';
import type { FlowLink, FlowNode } from './flow-types.ts';
import { groupOfNodeId } from './flow-types.ts';

export interface ActionParts {
  readonly state: Store<CanvasState>;
  readonly props: () => CanvasProps;
  readonly flow: () => ReactFlowInstance<FlowNode, FlowLink>;
  readonly strings: () => CanvasStrings;
}

export type CanvasActions = ReturnType<typeof createCanvasActions>;

/** What is pasted where nobody points lies a little beside the last. */
const PASTE_STEP = 32;

export function createCanvasActions({ state, props, flow, strings }: ActionParts) {
  /** Edits of one gesture are one step of the history. */
  let gesture = 0;
  let pasted = 0;
  /** Where the system gives no clipboard, the page has its own. */
  let clipboard = '';

  const selected = (): NodeId[] => {
    const graph = open();
    return [...state.get().nodes].filter((node) => graph?.nodes.has(node));
  };
  const open = (): Graph | undefined => graphAt(props().document, props().path);

  const edit = (make: MakeEdit, mergeKey?: string): Edit => {
    const { isReadOnly, onEdit, onNotice, document } = props();
    if (isReadOnly) return { kind: 'done', document, made: [] };
    const done = onEdit(make, mergeKey && `${mergeKey} ${gesture}`);
    if (done.kind === 'refused') onNotice(strings().refused[done.reason]());
    return done;
  };
  /** Selects what an edit made. */
  const editAndSelect = (make: MakeEdit): Edit => {
    const done = edit(make);
    if (done.kind === 'done' && done.made.length) select(done.made);
    return done;
  };
  const select = (nodes: Iterable<NodeId>, links: Iterable<LinkId> = []): void =>
    state.set((now) => ({ ...now, nodes: new Set(nodes), links: new Set(links), group: undefined }));
  /** As nodes are drawn, for edits that need to know how large they are. */
  const sizes = (): ReadonlyMap<NodeId, Size> =>
    new Map(
      flow()
        .getNodes()
        .filter(({ type }) => type === 'work')
        .map(({ id, measured }) => [id, { width: measured?.width ?? 0, height: measured?.height ?? 0 }]),
    );
  const onAll = (nodes: readonly NodeId[] | undefined): readonly NodeId[] => nodes ?? selected();
  const place = (at?: Point): Point => {
    if (at) return flow().screenToFlowPosition(at);
    const pane = window.document.querySelector('.canvas')?.getBoundingClientRect();
    return flow().screenToFlowPosition({
      x: (pane?.left ?? 0) + (pane?.width ?? 0) / 2,
      y: (pane?.top ?? 0) + (pane?.height ?? 0) / 3,
    });
  };
  const copied = async (nodes: readonly NodeId[]): Promise<boolean> => {
    const text = copyNodes(props().document, props().path, nodes);
    if (text === undefined) return false;
    clipboard = text;
    pasted = 0;
    // the page's own clipboard is enough where the system's is not to be had
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    return true;
  };
  const removeSelection = (): void => {
    const { links, group } = state.get();
    const nodes = selected();
    edit((before) => {
      const { path } = props();
      let done: Edit = { kind: 'done', document: before, made: [] };
      if (nodes.length) done = removeNodes(before, path, nodes);
      const left = done.kind === 'done' ? graphAt(done.document, path) : undefined;
      const gone = [...links].filter((link) => left?.links.has(link));
      if (done.kind === 'done' && gone.length) done = disconnect(done.document, path, gone);
      if (done.kind === 'done' && group !== undefined && !nodes.length) done = removeGroup(done.document, path, group);
      return done;
    });
    state.set((now) => ({ ...now, nodes: NOTHING, links: NOTHING, group: undefined }));
  };

  return {
    edit,
    editAndSelect,
    select,
    selected,
    sizes,
    place,
    open,
    removeSelection,
    newGesture(): void {
      gesture++;
    },
    show: (overlay: Overlay | undefined): void => state.set((now) => ({ ...now, overlay })),

    setValue: (node: NodeId, input: string, value: WidgetValue): Edit =>
      edit((before) => setValue(before, props().path, node, input, value, props().catalogue), `value ${node} ${input}`),
    setControl: (node: NodeId, input: string, control: ValueControl): Edit =>
      edit((before) => setControl(before, props().path, node, input, control, props().catalogue)),
    connect: (ends: LinkEnds): Edit => edit((before) => connect(before, props().path, ends, props().catalogue)),
    /** The link at another input; the edit of a link that is dragged by its end. */
    reconnected(before: WorkflowDocument, link: LinkId, ends: LinkEnds): Edit {
      const { path, catalogue } = props();
      const freed = disconnect(before, path, [link]);
      return freed.kind === 'done' ? connect(freed.document, path, ends, catalogue) : freed;
    },
    /** The type of a slot at an end of the subgraph that is open. */
    typeOfEnd(node: NodeId, { input, slot }: { readonly input: string; readonly slot: number }): string {
      const { document, path } = props();
      const subgraph = subgraphAt(document, path);
      if (node === SUBGRAPH_INPUT) return subgraph?.inputs[slot]?.type ?? '*';
      return (node === SUBGRAPH_OUTPUT && subgraph?.outputs.find(({ name }) => name === input)?.type) || '*';
    },
    disconnect: (links: readonly LinkId[]): Edit => edit((before) => disconnect(before, props().path, links)),
    canConnect: (ends: LinkEnds): boolean =>
      !props().isReadOnly && !whyNotConnect(props().document, props().path, ends, props().catalogue),

    /** @param positions of nodes and groups, as xyflow calls them; groups take along what is in them */
    move(positions: ReadonlyMap<string, Point>): void {
      const nodes = new Map([...positions].filter(([id]) => groupOfNodeId(id) === undefined));
      edit((before) => {
        const { path } = props();
        let done = nodes.size ? moveNodes(before, path, nodes) : { kind: 'done' as const, document: before, made: [] };
        for (const [id, position] of positions) {
          const group = groupOfNodeId(id);
          if (group !== undefined && done.kind === 'done')
            done = moveGroup(done.document, path, group, position, sizes());
        }
        return done;
      });
    },
    nudge(by: Point): void {
      const graph = open();
      const moved = selected().flatMap((id) => {
        const at = graph?.nodes.get(id)?.position;
        return at ? [[id, { x: at.x + by.x, y: at.y + by.y }] as const] : [];
      });
      if (moved.length) edit((before) => moveNodes(before, props().path, new Map(moved)), 'nudge');
    },

    rename: (node: NodeId, title: string): Edit => edit((before) => renameNode(before, props().path, node, title)),
    renameGroup: (group: string, title: string): Edit =>
      edit((before) => changeGroup(before, props().path, group, { title })),
    resize: (node: NodeId, size: Size): Edit =>
      edit((before) => resizeNode(before, props().path, node, size), `resize ${node}`),
    resizeGroup: (group: string, size: Size): Edit =>
      edit((before) => changeGroup(before, props().path, group, { size })),
    colour: (colour: string | undefined, nodes?: readonly NodeId[]): Edit =>
      edit((before) => colourNodes(before, props().path, onAll(nodes), colour)),
    /** The mode, or back when all have it. */
    toggleMode(mode: Exclude<NodeMode, 'always'>, nodes?: readonly NodeId[]): void {
      const graph = open();
      const of = onAll(nodes);
      const hasAll = of.every((id) => graph?.nodes.get(id)?.mode === mode);
      edit((before) => setMode(before, props().path, of, hasAll ? 'always' : mode));
    },
    toggleCollapsed(nodes?: readonly NodeId[]): void {
      const graph = open();
      const of = onAll(nodes);
      const hasAll = of.every((id) => graph?.nodes.get(id)?.isCollapsed === true);
      edit((before) => collapseNodes(before, props().path, of, !hasAll));
    },
    toggleAdvanced: (node: NodeId): void =>
      state.set((now) => {
        const advanced = new Set(now.advanced);
        if (!advanced.delete(node)) advanced.add(node);
        return { ...now, advanced };
      }),

    async copy(nodes?: readonly NodeId[]): Promise<void> {
      const of = onAll(nodes);
      if (await copied(of)) props().onNotice(strings().copied(of.length));
    },
    async cut(): Promise<void> {
      if (await copied(selected())) removeSelection();
    },
    /** @param text what the event brought, or what was copied here */
    paste(text: string | undefined, at?: Point): void {
      const source = text || clipboard;
      if (!source) return;
      const point = place(at);
      const shift = at ? 0 : PASTE_STEP * pasted++;
      editAndSelect((before) =>
        pasteNodes(before, props().path, source, { x: point.x + shift, y: point.y + shift }, props().catalogue),
      );
    },
    duplicate: (nodes?: readonly NodeId[]): Edit =>
      editAndSelect((before) => duplicateNodes(before, props().path, onAll(nodes))),
    group: (nodes?: readonly NodeId[]): Edit =>
      edit((before) => groupNodes(before, props().path, onAll(nodes), strings().groupName, sizes())),
    makeSubgraph: (nodes?: readonly NodeId[]): Edit =>
      editAndSelect((before) =>
        makeSubgraph(before, props().path, onAll(nodes), strings().subgraphName, props().catalogue),
      ),
    unpack: (node: NodeId): Edit =>
      editAndSelect((before) => unpackSubgraph(before, props().path, node, props().catalogue)),
    layOut(): void {
      const nodes = selected();
      edit((before) => layOut(before, props().path, sizes(), nodes.length > 1 ? nodes : undefined));
      if (nodes.length < 2)
        requestAnimationFrame(() => void flow().fitView({ duration: 220, padding: 0.12, maxZoom: 1 }));
    },
    selectAll: (): void => select(open()?.nodes.keys() ?? []),
    clearSelection: (): void => select([]),

    isSubgraph: (node: NodeId): boolean => {
      const type = open()?.nodes.get(node)?.type;
      return type !== undefined && props().document.subgraphs.has(type);
    },
    enter(node: NodeId): void {
      const { path, onPath } = props();
      select([]);
      onPath([...path, node]);
    },
    leave(): void {
      const { path, onPath } = props();
      const from = path.at(-1);
      if (from === undefined) return;
      onPath(path.slice(0, -1));
      select([from]);
    },
    runUpTo: (node: NodeId): void => props().onRun({ upTo: { path: props().path, node } }),
  };
}
