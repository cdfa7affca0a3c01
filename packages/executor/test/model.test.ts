/** Random graphs, run after each other on one executor, against an evaluation that is too simple to be wrong. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphHarness, GraphRun } from '@snug/testkit';
import { createNullCache } from '../src/cache/cache.ts';
import type { OutputCache } from '../src/cache/cache.ts';
import { createClassicCache } from '../src/cache/classic.ts';
import { createLruCache } from '../src/cache/lru.ts';
import { modelNodes } from './model-nodes.ts';
import { evaluate, graphOf, keyOf, linksOf, plans, rootsOf, tweak } from './model-plan.ts';
import type { Plan } from './model-plan.ts';
import { harnessOf } from './run-fixtures.ts';

/** What is wrong with the events of a run, whatever its end. */
function checkOrder(plan: Plan, run: GraphRun, mayRepeat: boolean): void {
  const running = new Set<string>();
  const finished = new Set<string>();
  const keys = new Set(run.cached.map((id) => keyOf(plan, Number(id))));
  const attempts = new Map<string, number>();
  for (const event of run.events) {
    if (event.type === 'node-started') {
      const { node } = event;
      const attempt = (attempts.get(node) ?? 0) + 1;
      attempts.set(node, attempt);
      const at = Number(node);
      const isLazy = plan[at]?.kind === 'Lazy';
      if (!mayRepeat) {
        expect(finished.has(node)).toBe(false);
        expect(attempt).toBeLessThanOrEqual(isLazy ? 2 : 1);
      }
      expect(running.has(node) && !isLazy).toBe(false);
      running.add(node);
      // every source, or a node equal to it, is finished
      if (plan[at] && !isLazy) for (const source of linksOf(plan, at)) expect(keys).toContain(keyOf(plan, source));
    }
    if (event.type !== 'node-finished') continue;
    const wasRunning = running.delete(event.node);
    // a lazy node that waits for its inputs may find that an equal node was faster
    if (plan[Number(event.node)]?.kind !== 'Lazy') expect(wasRunning).toBe(!event.fromCache);
    if (!mayRepeat) expect(finished.has(event.node)).toBe(false);
    finished.add(event.node);
    if (plan[Number(event.node)]) keys.add(keyOf(plan, Number(event.node)));
  }
  if (run.end.type === 'succeeded') expect([...running]).toEqual([]);
}

/** The keys of submitted nodes that finished in a run. */
function finishedKeys(plan: Plan, { events }: GraphRun): string[] {
  return events.flatMap((event) =>
    event.type === 'node-finished' && plan[Number(event.node)] ? [keyOf(plan, Number(event.node))] : [],
  );
}

function checkEnd(plan: Plan, run: GraphRun): void {
  const outcome = evaluate(plan);
  expect(run.end.type).toBe(outcome.fails ? 'failed' : 'succeeded');
  if (outcome.fails) return;
  for (const root of rootsOf(plan))
    expect([root, run.shown(String(root)) ?? null]).toEqual([root, outcome.shown(root)]);
}

async function runAndCheck(
  harness: GraphHarness,
  plan: Plan,
  isInterrupted: () => boolean,
  mayRepeat: boolean,
): Promise<GraphRun> {
  const run = await harness.run(graphOf(plan), { isInterrupted });
  checkOrder(plan, run, mayRepeat);
  if (run.end.type !== 'interrupted') checkEnd(plan, run);
  return run;
}

const never = (): boolean => false;

interface Kept {
  /** What is known when a prompt starts, given what was known before and the keys of the prompt. */
  begin(known: Set<string>, prompt: Set<string>): Set<string>;
}
const CACHES: [name: string, create: () => OutputCache, kept: Kept][] = [
  ['classic', createClassicCache, { begin: (known, prompt) => new Set([...known].filter((key) => prompt.has(key))) }],
  ['lru', () => createLruCache(100_000), { begin: (known) => known }],
  ['null', createNullCache, { begin: () => new Set() }],
];

describe.each(CACHES)('random graphs with the %s cache', (name, create, kept) => {
  it('make what a naive evaluation makes, in order, and keep what they should', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.array(fc.nat(), { maxLength: 3 }), async (first, changes) => {
        const harness = await harnessOf(modelNodes, { cache: create() });
        let known = new Set<string>();
        let plan = first;
        for (const change of [undefined, undefined, ...changes]) {
          if (change !== undefined) plan = tweak(plan, change);
          const keys = plan.map((_, at) => keyOf(plan, at));
          known = kept.begin(known, new Set(keys));
          const run = await runAndCheck(harness, plan, never, name === 'null');
          expect(run.cached).toEqual([...plan.keys()].filter((at) => known.has(keys[at]!)).map(String));
          for (const key of finishedKeys(plan, run)) known.add(key);
        }
      }),
      { seed: 4, numRuns: 120 },
    );
  });

  it('end at an interruption, and go on where they were', async () => {
    let interruptions = 0;
    await fc.assert(
      fc.asyncProperty(plans, fc.nat({ max: 40 }), async (plan, patience) => {
        const harness = await harnessOf(modelNodes, { cache: create() });
        let asked = 0;
        const stopped = await runAndCheck(harness, plan, () => ++asked > patience, name === 'null');
        if (asked > patience) expect(stopped.end.type).not.toBe('succeeded');
        if (stopped.end.type === 'interrupted') interruptions++;
        const before = new Set(finishedKeys(plan, stopped));
        const resumed = await runAndCheck(harness, plan, never, name === 'null');
        if (name === 'null') return;
        for (const id of resumed.started) if (plan[Number(id)]) expect(before).not.toContain(keyOf(plan, Number(id)));
      }),
      { seed: 5, numRuns: 120 },
    );
    expect(interruptions).toBeGreaterThan(20);
  });
});
