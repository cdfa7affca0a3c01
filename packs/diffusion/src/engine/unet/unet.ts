/** A UNet as samplers use it. */
import type { Family, Prediction, Unet } from '../../seams.ts';
import { EngineError } from '../engine-error.ts';
import type { ModelStore, Network } from '../store.ts';
import type { UnetWidths } from './graph.ts';
import { waves } from './time.ts';

export interface UnetKind {
  readonly family: Family;
  readonly prediction: Prediction;
}

export function createUnet(
  { family, prediction }: UnetKind,
  widths: UnetWidths,
  network: Network,
  store: ModelStore,
): Unet & { readonly contextWidth: number } {
  return {
    contextWidth: widths.context,
    family,
    prediction,
    channels: widths.channels,
    inputChannels: widths.inputChannels,
    load: () => store.prepare(network),
    async predict({ latent, timesteps, context, vector }) {
      if (latent.shape[1] !== widths.inputChannels)
        throw misfit(network, `takes latents of ${widths.inputChannels} channels, not ${latent.shape[1]}`);
      if (context.shape[2] !== widths.context)
        throw misfit(
          network,
          `takes texts of width ${widths.context}, not ${context.shape[2]}: the text encoder is of another family`,
        );
      const feeds = { latent, context, time: waves(timesteps, widths.time) };
      if (widths.vector !== undefined && vector?.shape[1] !== widths.vector)
        throw misfit(network, `takes vectors of ${widths.vector} numbers, not ${vector?.shape[1] ?? 0}`);
      const inputs = widths.vector !== undefined && vector ? { ...feeds, vector } : feeds;
      const [result] = await store.use(network, (session) => session.run(inputs, ['prediction']));
      if (!result) throw misfit(network, 'gave nothing');
      return result;
    },
  };
}

const misfit = ({ label }: Network, problem: string): EngineError =>
  new EngineError('inference_failed', `${label} ${problem}.`);
