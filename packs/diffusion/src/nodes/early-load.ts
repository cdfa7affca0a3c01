/** Loading a model takes seconds; what is sure to be needed can load while texts are encoded. */
import { Link } from '@snug/node-kit';
import type { NodeContext } from '@snug/node-kit';
import type { Model } from '../seams.ts';

/** Nodes that use a model as it comes; others make a new one of it, which is loaded on its own. */
const USERS: ReadonlySet<string> = new Set([
  'KSampler',
  'KSamplerAdvanced',
  'SamplerCustom',
  'CFGGuider',
  'BasicGuider',
]);

/**
 * Begins to load a model that this node gives, if a sampler takes it unchanged. Does not wait; what goes wrong is told when the
 * model is used.
 * @param slot of the output
 */
export function loadEarly(model: Model, slot: number, { graph, nodeId }: NodeContext): void {
  const isTaken = (id: string): boolean => {
    const { classType = '', inputs } = graph.get(id) ?? {};
    const link = USERS.has(classType) ? inputs?.get('model') : undefined;
    return link instanceof Link && link.node === nodeId && link.slot === slot;
  };
  if (!graph.ids().some(isTaken)) return;
  const load = async (): Promise<void> => (await model.unet()).load();
  load().catch(() => {});
}
