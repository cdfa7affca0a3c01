import { Blocker } from '@snug/node-kit';
import { canonical, unique } from './fingerprint.ts';
import { argumentSets, gatherInputs } from './gather.ts';
import { hiddenValueBefore } from './hidden-values.ts';
import type { RunJob } from './run-options.ts';
import type { RunScope } from './node-context.ts';
import type { RunNode } from './run-node.ts';

/** What nodes say of their state outside the graph. A node that cannot tell counts as changed. */
export async function toldChanges(
  nodes: Iterable<RunNode>,
  all: ReadonlyMap<string, RunNode>,
  job: RunJob,
  scope: RunScope,
): Promise<Map<RunNode, string>> {
  const changes = new Map<RunNode, string>();
  for (const node of nodes) {
    const { fingerprint } = node.type;
    if (!fingerprint) continue;
    try {
      const told: unknown[] = [];
      const gathered = gatherInputs(node, all, (key) => hiddenValueBefore(key, node, job, scope), true);
      for (const { values } of argumentSets(node, gathered)) {
        const value: unknown = await fingerprint(values, scope);
        told.push(value instanceof Blocker ? null : value);
      }
      changes.set(node, canonical(told));
    } catch {
      changes.set(node, unique());
    }
  }
  return changes;
}
