/** Nodes that tests hold in their hands, and a harness with them. */
import { ANY, createGraphBuilder, defineNode, definePack, input, output, withUi } from '@snug/node-kit';
import type { AnyNode, GraphBuilder } from '@snug/node-kit';
import { createGraphHarness } from '@snug/testkit';
import type { GraphHarness, HarnessOptions } from '@snug/testkit';

/** Shows the text of its value; an output node. */
export const show = defineNode({
  type: 'Show',
  category: 'test',
  inputs: { value: input.of(ANY) },
  outputs: { value: output.of(ANY) },
  outputNode: true,
  run: ({ value }) => withUi({ text: [String(value)] }, { value }),
});

/** A node of the given behaviour, with an optional input of any type, and one output. */
export function act(type: string, run: AnyNode['run'], parts: Partial<Omit<AnyNode, 'type' | 'run'>> = {}): AnyNode {
  return defineNode({
    category: 'test',
    inputs: { value: input.optional(input.of(ANY)) },
    outputs: { value: output.of(ANY) },
    ...parts,
    type,
    run,
  }) as AnyNode;
}

export function harnessOf(
  nodes: readonly AnyNode[],
  options: Omit<HarnessOptions, 'packs'> = {},
): Promise<GraphHarness> {
  return createGraphHarness({ ...options, packs: [definePack({ name: 'test', nodes: [show, ...nodes] })] });
}

/** A graph whose first node is of the class and feeds an output node called `end`. */
export function shown(type: string, inputs: Readonly<Record<string, unknown>> = {}): GraphBuilder {
  const g = createGraphBuilder('');
  g.node('Show', { value: g.node(type, inputs, 'node').out(0) }, 'end');
  return g;
}

/** A promise that the test ends. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
