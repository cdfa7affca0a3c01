import { describe, expect, it } from 'vitest';
import { float } from '@snug/protocol';
import { CACHES, createSuite, graph, mixGraph } from './suite.ts';
import type { Suite, TestGraph } from './suite.ts';

async function accepts(suite: Suite, g: TestGraph): Promise<boolean> {
  const validation = await suite.validate(g.finish());
  if (validation.kind === 'refused') expect(validation.error.get('type')).toBe('prompt_outputs_failed_validation');
  return validation.kind === 'valid';
}

/** A validating node of the given inputs, saved. */
function validating(type: string, inputs: (g: TestGraph) => Record<string, unknown>): TestGraph {
  const g = graph();
  g.save(g.node(type, inputs(g), 'validation').out(0), 'output');
  return g;
}

const stub = (g: TestGraph, type: 'StubInt' | 'StubFloat', value: number): unknown => g.node(type, { value }).out(0);

describe('validation', () => {
  it.each([
    [5, false],
    ['foo', false],
    [float(5), true],
  ])('[test_execution 5] validation_error_literal: input1 = %s', async (input1, isFine) => {
    const suite = await createSuite('classic');
    expect(
      await accepts(
        suite,
        validating('TestCustomValidation1', () => ({ input1, input2: 3.5 })),
      ),
    ).toBe(isFine);
  });

  it.each(['StubInt', 'StubMask'])('[test_execution 6] validation_error_edge1: a link to %s', async (type) => {
    const suite = await createSuite('classic');
    const g = graph();
    const source = type === 'StubInt' ? g.node('StubInt', { value: 5 }) : g.mask(5);
    g.save(g.node('TestCustomValidation1', { input1: source.out(0), input2: 3.5 }).out(0));
    expect(await accepts(suite, g)).toBe(false);
  });

  it.each([
    [7, 'edge2', 'TestCustomValidation2'],
    [8, 'edge3', 'TestCustomValidation3'],
    [9, 'edge4', 'TestCustomValidation4'],
  ])('[test_execution %i] validation_error_%s: %s takes a float and no int', async (_, __, type) => {
    const suite = await createSuite('classic');
    const make = (stubType: 'StubInt' | 'StubFloat'): TestGraph =>
      validating(type, (g) => ({ input1: stub(g, stubType, 5), input2: 3.5 }));
    expect(await accepts(suite, make('StubInt'))).toBe(false);
    expect(await accepts(suite, make('StubFloat'))).toBe(true);
  });

  it.each([
    [0.5, true],
    [5, true],
    [7, false],
  ])('[test_execution 10] validation_error_kwargs: input2 = %s', async (input2, isFine) => {
    const suite = await createSuite('classic');
    expect(
      await accepts(
        suite,
        validating('TestCustomValidation5', () => ({ input1: 0, input2 })),
      ),
    ).toBe(isFine);
  });

  it('[test_execution 11] cycle_error: a mix without image2 is refused', async () => {
    const suite = await createSuite('classic');
    const g = mixGraph(0.5);
    g.lookup('mix')?.set('image2', undefined);
    expect(await accepts(suite, g)).toBe(false);
  });

  it('[test_async_nodes 4] async_validate_inputs: a lower threshold refuses what passed before', async () => {
    const suite = await createSuite('classic');
    const make = (threshold: number): TestGraph => validating('TestAsyncValidation', () => ({ value: 5, threshold }));
    expect(await accepts(suite, make(10))).toBe(true);
    expect(await accepts(suite, make(4))).toBe(false);
  });

  it('[test_async_nodes 8] async_validation_error: a promise can refuse the prompt', async () => {
    const suite = await createSuite('classic');
    const make = (): TestGraph => validating('TestAsyncValidationError', () => ({ value: 15, max_value: 10 }));
    expect(await accepts(suite, make())).toBe(false);
  });
});

describe.each(CACHES)('half a prompt, %s cache', (cache) => {
  it('[test_execution 13] missing_node_error: the good output runs, and the other one when it is whole again', async () => {
    const suite = await createSuite(cache);
    const make = (isWhole: boolean): TestGraph => {
      const g = mixGraph(0.5);
      g.node('SaveImage', { images: g.lookup('mix')?.out(0), filename_prefix: 'good' }, 'good');
      const bad = g.node('TestLazyMixImages', { image1: g.lookup('input1')?.out(0), mask: g.lookup('mask')?.out(0) });
      bad.set('image2', g.image('WHITE', 'removed').out(0));
      g.node('SaveImage', { images: bad.out(0), filename_prefix: 'bad' }, 'bad');
      if (!isWhole) g.remove('removed');
      return g;
    };
    const half = await suite.run(make(false).finish());
    expect([half.didRun('good'), half.didRun('bad')]).toEqual([true, false]);
    expect(half.validation.kind === 'valid' && half.validation.nodeErrors.size).toBe(1);
    const whole = await suite.run(make(true).finish());
    expect(whole.didRun('bad')).toBe(true);
    expect(whole.validation.kind === 'valid' && whole.validation.nodeErrors.size).toBe(0);
  });
});
