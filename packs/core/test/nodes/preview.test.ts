import { createImage, createMask, createTensor } from '@snug/node-kit';
import { Float, parseJson } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { runNode } from '../run-node.ts';

describe('PreviewAny', () => {
  class Model {
    readonly self = this;
  }
  it.each([
    ['text\n', 'text\n'],
    ['', ''],
    [1, '1'],
    [new Float(1), '1.0'],
    [1.5, '1.5'],
    [1e22, '1e+22'],
    [-(2n ** 63n), '-9223372036854775808'],
    [true, 'True'],
    [null, 'None'],
    [undefined, 'None'],
    [[], '[]'],
    [[1, new Float(2), 'é', null], '[\n    1,\n    2.0,\n    "é",\n    null\n]'],
    [parseJson('{"b": {"__proto__": 1}, "a": {}}'), '{\n    "b": {\n        "__proto__": 1\n    },\n    "a": {}\n}'],
    [{ x: 1 }, '{\n    "x": 1\n}'],
    [createImage(1, 2, 3, 4), '<image [1, 2, 3, 4]>'],
    [createMask(1, 2, 3), '<mask [1, 2, 3]>'],
    [{ samples: createTensor([1, 4, 8, 8]) }, '<latent [1, 4, 8, 8]>'],
    [[createMask(1, 1, 1)], '<list of 1>'],
    [new Model(), '<Model>'],
    [() => 1, '<function>'],
  ])('shows %o as %o', async (source, text) => {
    expect(await runNode('PreviewAny', { source })).toEqual({ outputs: { text }, ui: { text: [text] } });
  });

  it('shows a value that contains itself by its kind', async () => {
    const source: unknown[] = [];
    source.push(source);
    expect((await runNode('PreviewAny', { source })).outputs['text']).toBe('<list of 1>');
  });
});
