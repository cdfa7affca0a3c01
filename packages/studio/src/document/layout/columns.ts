/** Where the nodes of a column stand: near what they are linked to, in an order that crosses few links, never overlapping. */
import type { Edges } from './layers.ts';

export const ROW_GAP = 40;
/** More sweeps hardly change anything. */
const SWEEPS = 6;

/**
 * Top of each node. Sweeps over the columns, there and back: each node wants to stand level with the middle of its
 * neighbours on the side that the sweep comes from.
 *
 * @param columns the nodes of each column
 */
export function topsOf(columns: readonly number[][], heights: readonly number[], edges: Edges): number[] {
  const tops = heights.map(() => 0);
  const middle = (node: number): number => tops[node]! + heights[node]! / 2;
  const wanted = (node: number, neighbours: readonly number[]): number => {
    if (!neighbours.length) return tops[node]!;
    let sum = 0;
    for (const neighbour of neighbours) sum += middle(neighbour);
    return sum / neighbours.length - heights[node]! / 2;
  };
  for (const column of columns) stack(column, heights, tops);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isBack = sweep % 2 === 1;
    const neighbours = isBack ? edges.targets : edges.sources;
    for (const column of isBack ? columns.toReversed() : columns) {
      const wishes = new Map(column.map((node) => [node, wanted(node, neighbours[node]!)]));
      column.sort((a, b) => wishes.get(a)! - wishes.get(b)!);
      settle(column, (node) => wishes.get(node)!, heights, tops);
    }
  }
  return tops;
}

function stack(column: readonly number[], heights: readonly number[], tops: number[]): void {
  let top = 0;
  for (const node of column) {
    tops[node] = top;
    top += heights[node]! + ROW_GAP;
  }
}

interface Block {
  /** Sum of where its nodes would have its top. */
  sum: number;
  count: number;
  height: number;
  readonly from: number;
}

/** Nodes that would overlap become a block, which stands where its nodes want it on average: least squares, in one pass. */
function settle(
  column: readonly number[],
  wish: (node: number) => number,
  heights: readonly number[],
  tops: number[],
): void {
  const blocks: Block[] = [];
  for (const [from, node] of column.entries()) {
    let block: Block = { sum: wish(node), count: 1, height: heights[node]! + ROW_GAP, from };
    for (let above = blocks.at(-1); above && topOf(above) + above.height > topOf(block); above = blocks.at(-1)) {
      blocks.pop();
      block = {
        sum: above.sum + block.sum - block.count * above.height,
        count: above.count + block.count,
        height: above.height + block.height,
        from: above.from,
      };
    }
    blocks.push(block);
  }
  for (const [at, block] of blocks.entries()) {
    let top = topOf(block);
    for (const node of column.slice(block.from, blocks[at + 1]?.from)) {
      tops[node] = top;
      top += heights[node]! + ROW_GAP;
    }
  }
}

const topOf = ({ sum, count }: Block): number => sum / count;
