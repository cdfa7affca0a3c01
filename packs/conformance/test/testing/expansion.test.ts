import type { Image } from '@snug/node-kit';
import { expect, test } from 'vitest';
import { flatImage, SQUARE } from '../../src/testing/flat-images.ts';
import { expansionOf } from '../expansion-of.ts';
import { fakeContext, nodeOf, run } from '../fake-context.ts';

const size = { height: 1, width: 1, batch_size: 1 };
const [a, b, c] = [flatImage(0.25, size), flatImage(0.5, size), flatImage(0.75, size)];

test('TestDynamicDependencyCycle makes two nodes that wait for each other', async () => {
  const result = await run('TestDynamicDependencyCycle', { input1: a, input2: b }, fakeContext('2'));
  expect(expansionOf(result)).toEqual({
    nodes: {
      '2.0.0.1': { type: 'StubMask', inputs: { value: 0.5, ...SQUARE } },
      '2.0.0.2': { type: 'TestLazyMixImages', inputs: { image1: a, image2: '2.0.0.3:0', mask: '2.0.0.1:0' } },
      '2.0.0.3': { type: 'TestLazyMixImages', inputs: { image1: '2.0.0.2:0', image2: b, mask: '2.0.0.1:0' } },
    },
    outputs: { image: '2.0.0.3:0' },
  });
});

test('TestMixedExpansionReturns gives values, values in a result, or an expansion', async () => {
  const first = (await run('TestMixedExpansionReturns', { input1: 0.1 })) as { image: Image; white: Image };
  expect([first.image.data[0], first.white.data[0]]).toEqual([Math.fround(0.1), 1]);
  const second = await run('TestMixedExpansionReturns', { input1: 0.2 });
  expect(second).toMatchObject({ ui: {}, expansion: undefined });
  const { image } = (second as { outputs: { image: Image } }).outputs;
  expect(image.data[0]).toBe(Math.fround(0.2));
  const { nodes, outputs } = expansionOf(await run('TestMixedExpansionReturns', { input1: 0.3 }, fakeContext('4')));
  expect(nodes).toEqual({
    '4.0.0.1': { type: 'StubMask', inputs: { value: 0.3, ...SQUARE } },
    '4.0.0.2': { type: 'StubImage', inputs: { content: 'BLACK', ...SQUARE } },
    '4.0.0.3': { type: 'StubImage', inputs: { content: 'WHITE', ...SQUARE } },
    '4.0.0.4': {
      type: 'TestLazyMixImages',
      inputs: { image1: '4.0.0.2:0', image2: '4.0.0.3:0', mask: '4.0.0.1:0' },
    },
  });
  expect(outputs['image']).toBe('4.0.0.4:0');
  expect((outputs['white'] as Image).data[0]).toBe(1);
});

test('TestSamplingInExpansion becomes a graph that makes an image from a text', async () => {
  const [model, clip, vae] = [{}, {}, {}];
  const numbers = { seed: 2n ** 64n - 1n, steps: 20, cfg: 7 };
  const texts = { prompt: 'a raccoon', negative_prompt: 'text' };
  const result = await run('TestSamplingInExpansion', { model, clip, vae, ...numbers, ...texts }, fakeContext('1'));
  const { nodes, outputs } = expansionOf(result);
  const byType = new Map(Object.entries(nodes).map(([id, { type, inputs }]) => [type, { id, inputs }]));
  const encoders = Object.entries(nodes).filter(([, { type }]) => type === 'CLIPTextEncode');
  expect(encoders.map(([, { inputs }]) => inputs)).toEqual([
    { clip, text: 'a raccoon' },
    { clip, text: 'text' },
  ]);
  expect(byType.get('KSampler')?.inputs).toEqual({
    model,
    ...numbers,
    sampler_name: 'euler_ancestral',
    scheduler: 'normal',
    positive: `${encoders.at(0)?.[0]}:0`,
    negative: `${encoders.at(1)?.[0]}:0`,
    latent_image: `${byType.get('EmptyLatentImage')?.id}:0`,
    denoise: 1,
  });
  expect(byType.get('EmptyLatentImage')?.inputs).toEqual({ width: 512, height: 512, batch_size: 1 });
  expect(byType.get('VAEDecode')?.inputs).toEqual({ samples: `${byType.get('KSampler')?.id}:0`, vae });
  expect(outputs).toEqual({ image: `${byType.get('VAEDecode')?.id}:0` });
});

test('TestParallelSleep sleeps three times and averages', async () => {
  expect(nodeOf('TestParallelSleep').outputNode).toBe(true);
  const inputs = { image1: a, image2: b, image3: c, sleep1: 0.1, sleep2: 0.2, sleep3: 0.3 };
  expect(expansionOf(await run('TestParallelSleep', inputs, fakeContext('1')))).toEqual({
    nodes: {
      '1.0.0.1': { type: 'TestSleep', inputs: { value: a, seconds: 0.1 } },
      '1.0.0.2': { type: 'TestSleep', inputs: { value: b, seconds: 0.2 } },
      '1.0.0.3': { type: 'TestSleep', inputs: { value: c, seconds: 0.3 } },
      '1.0.0.4': {
        type: 'TestVariadicAverage',
        inputs: { input1: '1.0.0.1:0', input2: '1.0.0.2:0', input3: '1.0.0.3:0' },
      },
    },
    outputs: { image: '1.0.0.4:0' },
  });
});

test('TestDynamicAsyncGeneration alternates its images over as many sleeps as asked', async () => {
  const inputs = { image1: a, image2: b, num_async_nodes: 5, sleep_duration: 0.4 };
  const { nodes, outputs } = expansionOf(await run('TestDynamicAsyncGeneration', inputs, fakeContext('1')));
  const sleeps = Object.values(nodes).filter(({ type }) => type === 'TestSleep');
  expect(sleeps.map((node) => node.inputs)).toEqual([a, b, a, b, a].map((value) => ({ value, seconds: 0.4 })));
  expect(Object.keys(nodes['1.0.0.6']?.inputs ?? {})).toEqual(['input1', 'input2', 'input3', 'input4', 'input5']);
  expect(outputs).toEqual({ image: '1.0.0.6:0' });
});
