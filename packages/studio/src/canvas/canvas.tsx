/** The canvas: one graph of a workflow, drawn and edited. */
import '@xyflow/react/dist/base.css';
import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore as useFlowStore,
} from '@xyflow/react';
import type {
  Connection,
  EdgeTypes,
  FinalConnectionState,
  NodeTypes,
  OnConnectStartParams,
  Viewport,
} from '@xyflow/react';
import { useCallback, useMemo, useRef } from 'react';
import { portsOf } from '../document/index.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document/types.ts';
import { WidgetServicesProvider } from '../widgets/index.ts';
import '../widgets/widgets.css';
import './canvas.css';
import { Breadcrumb } from './breadcrumb.tsx';
import { createCanvasActions } from './canvas-actions.ts';
import { CanvasSharedProvider, useCanvasStrings } from './canvas-context.ts';
import type { CanvasShared } from './canvas-context.ts';
import type { CanvasProps } from './canvas-props.ts';
import { createCanvasState } from './canvas-state.ts';
import type { SlotRef } from './canvas-state.ts';
import { EndView } from './end-view.tsx';
import { groupOfNodeId } from './flow-types.ts';
import type { FlowLink, FlowNode } from './flow-types.ts';
import { GroupView } from './group-view.tsx';
import { DraftLink, LinkView } from './link-view.tsx';
import { inputOfHandle, slotOfHandle } from './node-layout.ts';
import { FarLinks } from './far-links.tsx';
import { isFarAway } from './far-view.ts';
import { NodeView } from './node-view.tsx';
import { Overlays } from './overlays.tsx';
import { useFlow } from './use-flow.ts';
import { useKeyboard } from './use-keyboard.ts';
import { FIT, useView } from './use-view.ts';
import { ViewControls } from './view-controls.tsx';

const NODE_TYPES: NodeTypes = { work: NodeView, 'group-frame': GroupView, end: EndView };
const LINK_TYPES: EdgeTypes = { link: LinkView };
/** Graphs up to this size are drawn whole, so that Tab reaches every node, and with all that is beautiful but slow. */
const WHOLE = 120;
const NO_LINKS: FlowLink[] = [];
const LEAST_ZOOM = 0.08;
const MOST_ZOOM = 2.5;

/** Shows and edits one graph. It keeps its selection as long as it is mounted: give it a `key` for each workflow. */
export function Canvas(props: CanvasProps): React.JSX.Element {
  return (
    <ReactFlowProvider>
      <CanvasInside {...props} />
    </ReactFlowProvider>
  );
}

