/** A link, in the colour of its type; it flows while the node that it comes from runs. */
import { BaseEdge, getBezierPath } from '@xyflow/react';
import type { ConnectionLineComponentProps, EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import type { CSSProperties } from 'react';
import { useCanvasState } from './canvas-context.ts';
import type { CanvasState } from './canvas-state.ts';
import type { FlowLink, FlowNode } from './flow-types.ts';
import { colourOfType } from './link-colour.ts';

type Ends = Parameters<typeof getBezierPath>[0];

/** The path of a link between two slots. */
export function linkPath(ends: Omit<Ends, 'curvature'>): string {
  return getBezierPath({ ...ends, curvature: 0.32 })[0];
}

export const LinkView = memo(function LinkView(props: EdgeProps<FlowLink>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected } = props;
  const path = linkPath({
    sourceX,
    sourceY,
    sourcePosition,
    targetX,
    targetY,
    targetPosition,
  });
  return (
    <BaseEdge
      id={id}
      className="link"
      path={path}
      interactionWidth={16}
      data-selected={selected || undefined}
      style={{ '--type': colourOfType(data?.type ?? '') } as CSSProperties}
    />
  );
});

const typeOfLinking = ({ linking }: CanvasState): string => linking?.type ?? '';

/** The link that is being drawn. */
export function DraftLink(props: ConnectionLineComponentProps<FlowNode>): React.JSX.Element {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus } = props;
  const type = useCanvasState(typeOfLinking);
  const path = linkPath({
    sourceX: fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
  });
  return (
    <path
      className="link link-draft"
      d={path}
      data-status={connectionStatus ?? undefined}
      style={{ '--type': colourOfType(type) } as CSSProperties}
    />
  );
}
