import { describe, expect, test } from 'vitest';
import {
  block,
  Blocker,
  createImage,
  createMask,
  createTensor,
  defineNode,
  definePack,
  expand,
  FileRefused,
  IMAGE,
  Interrupted,
  isImage,
  isLatent,
  isMask,
  LATENT,
  Link,
  MASK,
  NodeResult,
  socket,
  withUi,
} from '../src/index.ts';

const node = (type: string) => defineNode({ type, category: 'test', inputs: {}, outputs: {}, run: () => undefined });

describe('defineNode', () => {
  test('hands its argument back', () => {
    const definition = { type: 'A', category: 'test', inputs: {}, outputs: {}, run: () => undefined };
    expect(defineNode(definition)).toBe(definition);
  });

  test('refuses a node without a type', () => {
    expect(() => node('')).toThrow('A node needs a type');
  });
});

describe('definePack', () => {
  test('hands its argument back', () => {
    const pack = { name: 'samples', nodes: [node('A'), node('B')] };
    expect(definePack(pack)).toBe(pack);
  });

  test('refuses two nodes of one type, and names the pack and the type', () => {
    expect(() => definePack({ name: 'samples', nodes: [node('A'), node('B'), node('A')] })).toThrow(
      'Pack samples defines node A twice',
    );
  });

  test('types that objects are born with are types like others', () => {
    const nodes = ['constructor', '__proto__', 'toString'].map(node);
    expect(definePack({ name: 'samples', nodes }).nodes).toHaveLength(3);
  });
});

describe('results', () => {
  test('a block keeps its message', () => {
    expect(block('not today')).toBeInstanceOf(Blocker);
    expect(block('not today').message).toBe('not today');
    expect(block().message).toBeUndefined();
  });

  test('withUi holds what is shown, and values if there are any', () => {
    expect(withUi({ text: ['hi'] }, { a: 1 })).toMatchObject({ ui: { text: ['hi'] }, outputs: { a: 1 } });
    const shown = withUi({ text: ['hi'] });
    expect(shown).toBeInstanceOf(NodeResult);
    expect([shown.outputs, shown.expansion]).toEqual([undefined, undefined]);
  });

  test('expand holds the nodes, the outputs and what is shown meanwhile', () => {
    const graph = new Map();
    const result = expand(graph, { image: new Link('1', 0) }, { text: ['more'] });
    expect(result.expansion).toBe(graph);
    expect(result.outputs).toEqual({ image: new Link('1', 0) });
    expect(result.ui).toEqual({ text: ['more'] });
  });
});

describe('errors', () => {
  test('keep their codes', () => {
    expect(new Interrupted()).toMatchObject({ name: 'Interrupted', code: 'interrupted' });
    expect(new FileRefused('../x', 'no')).toMatchObject({
      name: 'FileRefused',
      code: 'file_refused',
      input: '../x',
      message: 'no',
    });
  });
});

describe('sockets', () => {
  test('of pixels tell their values from others', () => {
    const [image, mask] = [createImage(2, 3, 4, 3), createMask(2, 3, 4)];
    const latent = { samples: createTensor([1, 4, 8, 8]) };
    const facts = [image, mask, latent, undefined, null, 5, { data: new Float32Array(5) }].map((value) => [
      IMAGE.guard?.(value),
      MASK.guard?.(value),
      LATENT.guard?.(value),
    ]);
    expect(facts).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
      ...Array.from({ length: 4 }, () => [false, false, false]),
    ]);
  });

  test('of a type of one own take a guard or none', () => {
    expect(socket('PALETTE')).toEqual({ type: 'PALETTE', guard: undefined });
    expect(socket('PALETTE', Array.isArray).guard?.([])).toBe(true);
  });
});

describe('tensors', () => {
  test('are made with as many numbers as they have places, all zero', () => {
    expect(createImage(2, 3, 4, 3).data).toEqual(new Float32Array(72));
    expect(createMask(2, 3, 4).data).toEqual(new Float32Array(24));
    expect(createTensor([2, 3]).data).toEqual(new Float32Array(6));
    expect(createTensor([]).data).toHaveLength(1);
  });

  test('whose data has another length are none', () => {
    const image = createImage(1, 2, 2, 3);
    expect(isImage({ ...image, width: 3 })).toBe(false);
    expect(isMask({ ...createMask(1, 2, 2), batch: 2 })).toBe(false);
    expect(isLatent({ samples: { data: [1], shape: [1] } })).toBe(false);
  });
});
