import { Link } from '@snug/node-kit';
import type { NodeContext, SubgraphNode } from '@snug/node-kit';
import { expect, it } from 'vitest';
import { loadEarly } from '../../src/nodes/early-load.ts';
import { fakeModel } from '../sampling/fake-model.ts';

/** Whether node 4, whose output 0 is a model, has it loaded. */
async function isLoaded(nodes: Readonly<Record<string, readonly [type: string, model: unknown]>>): Promise<boolean> {
  const graph = new Map<string, SubgraphNode>(
    Object.entries(nodes).map(([id, [classType, model]]) => [id, { classType, inputs: new Map([['model', model]]) }]),
  );
  const context = { nodeId: '4', graph: { ids: () => [...graph.keys()], get: (id: string) => graph.get(id) } };
  let loads = 0;
  const model = fakeModel();
  const unet = { ...(await model.unet()), load: async () => void loads++ };
  loadEarly({ ...model, unet: async () => unet }, 0, context as unknown as NodeContext);
  await new Promise(setImmediate);
  return loads > 0;
}

it.each(['KSampler', 'KSamplerAdvanced', 'SamplerCustom', 'CFGGuider', 'BasicGuider'])(
  'a model that %s takes as it is loads at once',
  async (type) => {
    expect(await isLoaded({ 3: [type, new Link('4', 0)] })).toBe(true);
  },
);

it.each([
  ['no node takes', {}],
  ['only a LoRA takes', { 3: ['LoraLoader', new Link('4', 0)] }],
  ['comes to the sampler from another node', { 3: ['KSampler', new Link('5', 0)] }],
  ['is another output', { 3: ['KSampler', new Link('4', 1)] }],
  ['is no link', { 3: ['KSampler', 'x'] }],
] as const)('a model that %s waits', async (_, nodes) => {
  expect(await isLoaded(nodes)).toBe(false);
});

it('what goes wrong is told when the model is used', async () => {
  const context = {
    nodeId: '4',
    graph: { ids: () => ['3'], get: () => ({ classType: 'KSampler', inputs: new Map([['model', new Link('4', 0)]]) }) },
  };
  const unet = async (): Promise<never> => {
    throw new Error('no such file');
  };
  expect(() => loadEarly({ ...fakeModel(), unet }, 0, context as unknown as NodeContext)).not.toThrow();
  // an unhandled rejection would fail the run
  await new Promise(setImmediate);
});
