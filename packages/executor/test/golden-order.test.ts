/** The golden transcripts of the reference, as far as they tell the order of nodes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGraphBuilder } from '@snug/node-kit';
import type { GraphBuilder } from '@snug/node-kit';
import { pack } from '@snug/pack-conformance';
import { createGraphHarness } from '@snug/testkit';
import type { GraphRun } from '@snug/testkit';

const GOLDEN = new URL('../../../tests/conformance/suite/golden/', import.meta.url);

interface Message {
  readonly type: string;
  readonly data: { readonly node?: string | null; readonly nodes?: readonly string[]; readonly output?: unknown };
}

/** What a client was told of nodes in each prompt: `executing 1`, `executed 2 {...}`, `cached 1,2`. */
function goldenRuns(name: string): string[][] {
  const { ws } = JSON.parse(readFileSync(new URL(`${name}.json`, GOLDEN), 'utf8')) as { ws: { A: Message[] } };
  const runs: string[][] = [];
  for (const { type, data } of ws.A) {
    if (type === 'execution_start') runs.push([]);
    if (type === 'execution_cached') runs.at(-1)?.push(`cached ${data.nodes?.join()}`);
    if (type === 'executing' && data.node !== null) runs.at(-1)?.push(`executing ${data.node}`);
    if (type === 'executed') runs.at(-1)?.push(`executed ${data.node} ${JSON.stringify(data.output)}`);
  }
  return runs;
}

function toldOf({ events }: GraphRun): string[] {
  return events.flatMap((event) => {
    if (event.type === 'cached') return [`cached ${event.nodes.join()}`];
    if (event.type === 'node-started') return [`executing ${event.node}`];
    return event.type === 'output-shown' ? [`executed ${event.node} ${event.outputText}`] : [];
  });
}

const GRAPHS: Record<string, (g: GraphBuilder) => void> = {
  'run-lists'(g) {
    const one = g.node('ConformListOut', { prefix: 'a', count: 3 }, '1').out(0);
    const two = g.node('ConformListOut', { prefix: 'b', count: 2 }, '2').out(0);
    const three = g.node('ConformConcat', { a: one, b: two }, '3').out(0);
    const four = g.node('ConformListIn', { items: three, sep: '/' }, '4').out(0);
    g.node('ConformUi', { text: four }, '5');
    g.node('ConformUi', { text: three }, '6');
  },
  'run-diamond'(g) {
    const [ten, twenty, thirty] = ['10', '20', '30'].map((id) => g.node('ConformConcat', {}, id));
    const source = g.node('ConformProgress', { text: 'x', steps: 1 }, '40').out(0);
    for (const middle of [twenty, thirty]) middle?.set('a', source).set('b', source);
    ten?.set('a', twenty?.out(0)).set('b', thirty?.out(0));
    g.node('ConformUi', { text: ten?.out(0) }, '50');
  },
  'run-graph-order'(g) {
    const end = g.node('ConformUi', {}, 'b');
    const ten = g.node('ConformConcat', {}, '10');
    ten.set('a', g.node('ConformConcat', { a: 'y', b: 'z' }, '9').out(0)).set('b', 'x');
    end.set('text', ten.out(0));
  },
  'run-lazy-branch'(g) {
    const a = g.node('ConformProgress', { text: 'used', steps: 1 }, '1').out(0);
    const b = g.node('ConformFail', { text: 'never', count: 1 }, '2').out(0);
    g.node('ConformUi', { text: g.node('ConformLazy', { first: true, a, b }, '3').out(0) }, '4');
  },
  'run-expansion'(g) {
    g.node('ConformUi', { text: g.node('ConformExpand', { text: 'x', count: 2 }, '1').out(0) }, '2');
  },
  'run-block-silent'(g) {
    const blocked = g.node('ConformBlock', { text: 'x', message: '', block: true }, '1').out(0);
    g.node('ConformUi', { text: g.node('ConformConcat', { a: blocked, b: blocked }, '2').out(0) }, '3');
    g.node('ConformUi', { text: 'free' }, '4');
  },
  'run-block-message'(g) {
    const blocked = g.node('ConformBlock', { text: 'x', message: 'stopped here', block: true }, '1').out(0);
    g.node('ConformUi', { text: blocked }, '2');
  },
  'run-cached-again'(g) {
    g.node('ConformUi', { text: g.node('ConformProgress', { text: 'hi', steps: 1 }, '1').out(0) }, '2');
  },
  'run-volatile-node'(g) {
    g.node('ConformUi', { text: g.node('ConformVolatile', { text: 'v' }, '1').out(0) }, '2');
    g.node('ConformUi', { text: 'still' }, '3');
  },
};

describe('the golden order', () => {
  it.each(Object.keys(GRAPHS))('of %s', async (name) => {
    const golden = goldenRuns(name);
    expect(golden.length).toBeGreaterThan(0);
    const harness = await createGraphHarness({ packs: [pack] });
    for (const told of golden) {
      const g = createGraphBuilder('');
      GRAPHS[name]?.(g);
      const run = await harness.run(g.finish());
      expect(toldOf(run)).toEqual(told);
    }
  });
});
