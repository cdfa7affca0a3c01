/**
 * The links of a large graph, seen from far away. One drawing for each colour: links that xyflow draws are looked at one
 * by one in every frame of a pan, which takes as long as all the rest. Nobody can point at one of them from there.
 */
import { Position, ViewportPortal } from '@xyflow/react';
import { memo, useMemo } from 'react';
import type { CSSProperties } from 'react';
import type { Point } from '../document/types.ts';
import { DOT } from './flow-nodes.ts';
import type { FlowLink, FlowNode } from './flow-types.ts';
import { colourOfType } from './link-colour.ts';
import { linkPath } from './link-view.tsx';

interface Links {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

export const FarLinks = memo(function FarLinks({ nodes, links }: Links) {
  const drawings = useMemo(() => drawingsOf({ nodes, links }), [nodes, links]);
  return (
    <ViewportPortal>
      <svg className="far-links" aria-hidden>
        {[...drawings].map(([colour, path]) => (
          <path key={colour} className="link" d={path} style={{ '--type': colour } as CSSProperties} />
        ))}
      </svg>
    </ViewportPortal>
  );
});

/** A path for each colour. */
function drawingsOf({ nodes, links }: Links): ReadonlyMap<string, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const paths = new Map<string, string[]>();
  for (const { source, sourceHandle, target, targetHandle, data } of links) {
    const from = placeOf(byId.get(source), sourceHandle, DOT);
    const to = placeOf(byId.get(target), targetHandle, 0);
    if (!from || !to) continue;
    const path = linkPath({
      sourceX: from.x,
      sourceY: from.y,
      sourcePosition: Position.Right,
      targetX: to.x,
      targetY: to.y,
      targetPosition: Position.Left,
    });
    const colour = colourOfType(data?.type ?? '');
    const ofColour = paths.get(colour);
    if (ofColour) ofColour.push(path);
    else paths.set(colour, [path]);
  }
  return new Map([...paths].map(([colour, all]) => [colour, all.join('')]));
}

/** @param edge which side of the dot the link meets, from its left */
function placeOf(node: FlowNode | undefined, id: string | null | undefined, edge: number): Point | undefined {
  const handle = node?.handles?.find((one) => one.id === id);
  return node && handle && { x: node.position.x + handle.x + edge, y: node.position.y + handle.y + DOT / 2 };
}
