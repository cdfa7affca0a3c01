/** What all sampler nodes do: progress, previews and interrupts around one walk. */
import type { Latent, NodeContext } from '@snug/node-kit';
import { createPreviewer } from '../previews/latent-preview.ts';
import { findTaesd } from '../previews/taesd.ts';
import { sample } from '../sampling/sample.ts';
import type { SampleRequest } from '../sampling/sample.ts';
import { modelStore } from './store.ts';

export interface SampledLatents {
  readonly output: Latent;
  /** What the last step saw without its noise: differs from the output when the walk ended early. */
  readonly denoised: Latent;
}

/** Samples a latent; its other members, such as the mask, are kept. */
export async function runSampling(
  request: Omit<SampleRequest, 'checkpoint' | 'onStep'>,
  context: NodeContext,
): Promise<SampledLatents> {
  const { model, latent, sigmas } = request;
  const total = sigmas.length - 1;
  const preview = createPreviewer(context.previews, model.family, () =>
    findTaesd(model.family, context.files, modelStore()),
  );
  const { samples, denoised } = await sample({
    ...request,
    checkpoint: () => context.throwIfInterrupted(),
    async onStep(index, seen) {
      const picture = await preview(seen);
      await context.progress(index + 1, total, picture);
      // the network holds the thread during the next step
      await context.told();
    },
  });
  return { output: { ...latent, samples }, denoised: { ...latent, samples: denoised } };
}
