/** Arithmetic on encoded texts: `[1, tokens, width]`, or `[1, width]` for pooled ones. */
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';

export function scaleTensor({ data, shape }: Tensor, factor: number): Tensor {
  return { data: data.map((value) => value * factor), shape };
}

/**
 * `share` of the first and the rest of the second, which is cut or filled with zeros to the length of the first.
 * @throws {BadInput} that names `input` when they come from different kinds of encoders
 */
export function averageTensors(first: Tensor, second: Tensor, share: number, input: string): Tensor {
  checkWidth(first, second, input);
  const data = first.data.map((value, at) => value * share + (second.data[at] ?? 0) * (1 - share));
  return { data, shape: first.shape };
}

/** @throws {BadInput} as {@link averageTensors} */
export function concatTokens(first: Tensor, second: Tensor, input: string): Tensor {
  checkWidth(first, second, input);
  const [tokens = 0, width = 0] = first.shape.slice(1);
  const joined = createTensor([1, tokens + (second.shape[1] ?? 0), width]);
  joined.data.set(first.data);
  joined.data.set(second.data, first.data.length);
  return joined;
}

function checkWidth(first: Tensor, second: Tensor, input: string): void {
  const [one, other] = [first.shape.at(-1), second.shape.at(-1)];
  if (one !== other)
    throw new BadInput(input, `it has ${other} numbers a token, the other ${one}: encode both with the same CLIP.`);
}
