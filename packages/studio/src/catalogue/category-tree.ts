import type { Catalogue, NodeDefinition } from './types.ts';

export interface Category {
  /** Its own name; empty for the root. */
  readonly name: string;
  readonly path: readonly string[];
  readonly categories: readonly Category[];
  readonly nodes: readonly NodeDefinition[];
}

interface Growing {
  readonly name: string;
  readonly path: readonly string[];
  readonly categories: Growing[];
  readonly nodes: NodeDefinition[];
  readonly byName: Map<string, Growing>;
}

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

/** All nodes by category, both in order of their names. */
export function categoryTree({ definitions }: Catalogue): Category {
  const root = grow('', []);
  const all = [root];
  for (const definition of definitions.values()) {
    let at = root;
    for (const name of definition.category) {
      let inner = at.byName.get(name);
      if (!inner) {
        inner = grow(name, [...at.path, name]);
        at.byName.set(name, inner);
        at.categories.push(inner);
        all.push(inner);
      }
      at = inner;
    }
    at.nodes.push(definition);
  }
  for (const { categories, nodes } of all) {
    categories.sort(byName);
    nodes.sort(byName);
  }
  return root;
}

const grow = (name: string, path: readonly string[]): Growing => ({
  name,
  path,
  categories: [],
  nodes: [],
  byName: new Map(),
});
