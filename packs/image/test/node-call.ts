/** Calls nodes as the executor would, without a server, on small values. */
import type { AnyNode, Latent, Mask, NodeContext, Tensor } from '@snug/node-kit';

/** The values of a node's outputs, or its result with what it shows. `T` is what the test expects them to be. */
export async function call<T>(
  nodes: readonly AnyNode[],
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  context: Partial<NodeContext> = {},
): Promise<T> {
  const node = nodes.find((one) => one.type === type);
  if (!node) throw new Error(`no node ${type}`);
  return (await node.run(inputs, { throwIfInterrupted: () => {}, ...context } as NodeContext)) as T;
}

/** A mask of one item from its rows. */
export function maskOf(...rows: readonly (readonly number[])[]): Mask {
  return { data: Float32Array.from(rows.flat()), batch: 1, height: rows.length, width: rows[0]?.length ?? 0 };
}

export function rowsOf({ data, width }: Mask): number[][] {
  return Array.from({ length: data.length / width }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
}

export function tensorOf(shape: readonly number[], values: Iterable<number>): Tensor {
  const data = Float32Array.from(values);
  if (data.length !== shape.reduce((product, side) => product * side, 1)) throw new Error('shape and values disagree');
  return { data, shape };
}

/** Samples that count 0, 1, 2, ... */
export function countingLatent(...shape: number[]): Latent {
  return { samples: counting(...shape) };
}

export function counting(...shape: number[]): Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return { data: Float32Array.from({ length: size }, (_, at) => at), shape };
}
