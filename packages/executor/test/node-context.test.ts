import { expect, it } from 'vitest';
import { createGraphBuilder } from '@snug/node-kit';
import type { NodeContext } from '@snug/node-kit';
import { act, harnessOf } from './run-fixtures.ts';

it('a node may take its context apart: each part works by itself', async () => {
  const takesApart = act(
    'TakesApart',
    (_values, context: NodeContext) => {
      const { signal, progress, setProgress, send, text, log, state, builder, throwIfInterrupted, graph } = context;
      throwIfInterrupted();
      void progress(1, 2);
      void setProgress(2, 2);
      send('pack.done', { aborted: signal.aborted });
      text('shown');
      log('logged');
      return { value: [state(() => 'kept'), builder().prefix, builder().prefix, graph.has('1')].join(' ') };
    },
    { outputNode: true },
  );
  const harness = await harnessOf([takesApart]);
  const g = createGraphBuilder('');
  g.node('TakesApart', {}, '1');
  const run = await harness.run(g.finish());
  expect(run.failure).toBeUndefined();
  expect(run.events.map(({ type }) => type)).toEqual([
    'started',
    'cached',
    'node-started',
    'node-progressed',
    'node-progressed',
    'custom-sent',
    'text-shown',
    'logged',
    'node-finished',
    'succeeded',
  ]);
});
