import type { NodeDescription } from '@snug/protocol';

export interface Selection {
  readonly nodes: ReadonlyMap<string, NodeDescription>;
  /** What was named and is not there. */
  readonly missing: readonly string[];
}

/**
 * The nodes that were asked for; all of them when nothing was.
 * @param only classes
 * @param categories categories, each with those inside of it
 */
export function selectNodes(
  descriptions: ReadonlyMap<string, NodeDescription>,
  only: readonly string[],
  categories: readonly string[],
): Selection {
  if (!only.length && !categories.length) return { nodes: descriptions, missing: [] };
  const named = new Set(only);
  const folders = categories.map((category) => `${category.replace(/\/+$/, '')}/`);
  const found = new Set<string>();
  const nodes = [...descriptions].filter(([classType, description]) => {
    const category = description.get('category');
    const inside = folders.filter((folder) => typeof category === 'string' && `${category}/`.startsWith(folder));
    for (const folder of inside) found.add(folder);
    return named.has(classType) || inside.length > 0;
  });
  const missing = [
    ...[...named].filter((classType) => !descriptions.has(classType)),
    ...folders.filter((folder) => !found.has(folder)),
  ];
  return { nodes: new Map(nodes), missing };
}
