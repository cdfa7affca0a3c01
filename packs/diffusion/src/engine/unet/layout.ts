/**
 * What a UNet is made of, read from the names and shapes of its weights: which blocks there are, and what is in each. One
 * reader does for all families and for models of other widths.
 */
import type { GraphWriter } from '../onnx/graph.ts';

export type Piece =
  | { readonly kind: 'conv' | 'residual' | 'down' | 'up'; readonly name: string }
  | { readonly kind: 'transformer'; readonly name: string; readonly depth: number };

export interface UnetLayout {
  /** On the way down; what comes out of each goes across to the way up. */
  readonly inputs: readonly (readonly Piece[])[];
  readonly middle: readonly Piece[];
  readonly outputs: readonly (readonly Piece[])[];
}

/** More than any model has; a file that names more is not meant well. */
const MOST_BLOCKS = 64;
const PIECES = 4;

export function readLayout(graph: GraphWriter): UnetLayout {
  return {
    inputs: blocks(graph, 'input_blocks'),
    middle: pieces(graph, 'middle_block'),
    outputs: blocks(graph, 'output_blocks'),
  };
}

function blocks(graph: GraphWriter, name: string): Piece[][] {
  const found: Piece[][] = [];
  while (found.length < MOST_BLOCKS) {
    const block = pieces(graph, `${name}.${found.length}`);
    if (!block.length) break;
    found.push(block);
  }
  return found;
}

function pieces(graph: GraphWriter, block: string): Piece[] {
  const found: Piece[] = [];
  for (let at = 0; at < PIECES; at++) {
    const piece = pieceAt(graph, `${block}.${at}`);
    if (!piece) break;
    found.push(piece);
    // nothing comes after it, and in the naming of diffusers it has no number of its own
    if (piece.kind === 'up') break;
  }
  return found;
}

function pieceAt(graph: GraphWriter, name: string): Piece | undefined {
  if (graph.has(`${name}.in_layers.2.weight`)) return { kind: 'residual', name };
  if (graph.has(`${name}.proj_in.weight`)) return { kind: 'transformer', name, depth: depthOf(graph, name) };
  if (graph.has(`${name}.op.weight`)) return { kind: 'down', name: `${name}.op` };
  if (graph.has(`${name}.conv.weight`)) return { kind: 'up', name: `${name}.conv` };
  if (graph.has(`${name}.weight`)) return { kind: 'conv', name };
  return undefined;
}

function depthOf(graph: GraphWriter, name: string): number {
  let depth = 0;
  while (depth < MOST_BLOCKS && graph.has(`${name}.transformer_blocks.${depth}.norm1.weight`)) depth++;
  return depth;
}
