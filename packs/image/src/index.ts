/** Images, masks and latents: the nodes that need no model. */
import { definePack } from '@snug/node-kit';
import type { Pack } from '@snug/node-kit';
import { animatedNodes } from './nodes/animated.ts';
import { batchNodes } from './nodes/batch.ts';
import { blendNodes } from './nodes/blend.ts';
import { cameraNodes } from './nodes/camera.ts';
import { colourTransferNodes } from './nodes/colour-transfer.ts';
import { colourNodes } from './nodes/colour.ts';
import { compositeNodes } from './nodes/composite.ts';
import { cropNodes } from './nodes/crop.ts';
import { edgeNodes } from './nodes/edges.ts';
import { filterNodes } from './nodes/filter.ts';
import { latentArithmeticNodes } from './nodes/latent-arithmetic.ts';
import { latentBatchNodes } from './nodes/latent-batch.ts';
import { latentFileNodes } from './nodes/latent-file.ts';
import { latentTransformNodes } from './nodes/latent-transform.ts';
import { latentNodes } from './nodes/latent.ts';
import { loadNodes } from './nodes/load.ts';
import { maskNodes } from './nodes/mask.ts';
import { porterDuffNodes } from './nodes/porter-duff.ts';
import { previewNodes } from './nodes/preview.ts';
import { quantizeNodes } from './nodes/quantize.ts';
import { resizeChoiceNodes } from './nodes/resize-choice.ts';
import { saveAdvancedNodes } from './nodes/save-advanced.ts';
import { saveNodes } from './nodes/save.ts';
import { scaleNodes } from './nodes/scale.ts';
import { stitchNodes } from './nodes/stitch.ts';
import { svgNodes } from './nodes/svg.ts';
import { textOverlayNodes } from './nodes/text-overlay.ts';
import { tileNodes } from './nodes/tiles.ts';
import { transformNodes } from './nodes/transform.ts';

export { readPngText } from './files/png-text.ts';
export { SVG } from './nodes/svg.ts';
export type { Svg } from './nodes/svg.ts';

export const pack: Pack = definePack({
  name: 'image',
  module: 'snug.image',
  nodes: [
    ...animatedNodes,
    ...batchNodes,
    ...blendNodes,
    ...cameraNodes,
    ...colourTransferNodes,
    ...colourNodes,
    ...compositeNodes,
    ...cropNodes,
    ...edgeNodes,
    ...filterNodes,
    ...latentArithmeticNodes,
    ...latentBatchNodes,
    ...latentFileNodes,
    ...latentTransformNodes,
    ...latentNodes,
    ...loadNodes,
    ...maskNodes,
    ...porterDuffNodes,
    ...previewNodes,
    ...quantizeNodes,
    ...resizeChoiceNodes,
    ...saveAdvancedNodes,
    ...saveNodes,
    ...scaleNodes,
    ...stitchNodes,
    ...svgNodes,
    ...textOverlayNodes,
    ...tileNodes,
    ...transformNodes,
  ],
});

export default pack;
