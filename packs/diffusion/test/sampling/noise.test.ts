import { describe, expect, it } from 'vitest';
import { torchNormals } from '@snug/node-kit';
import { batchNoise } from '../../src/sampling/noise.ts';

const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Math.round(value * 1e4) / 1e4);

// what PyTorch prints on a CPU: manual_seed(seed), then randn(count)
describe('the numbers of PyTorch', () => {
  it('fewer than 16 come one pair at a time', () => {
    expect(rounded(torchNormals(0n).take(3))).toEqual([1.541, -0.2934, -2.1788]);
    expect(rounded(torchNormals(42n).take(3))).toEqual([0.3367, 0.1288, 0.2345]);
  });

  it('from 16 on they come in blocks', () => {
    expect(rounded(torchNormals(0n).take(32)).slice(0, 8)).toEqual([
      -1.1258, -1.1524, -0.2506, -0.4339, 0.8487, 0.692, -0.316, -2.1152,
    ]);
    expect(rounded(torchNormals(42n).take(32)).slice(0, 8)).toEqual([
      1.9269, 1.4873, 0.9007, -2.1055, 0.6784, -1.2345, -0.0431, -1.6047,
    ]);
  });

  it('a last block that is not full is drawn anew, from its end', () => {
    const [exact, more] = [torchNormals(5n).take(16), torchNormals(5n).take(20)];
    expect(more.slice(0, 4)).toEqual(exact.slice(0, 4));
    expect(more.slice(4, 16)).not.toEqual(exact.slice(4, 16));
    expect(more.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  });

  it('of a seed of 64 bits the lower half counts', () => {
    expect(torchNormals(2n ** 64n - 1n).take(16)).toEqual(torchNormals(2n ** 32n - 1n).take(16));
  });

  it('a source goes on where it ended', () => {
    const source = torchNormals(7n);
    expect(source.take(16)).not.toEqual(source.take(16));
  });
});

describe('batches', () => {
  const shape = [3, 4, 2, 2];
  const item = (data: Float32Array, at: number): Float32Array => data.slice(at * 16, (at + 1) * 16);

  it('a batch without indices is drawn at once', () => {
    expect(batchNoise(shape, 1n).data).toEqual(torchNormals(1n).take(48));
  });

  it('an index gives the same noise in any batch', () => {
    const { data } = batchNoise(shape, 1n, [4, 0, 4]);
    const source = torchNormals(1n);
    const drawn = Array.from({ length: 5 }, () => source.take(16));
    expect(item(data, 0)).toEqual(drawn[4]);
    expect(item(data, 1)).toEqual(drawn[0]);
    expect(item(data, 2)).toEqual(drawn[4]);
  });
});
