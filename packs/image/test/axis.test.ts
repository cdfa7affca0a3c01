import { describe, expect, it } from 'vitest';
import { concat, cycle, flip, narrow, rotate } from '../src/planes/axis.ts';
import { counting, tensorOf } from './node-call.ts';

const grid = counting(1, 2, 3);

describe('axes', () => {
  it('narrow takes a part of any axis', () => {
    expect(narrow(grid, 1, 1, 1)).toEqual(tensorOf([1, 1, 3], [3, 4, 5]));
    expect(narrow(grid, 2, 1, 2)).toEqual(tensorOf([1, 2, 2], [1, 2, 4, 5]));
  });

  it('concat joins on any axis', () => {
    const other = tensorOf([1, 2, 1], [9, 8]);
    expect(concat([grid, other], 2)).toEqual(tensorOf([1, 2, 4], [0, 1, 2, 9, 3, 4, 5, 8]));
    expect(concat([grid, grid], 0).shape).toEqual([2, 2, 3]);
  });

  it('cycle repeats and cuts', () => {
    const items = tensorOf([3, 1], [1, 2, 3]);
    expect([...cycle(items, 8).data]).toEqual([1, 2, 3, 1, 2, 3, 1, 2]);
    expect([...cycle(items, 2).data]).toEqual([1, 2]);
  });

  it('flip turns one axis round', () => {
    expect([...flip(grid, 1).data]).toEqual([3, 4, 5, 0, 1, 2]);
    expect([...flip(grid, 2).data]).toEqual([2, 1, 0, 5, 4, 3]);
  });

  it('rotate turns clockwise', () => {
    expect(rotate(grid, 0)).toEqual(grid);
    expect(rotate(grid, 1)).toEqual(tensorOf([1, 3, 2], [3, 0, 4, 1, 5, 2]));
    expect(rotate(grid, 2)).toEqual(tensorOf([1, 2, 3], [5, 4, 3, 2, 1, 0]));
    expect(rotate(grid, 3)).toEqual(tensorOf([1, 3, 2], [2, 5, 1, 4, 0, 3]));
  });

  it('rotate turns each plane for itself', () => {
    const turned = rotate(counting(2, 2, 1), 1);
    expect(turned).toEqual(tensorOf([2, 1, 2], [1, 0, 3, 2]));
  });
});
