/** The two ends of a subgraph, as they stand among its nodes. */
import { Position } from '@xyflow/react';
import type { NodeHandle } from '@xyflow/react';
import type { SubgraphDefinition } from '../document/types.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document/types.ts';
import type { EndNode } from './flow-types.ts';
import { inputHandle, outputHandle } from './node-layout.ts';

export const END_WIDTH = 176;
export const END_HEADER = 32;
export const END_ROW = 24;
const DOT = 12;

export function endNodes(definition: SubgraphDefinition, titles: { inputs: string; outputs: string }): EndNode[] {
  return [
    endNode(SUBGRAPH_INPUT, 'inputs', definition, titles.inputs),
    endNode(SUBGRAPH_OUTPUT, 'outputs', definition, titles.outputs),
  ];
}

function endNode(id: string, side: 'inputs' | 'outputs', definition: SubgraphDefinition, name: string): EndNode {
  const slots = definition[side];
  const isInputs = side === 'inputs';
  const height = END_HEADER + slots.length * END_ROW + 8;
  const handles: NodeHandle[] = slots.map((slot, at) => ({
    id: isInputs ? outputHandle(at) : inputHandle(slot.name),
    type: isInputs ? 'source' : 'target',
    position: isInputs ? Position.Right : Position.Left,
    x: (isInputs ? END_WIDTH : 0) - DOT / 2,
    y: END_HEADER + (at + 0.5) * END_ROW - DOT / 2,
    width: DOT,
    height: DOT,
  }));
  return {
    id,
    type: 'end',
    position: isInputs ? definition.inputsAt : definition.outputsAt,
    data: { side, slots, name },
    measured: { width: END_WIDTH, height },
    handles,
    ariaLabel: name,
  };
}