function CanvasInside(props: CanvasProps): React.JSX.Element {
  const { document: workflow, path, client, isReadOnly, initialView, onView } = props;
  const strings = useCanvasStrings();
  const flow = useReactFlow<FlowNode, FlowLink>();
  const shared = useShared(props, flow);
  const { state, actions } = shared;
  const { graph, nodes, links, onNodesChange, onLinksChange, onDragStop } = useFlow(shared, props);
  const isLarge = graph.nodes.size > WHOLE;
  // boxes cost little, and with most of them in view, those that come and go at the edges cost more than they save
  const isFar = useFlowStore(isFarAway);
  const isOverview = isFar && isLarge;
  const element = useRef<HTMLDivElement>(null);
  useKeyboard(element, shared, flow);
  useView(shared, flow, props);
  const services = useMemo(
    () => ({ client, randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }),
    [client],
  );

  const onConnect = useCallback((connection: Connection) => void actions.connect(endsOf(connection)), [actions]);
  const isValid = useCallback(
    (connection: Connection | FlowLink) => actions.canConnect(endsOf(asConnection(connection))),
    [actions],
  );
  const onConnectStart = useCallback(
    (_event: unknown, params: OnConnectStartParams) =>
      state.set((now) => ({ ...now, linking: slotOf(shared, params) })),
    [shared, state],
  );
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
      const { linking } = state.get();
      state.set((now) => ({ ...now, linking: undefined }));
      const isOnPane = event.target instanceof Element && event.target.closest('.react-flow__pane') !== null;
      if (!linking || end.isValid || !isOnPane) return;
      actions.show({ kind: 'search', at: pointOf(event), from: linking });
    },
    [actions, state],
  );
  const onReconnect = useCallback(
    (link: FlowLink, connection: Connection) =>
      void actions.edit((before) => actions.reconnected(before, link.id, endsOf(connection))),
    [actions],
  );
  const onReconnectEnd = useCallback(
    (_event: unknown, link: FlowLink, _side: unknown, end: FinalConnectionState) => {
      state.set((now) => ({ ...now, linking: undefined }));
      if (!end.toHandle) actions.disconnect([link.id]);
    },
    [actions, state],
  );
  const onMoveEnd = useCallback(
    (_event: unknown, { x, y, zoom }: Viewport) => onView?.({ pan: { x, y }, zoom }),
    [onView],
  );
  const onNodeDoubleClick = useCallback(
    (event: React.MouseEvent, node: FlowNode) => {
      if (node.type !== 'work' || !(event.target instanceof Element) || !event.target.closest('.node-header')) return;
      if (actions.isSubgraph(node.id)) actions.enter(node.id);
      else state.set((now) => ({ ...now, renaming: node.id }));
    },
    [actions, state],
  );
  const onNodeContextMenu = useCallback(
    (event: React.MouseEvent, node: FlowNode) => {
      if (event.target instanceof Element && event.target.closest('input, textarea')) return;
      event.preventDefault();
      if (node.type !== 'work') return;
      if (!state.get().nodes.has(node.id)) actions.select([node.id]);
      actions.show({ kind: 'node-menu', node: node.id, at: { x: event.clientX, y: event.clientY } });
    },
    [actions, state],
  );
  const onPaneContextMenu = useCallback(
    (event: React.MouseEvent | MouseEvent) => {
      event.preventDefault();
      if (!isReadOnly) actions.show({ kind: 'pane-menu', at: { x: event.clientX, y: event.clientY } });
    },
    [actions, isReadOnly],
  );

  return (
    <CanvasSharedProvider value={shared}>
      <WidgetServicesProvider value={services}>
        <div
          ref={element}
          className="canvas"
          role="region"
          aria-label={strings.canvas}
          tabIndex={-1}
          data-read-only={isReadOnly || undefined}
          data-large={isLarge || undefined}
          onPointerDownCapture={() => actions.newGesture()}
          onFocusCapture={() => actions.newGesture()}
          onDoubleClick={(event) => {
            const isPane = event.target instanceof Element && event.target.matches('.react-flow__pane');
            if (isPane && !isReadOnly)
              actions.show({ kind: 'search', at: { x: event.clientX, y: event.clientY }, from: undefined });
          }}
        >
          <ReactFlow<FlowNode, FlowLink>
            nodes={nodes}
            edges={isOverview ? NO_LINKS : links}
            nodeTypes={NODE_TYPES}
            edgeTypes={LINK_TYPES}
            connectionLineComponent={DraftLink}
            onNodesChange={onNodesChange}
            onEdgesChange={onLinksChange}
            onNodeDragStop={onDragStop}
            onSelectionDragStop={onDragStop}
            onConnect={onConnect}
            isValidConnection={isValid}
            onConnectStart={onConnectStart}
            onConnectEnd={onConnectEnd}
            onReconnect={onReconnect}
            onReconnectEnd={onReconnectEnd}
            onMoveEnd={onMoveEnd}
            onNodeDoubleClick={onNodeDoubleClick}
            onNodeContextMenu={onNodeContextMenu}
            onPaneContextMenu={onPaneContextMenu}
            onlyRenderVisibleElements={isLarge && !isFar}
            nodesDraggable={!isReadOnly}
            nodesConnectable={!isReadOnly}
            edgesReconnectable={!isReadOnly}
            connectOnClick={false}
            connectionRadius={28}
            deleteKeyCode={null}
            panActivationKeyCode={null}
            disableKeyboardA11y
            edgesFocusable={false}
            zoomOnDoubleClick={false}
            minZoom={LEAST_ZOOM}
            maxZoom={MOST_ZOOM}
            fitView={!initialView}
            fitViewOptions={FIT}
            {...(initialView
              ? { defaultViewport: { x: initialView.pan.x, y: initialView.pan.y, zoom: initialView.zoom } }
              : {})}
            elevateNodesOnSelect
            zIndexMode="basic"
          >
            {!isLarge && <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} />}
            <MiniMap
              className="minimap"
              ariaLabel={strings.minimap}
              pannable
              zoomable
              nodeClassName={minimapClass}
              nodeBorderRadius={isLarge ? 0 : 6}
            />
            <ViewControls />
            {isOverview && <FarLinks nodes={nodes} links={links} />}
          </ReactFlow>
          <Breadcrumb document={workflow} path={path} onPath={props.onPath} />
          {graph.nodes.size === 0 && (
            <div className="canvas-empty">
              <p>{strings.emptyTitle}</p>
              <p>{strings.emptyHint}</p>
            </div>
          )}
          <Overlays />
        </div>
      </WidgetServicesProvider>
    </CanvasSharedProvider>
  );
}

