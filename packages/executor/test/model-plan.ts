/** Random graphs as plain data, and what they should make. */
import { createGraphBuilder } from '@snug/node-kit';
import type { Graph } from '@snug/testkit';
import * as fc from 'fast-check';
import { allOf, isFirst, join, manyOf, stops } from './model-nodes.ts';

const KINDS = ['Join', 'Root', 'Later', 'Many', 'All', 'Block', 'Lazy', 'Expand', 'Fail'] as const;

interface PlannedNode {
  readonly kind: (typeof KINDS)[number];
  readonly tag: string;
  /** Positions of the nodes behind in0, in1 and in2; undefined leaves one out. */
  readonly sources: readonly (number | undefined)[];
}
/** Ids are positions; sources come before their consumers. */
export type Plan = readonly PlannedNode[];

const draft = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...KINDS.slice(0, -1)) },
    { weight: 1, arbitrary: fc.constant('Fail' as const) },
  ),
  tag: fc.constantFrom('a', 'bb', 'ccc'),
  sources: fc.array(fc.option(fc.nat({ max: 5 }), { nil: undefined, freq: 3 }), { minLength: 3, maxLength: 3 }),
});

export const plans: fc.Arbitrary<Plan> = fc.array(draft, { minLength: 1, maxLength: 14 }).map((drafts) => {
  const nodes = drafts.map(({ kind, tag, sources }, at): PlannedNode => {
    const near = sources.map((back) => (back === undefined || back >= at ? undefined : at - 1 - back));
    // a lazy node links both, so that it can ask for either; the first node has nothing to link
    if (kind !== 'Lazy' || at === 0) return { kind: kind === 'Lazy' ? 'Join' : kind, tag, sources: near };
    return { kind, tag, sources: [near[0] ?? 0, near[1] ?? 0, near[2]] };
  });
  return [...nodes, { kind: 'Root', tag: 'end', sources: [nodes.length - 1, undefined, undefined] }];
});

/** The plan with another tag in one place. */
export const tweak = (plan: Plan, pick: number): Plan => {
  const at = pick % plan.length;
  const node = plan[at]!;
  return plan.with(at, { ...node, tag: node.tag === 'a' ? 'bb' : 'a' });
};

export const rootsOf = (plan: Plan): number[] => [...plan.keys()].filter((at) => plan[at]!.kind === 'Root');

/** The sources that must be there before a node starts. */
export const linksOf = (plan: Plan, at: number): number[] => plan[at]!.sources.filter((source) => source !== undefined);

export function graphOf(plan: Plan): Graph {
  const g = createGraphBuilder('');
  const made = plan.map(({ kind, tag }, at) => g.node(kind, { tag }, String(at)));
  for (const [at, { sources }] of plan.entries()) {
    for (const [n, source] of sources.entries())
      if (source !== undefined) made[at]!.set(`in${n}`, made[source]!.out(0));
  }
  return g.finish();
}

/** Two nodes with one key make the same. */
export function keyOf(plan: Plan, at: number): string {
  const { kind, tag, sources } = plan[at]!;
  const keys = sources.map((source) => (source === undefined ? '' : keyOf(plan, source)));
  return `${kind}:${tag}(${keys.join()})`;
}

const BLOCKED = Symbol('blocked');
type Value = string | typeof BLOCKED;

export interface Outcome {
  readonly fails: boolean;
  /** What a root shows: null when it shows nothing. */
  shown(root: number): unknown;
}

/** Evaluates the roots, each node once, lazy inputs only where they are needed. */
export function evaluate(plan: Plan): Outcome {
  const known = new Map<number, Value[]>();
  let fails = false;
  const valuesOf = (at: number): Value[] => {
    const found = known.get(at);
    if (found) return found;
    const node = plan[at]!;
    // a call that is blocked anyway asks for nothing
    const asks =
      node.kind === 'Lazy' &&
      (node.sources[2] === undefined || valuesOf(node.sources[2]).some((value) => value !== BLOCKED));
    const isNeeded = (n: number): boolean =>
      node.kind !== 'Lazy' || n === 2 || (asks && isFirst(node.tag) === (n === 0));
    const lists = node.sources.map((source, n) =>
      source === undefined || !isNeeded(n) ? undefined : valuesOf(source),
    );
    const values = callsOf(node, lists);
    known.set(at, values);
    return values;
  };
  const callsOf = ({ kind, tag }: PlannedNode, lists: readonly (Value[] | undefined)[]): Value[] => {
    if (kind === 'All') {
      return lists.some((list) => list?.includes(BLOCKED))
        ? [BLOCKED]
        : [allOf(tag, lists as (string[] | undefined)[])];
    }
    const count = Math.max(1, ...lists.map((list) => list?.length ?? 1));
    return Array.from({ length: count }, (_, call) => call).flatMap((call) => {
      const [in0, in1, in2] = lists.map((list) => list?.[Math.min(call, list.length - 1)]);
      if ([in0, in1, in2].includes(BLOCKED)) return [BLOCKED];
      const text = join({ tag, in0, in1, in2 });
      switch (kind) {
        case 'Many':
          return manyOf(text);
        case 'Block':
          return [stops(text) ? BLOCKED : text];
        case 'Lazy':
          return [`${tag}?${String(isFirst(tag) ? in0 : in1)}`];
        case 'Expand':
          return [`${tag}(inner(${text}))`];
        case 'Fail':
          fails = true;
          return [BLOCKED];
        default:
          return [text];
      }
    });
  };
  const roots = new Map(rootsOf(plan).map((root) => [root, valuesOf(root)]));
  return {
    get fails() {
      return fails;
    },
    shown(root) {
      const text = roots.get(root)!.filter((value) => value !== BLOCKED);
      return text.length ? { text } : null;
    },
  };
}
