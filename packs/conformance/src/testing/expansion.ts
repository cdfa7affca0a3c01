/** Nodes that put other nodes in their place. */
import { defineNode, expand, IMAGE, input, socket, withUi } from '@snug/node-kit';
import type { GraphBuilder, Image, Link } from '@snug/node-kit';
import { unnamed } from '../unnamed.ts';
import { flatImage, SQUARE } from './flat-images.ts';

const category = 'experimental/expansion';

const dependencyCycle = defineNode({
  type: 'TestDynamicDependencyCycle',
  category,
  inputs: { input1: input.of(IMAGE), input2: input.of(IMAGE) },
  outputs: { image: unnamed(IMAGE) },
  run({ input1, input2 }, context) {
    const graph = context.builder();
    const mask = graph.node('StubMask', { value: 0.5, ...SQUARE }).out(0);
    const mix1 = graph.node('TestLazyMixImages', { image1: input1, mask });
    const mix2 = graph.node('TestLazyMixImages', { image1: mix1.out(0), image2: input2, mask });
    mix1.set('image2', mix2.out(0));
    return expand(graph.finish(), { image: mix2.out(0) });
  },
});

const mixedReturns = defineNode({
  type: 'TestMixedExpansionReturns',
  category,
  inputs: { input1: input.float({ default: 0.5 }) },
  outputs: { image: unnamed(IMAGE), white: unnamed(IMAGE) },
  run({ input1 }, context) {
    const white = flatImage(1);
    if (input1 <= 0.1) return { image: flatImage(0.1), white };
    if (input1 <= 0.2) return withUi({}, { image: flatImage(0.2), white });
    const graph = context.builder();
    const mask = graph.node('StubMask', { value: 0.3, ...SQUARE }).out(0);
    const image1 = graph.node('StubImage', { content: 'BLACK', ...SQUARE }).out(0);
    const image2 = graph.node('StubImage', { content: 'WHITE', ...SQUARE }).out(0);
    const mix = graph.node('TestLazyMixImages', { image1, image2, mask });
    return expand(graph.finish(), { image: mix.out(0), white });
  },
});

const sampling = defineNode({
  type: 'TestSamplingInExpansion',
  category,
  inputs: {
    model: input.of(socket<object>('MODEL')),
    clip: input.of(socket<object>('CLIP')),
    vae: input.of(socket<object>('VAE')),
    seed: input.int64({ default: 0, min: 0, max: 2n ** 64n - 1n }),
    steps: input.int({ default: 20, min: 1, max: 100 }),
    cfg: input.float({ default: 7, min: 0, max: 30 }),
    prompt: input.string({ multiline: true }),
    negative_prompt: input.string({ multiline: true }),
  },
  outputs: { image: unnamed(IMAGE) },
  run({ model, clip, vae, seed, steps, cfg, prompt, negative_prompt }, context) {
    const graph = context.builder();
    const samples = graph.node('KSampler', {
      model,
      seed,
      steps,
      cfg,
      sampler_name: 'euler_ancestral',
      scheduler: 'normal',
      positive: graph.node('CLIPTextEncode', { clip, text: prompt }).out(0),
      negative: graph.node('CLIPTextEncode', { clip, text: negative_prompt }).out(0),
      latent_image: graph.node('EmptyLatentImage', { ...SQUARE }).out(0),
      denoise: 1,
    });
    const image = graph.node('VAEDecode', { samples: samples.out(0), vae }).out(0);
    return expand(graph.finish(), { image });
  },
});

const duration = input.float({ default: 0.5, min: 0, max: 10 });

const parallelSleep = defineNode({
  type: 'TestParallelSleep',
  category,
  inputs: {
    image1: input.of(IMAGE),
    image2: input.of(IMAGE),
    image3: input.of(IMAGE),
    sleep1: duration,
    sleep2: duration,
    sleep3: duration,
    unique_id: input.hidden('UNIQUE_ID'),
  },
  outputs: { image: unnamed(IMAGE) },
  outputNode: true,
  run({ image1, image2, image3, sleep1, sleep2, sleep3 }, context) {
    const graph = context.builder();
    const image = averageOfSleeps(graph, [
      [image1, sleep1],
      [image2, sleep2],
      [image3, sleep3],
    ]);
    return expand(graph.finish(), { image });
  },
});

const dynamicAsync = defineNode({
  type: 'TestDynamicAsyncGeneration',
  category,
  inputs: {
    image1: input.of(IMAGE),
    image2: input.of(IMAGE),
    num_async_nodes: input.int({ default: 3, min: 1, max: 10 }),
    sleep_duration: input.float({ default: 0.2, min: 0.1, max: 1 }),
  },
  outputs: { image: unnamed(IMAGE) },
  run({ image1, image2, num_async_nodes, sleep_duration }, context) {
    const graph = context.builder();
    const sleeps = Array.from(
      { length: num_async_nodes },
      (_, at) => [at % 2 === 0 ? image1 : image2, sleep_duration] as const,
    );
    const image = averageOfSleeps(graph, sleeps);
    return expand(graph.finish(), { image });
  },
});

/** The average of images that each pass through a node that sleeps for some seconds. */
function averageOfSleeps(graph: GraphBuilder, sleeps: readonly (readonly [image: Image, seconds: number])[]): Link {
  const images = sleeps.map(([value, seconds]) => graph.node('TestSleep', { value, seconds }).out(0));
  const inputs = Object.fromEntries(images.map((image, at) => [`input${at + 1}`, image]));
  return graph.node('TestVariadicAverage', inputs).out(0);
}

export const expansionNodes = [dependencyCycle, mixedReturns, sampling, parallelSleep, dynamicAsync];