/** What the parts of the canvas hold; the same object as long as the canvas is there. */
function useShared(props: CanvasProps, flow: ReturnType<typeof useReactFlow<FlowNode, FlowLink>>): CanvasShared {
  const strings = useCanvasStrings();
  const newest = useRef({ props, flow, strings });
  newest.current = { props, flow, strings };
  const { runs } = props;
  return useMemo(() => {
    const state = createCanvasState();
    const getProps = (): CanvasProps => newest.current.props;
    const actions = createCanvasActions({
      state,
      props: getProps,
      flow: () => newest.current.flow,
      strings: () => newest.current.strings,
    });
    return { state, actions, props: getProps, runs };
  }, [runs]);
}

const asConnection = ({ source, target, sourceHandle, targetHandle }: Connection | FlowLink): Connection => ({
  source,
  target,
  sourceHandle: sourceHandle ?? null,
  targetHandle: targetHandle ?? null,
});

const endsOf = ({
  source,
  sourceHandle,
  target,
  targetHandle,
}: Connection): Parameters<CanvasShared['actions']['connect']>[0] => ({
  from: { node: source, slot: slotOfHandle(sourceHandle ?? '') },
  to: { node: target, input: inputOfHandle(targetHandle ?? '') },
});

function slotOf({ actions, props }: CanvasShared, params: OnConnectStartParams): SlotRef | undefined {
  const { nodeId, handleId, handleType } = params;
  if (nodeId === null || handleId === null || handleType === null) return undefined;
  const side = handleType === 'source' ? 'output' : 'input';
  const input = side === 'input' ? inputOfHandle(handleId) : '';
  const slot = side === 'output' ? slotOfHandle(handleId) : 0;
  const { document, path, catalogue } = props();
  const node = actions.open()?.nodes.get(nodeId);
  const ports = node && portsOf(document, path, node, catalogue);
  const known =
    side === 'input'
      ? ports?.inputs.find(({ name }) => name === input)
      : ports?.outputs.find((one) => one.slot === slot);
  return { node: nodeId, side, input, slot, type: known?.type ?? actions.typeOfEnd(nodeId, { input, slot }) };
}

function pointOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const { clientX, clientY } =
    'changedTouches' in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
  return { x: clientX, y: clientY };
}

function minimapClass({ id, type, selected }: FlowNode): string {
  if (groupOfNodeId(id) !== undefined) return 'minimap-group';
  const isEnd = id === SUBGRAPH_INPUT || id === SUBGRAPH_OUTPUT;
  return `${selected ? 'minimap-selected' : 'minimap-node'} ${isEnd ? `minimap-${type ?? ''}` : ''}`;
}
