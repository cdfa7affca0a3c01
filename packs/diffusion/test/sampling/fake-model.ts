/** A model of simple arithmetic that remembers what it was asked. */
import type { Tensor } from '@snug/node-kit';
import { alphasCumprod } from '../../src/engine/noise-schedule.ts';
import type { Conditioning, Model, Unet } from '../../src/seams.ts';

export type Call = Parameters<Unet['predict']>[0];

export interface FakeModel extends Model {
  readonly calls: readonly Call[];
}

/** Predicts for each sample the first number of its context, everywhere; or what `predict` says. */
export function fakeModel(
  over: Partial<Model> & { inputChannels?: number; predict?: (call: Call) => Tensor } = {},
): FakeModel {
  const { inputChannels = 4, predict = firstOfContext, family = 'sd1', prediction = 'eps', ...rest } = over;
  const calls: Call[] = [];
  const unet: Unet = {
    family,
    prediction,
    channels: 4,
    inputChannels,
    load: async () => {},
    async predict(call) {
      calls.push(call);
      return predict(call);
    },
  };
  const model: FakeModel = {
    kind: 'model',
    family,
    prediction,
    alphasCumprod: alphasCumprod(),
    latentScale: 0.5,
    patches: [],
    unet: async () => unet,
    withPatches: () => model,
    calls,
    ...rest,
  };
  return model;
}

function firstOfContext({ latent, context }: Call): Tensor {
  const [batch = 0, , height = 0, width = 0] = latent.shape;
  const size = 4 * height * width;
  const data = new Float32Array(batch * size);
  for (let at = 0; at < batch; at++) {
    data.fill(context.data[(at * context.data.length) / batch]!, at * size, (at + 1) * size);
  }
  return { data, shape: [batch, 4, height, width] };
}

/** A conditioning of `tokens` tokens of two numbers, all of them `value`. */
export function conditioningOf(value: number, over: Partial<Conditioning> & { tokens?: number } = {}): Conditioning {
  const { tokens = 3, ...rest } = over;
  return { context: { data: new Float32Array(tokens * 2).fill(value), shape: [1, tokens, 2] }, ...rest };
}
