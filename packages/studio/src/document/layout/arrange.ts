import type { Point, Size } from '../types.ts';
import { ROW_GAP, topsOf } from './columns.ts';
import { layersOf } from './layers.ts';
import type { Edges } from './layers.ts';

export interface LaidNode {
  readonly id: string;
  readonly size: Size;
}

export interface LaidLink {
  readonly from: string;
  readonly to: string;
}

const COLUMN_GAP = 80;
/** Nodes without links stand in rows about this wide. */
const SHELF_WIDTH = 1600;

/**
 * Places for nodes in columns from left to right, beginning at (0, 0): what feeds a node stands left of it. Parts that are
 * not linked stand below each other. Nearly linear in nodes and links.
 */
export function arrange(nodes: readonly LaidNode[], links: readonly LaidLink[]): Map<string, Point> {
  const indexes = new Map(nodes.map(({ id }, at) => [id, at]));
  const edges = edgesOf(nodes.length, links, indexes);
  const places = new Map<string, Point>();
  let top = 0;
  const single: LaidNode[] = [];
  for (const part of partsOf(edges)) {
    if (part.length === 1) single.push(nodes[part[0]!]!);
    else top = placePart(part, nodes, edges, top, places) + 2 * ROW_GAP;
  }
  placeShelves(single, top, places);
  return places;
}

function edgesOf(count: number, links: readonly LaidLink[], indexes: ReadonlyMap<string, number>): Edges {
  const sources: number[][] = Array.from({ length: count }, () => []);
  const targets: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of links) {
    const source = indexes.get(from);
    const target = indexes.get(to);
    if (source === undefined || target === undefined || source === target) continue;
    sources[target]!.push(source);
    targets[source]!.push(target);
  }
  return { sources, targets };
}

/** Nodes that are linked to each other, however far. */
function partsOf({ sources, targets }: Edges): number[][] {
  const seen = sources.map(() => false);
  const parts: number[][] = [];
  for (let start = 0; start < sources.length; start++) {
    if (seen[start]) continue;
    seen[start] = true;
    const part = [start];
    for (let at = 0; at < part.length; at++) {
      for (const neighbours of [sources[part[at]!]!, targets[part[at]!]!]) {
        for (const one of neighbours) {
          if (seen[one]) continue;
          seen[one] = true;
          part.push(one);
        }
      }
    }
    parts.push(part.sort((a, b) => a - b));
  }
  return parts;
}

/** Returns the bottom of the part. */
function placePart(
  part: readonly number[],
  nodes: readonly LaidNode[],
  all: Edges,
  top: number,
  places: Map<string, Point>,
): number {
  const local = new Map(part.map((node, at) => [node, at]));
  const own = (lists: Edges['sources']): number[][] => part.map((node) => lists[node]!.map((one) => local.get(one)!));
  const edges = { sources: own(all.sources), targets: own(all.targets) };
  const columns: number[][] = [];
  for (const [node, layer] of layersOf(edges).entries()) (columns[layer] ??= []).push(node);
  const sizes = part.map((node) => nodes[node]!.size);
  const filled = columns.filter(Boolean);
  const tops = topsOf(
    filled,
    sizes.map(({ height }) => height),
    edges,
  );
  const highest = tops.reduce((least, one) => Math.min(least, one), Infinity);
  let left = 0;
  let bottom = top;
  for (const column of filled) {
    let width = 0;
    for (const node of column) {
      const y = Math.round(tops[node]! - highest + top);
      places.set(nodes[part[node]!]!.id, { x: left, y });
      width = Math.max(width, sizes[node]!.width);
      bottom = Math.max(bottom, y + sizes[node]!.height);
    }
    left = Math.round(left + width + COLUMN_GAP);
  }
  return Math.round(bottom);
}

function placeShelves(nodes: readonly LaidNode[], from: number, places: Map<string, Point>): void {
  let top = from;
  let left = 0;
  let height = 0;
  for (const { id, size } of nodes) {
    if (left > 0 && left + size.width > SHELF_WIDTH) {
      top = Math.round(top + height + ROW_GAP);
      left = 0;
      height = 0;
    }
    places.set(id, { x: left, y: top });
    left = Math.round(left + size.width + ROW_GAP);
    height = Math.max(height, size.height);
  }
}
