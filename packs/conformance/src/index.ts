/** The nodes that the conformance suites submit. For tests of servers and clients only. */
import { definePack } from '@snug/node-kit';
import type { Pack } from '@snug/node-kit';
import { flowNodes } from './conform/flow.ts';
import { messageNodes } from './conform/messages.ts';
import { valueNodes } from './conform/values.ts';
import { testingNodes } from './testing/index.ts';

export const pack: Pack = definePack({
  name: 'conformance',
  module: 'custom_nodes.conformance',
  nodes: [...messageNodes, ...flowNodes, ...valueNodes, ...testingNodes],
});

export default pack;
