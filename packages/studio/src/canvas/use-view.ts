/** Which part of the graph is in view when nobody moves it: all of it at first, or the node that was asked for. */
import type { ReactFlowInstance } from '@xyflow/react';
import { useStore as useFlowStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { CanvasShared } from './canvas-context.ts';
import type { CanvasProps } from './canvas-props.ts';
import type { FlowLink, FlowNode } from './flow-types.ts';

/** A large graph opens where its nodes can be read. */
export const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.4 };
const GLIDE_MS = 220;

type Flow = ReactFlowInstance<FlowNode, FlowLink>;
type Shown = Pick<CanvasProps, 'path' | 'focus' | 'initialView'>;

export function useView({ actions }: CanvasShared, flow: Flow, { path, focus, initialView }: Shown): void {
  const width = useFlowStore((state) => state.width);
  const height = useFlowStore((state) => state.height);
  /** The view as it was fitted; another one is the person's, and stays when a panel opens. */
  const fitted = useRef<string>(undefined);
  const place = path.join(' ');
  const last = useRef({ place, focus: undefined as Shown['focus'], size: '', isFirst: initialView === undefined });

  useEffect(() => {
    const before = last.current;
    const size = `${width} ${height}`;
    last.current = { place, focus, size, isFirst: before.isFirst && width === 0 };
    if (!width || !height) return;
    const viewOf = (): string => JSON.stringify(flow.getViewport());
    const fit = async (): Promise<void> => {
      await flow.fitView(FIT);
      fitted.current = viewOf();
    };
    const node = focus && focus !== before.focus ? flow.getNode(focus.node) : undefined;
    if (node) {
      const { width: wide = 0, height: high = 0 } = node.measured ?? {};
      const middle = { x: node.position.x + wide / 2, y: node.position.y + high / 2 };
      fitted.current = undefined;
      actions.select([node.id]);
      void flow.setCenter(middle.x, middle.y, { zoom: 1, duration: GLIDE_MS });
    } else if (before.place !== place || before.isFirst) void fit();
    else if (before.size !== size && fitted.current === viewOf()) void fit();
  }, [actions, flow, focus, height, place, width]);
}
