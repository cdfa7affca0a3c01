import { expect, it } from 'vitest';
import { createGraphBuilder } from '@snug/node-kit';
import type { NodeContext } from '@snug/node-kit';
import { act, harnessOf, settle } from './run-fixtures.ts';

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

it('`told` lasts until a preview is out, and what waits behind it', async () => {
  const seen: string[] = [];
  const shows = act(
    'Shows',
    async (_values, { progress, text, told }: NodeContext) => {
      void progress(1, 1, { image: { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } });
      text('behind');
      seen.push('asked');
      await told();
      seen.push('told');
      return { value: 1 };
    },
    { outputNode: true },
  );
  const harness = await harnessOf([shows], {
    encodePreview: async () => {
      await settle();
      return { bytes: Uint8Array.of(1), mime: 'image/png', delivery: 'newest' };
    },
  });
  const g = createGraphBuilder('');
  g.node('Shows', {}, '1');
  await harness.run(g.finish(), {
    onEvent: ({ type }) => {
      if (type === 'node-progressed' || type === 'text-shown') seen.push(type);
    },
  });
  expect(seen).toEqual(['asked', 'node-progressed', 'text-shown', 'told']);
});
