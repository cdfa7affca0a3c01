import { definePack } from '@snug/node-kit';
import { choiceNodes } from './nodes/choices.ts';
import { curveNodes } from './nodes/curve.ts';
import { formatNodes } from './nodes/format.ts';
import { jsonNodes } from './nodes/json.ts';
import { listNodes } from './nodes/lists.ts';
import { logicNodes } from './nodes/logic.ts';
import { numberNodes } from './nodes/numbers.ts';
import { previewNodes } from './nodes/preview.ts';
import { primitiveNodes } from './nodes/primitives.ts';
import { regexNodes } from './nodes/regex.ts';
import { saveTextNodes } from './nodes/save-text.ts';
import { textNodes } from './nodes/text.ts';

/** The nodes that need no image: values, text, logic, numbers. */
export const pack = definePack({
  name: 'core',
  module: 'snug.core',
  nodes: [
    ...primitiveNodes,
    ...textNodes,
    ...regexNodes,
    ...formatNodes,
    ...jsonNodes,
    ...saveTextNodes,
    ...numberNodes,
    ...logicNodes,
    ...listNodes,
    ...choiceNodes,
    ...curveNodes,
    ...previewNodes,
  ],
});

export default pack;
