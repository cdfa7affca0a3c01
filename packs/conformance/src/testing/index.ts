import type { AnyNode } from '@snug/node-kit';
import { asyncNodes } from './async.ts';
import { conditionNodes } from './conditions.ts';
import { expansionNodes } from './expansion.ts';
import { lazyNodes } from './lazy.ts';
import { listNodes } from './lists.ts';
import { loopNodes } from './loops.ts';
import { progressNodes } from './progress.ts';
import { stubNodes } from './stubs.ts';
import { validationNodes } from './validation.ts';

/** `TestLazyMixImages` is shown as `Lazy Mix Images`. */
function titled(node: AnyNode): AnyNode {
  const words = node.type.replace(/^Test/, '').replace(/(?<=[a-z])(?=[A-Z\d])/g, ' ');
  return { ...node, displayName: words };
}

export const testingNodes: readonly AnyNode[] = [
  ...stubNodes,
  ...lazyNodes,
  ...validationNodes,
  ...expansionNodes,
  ...loopNodes,
  ...listNodes,
  ...conditionNodes,
  ...asyncNodes,
  ...progressNodes,
].map(titled);
