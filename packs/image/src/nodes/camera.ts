/** Pictures that the user makes in the front end: with a camera, or with a brush. */
import { createMask, defineNode, IMAGE, input, MASK, output, socket, withUi } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { withChannels } from '../pixels/channels.ts';
import { newImage } from '../pixels/limit.ts';
import { resizeImage, resizeMask } from '../pixels/resize.ts';
import { BadInput } from './bad-input.ts';
import { fileFingerprint, isPictureFile, loadPicture } from './load-file.ts';
import { savePreviews } from './save-series.ts';

const webcamCapture = defineNode({
  type: 'WebcamCapture',
  displayName: 'Webcam Capture',
  category: 'image',
  description: 'The picture that the front end took with a camera.',
  searchAliases: ['camera', 'take photo'],
  form: 'schema',
  inputs: {
    image: input.of(socket<string>('WEBCAM')),
    width: input.int({ default: 0, min: 0, max: 16384, step: 1 }),
    height: input.int({ default: 0, min: 0, max: 16384, step: 1 }),
    capture_on_queue: input.boolean({ default: true }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  validate: { inputs: ['image'], check: ({ image }, context) => isPictureFile(image, context) },
  fingerprint: ({ image }, context) => fileFingerprint(image, context),
  async run({ image }, context) {
    return { IMAGE: (await loadPicture('image', image, context)).image };
  },
});

const side = { default: 512, min: 64, max: 4096, step: 64, socketless: true, extra: { hidden: true } } as const;

const painter = defineNode({
  type: 'Painter',
  displayName: 'Painter',
  category: 'image',
  description: 'What was painted in the front end, over an image or a plain canvas; the mask is where paint is.',
  searchAliases: ['draw', 'sketch', 'paint'],
  form: 'schema',
  intermediateOutput: true,
  inputs: {
    mask: input.string({
      default: '',
      socketless: true,
      tooltip: 'The file of the painting; empty while nothing is painted.',
      extra: { widgetType: 'PAINTER', image_upload: true },
    }),
    width: input.int(side),
    height: input.int(side),
    bg_color: input.of(socket<string>('COLOR'), { default: '#000000', socketless: true }),
    image: input.optional(input.of(IMAGE)),
  },
  outputs: { IMAGE: output.of(IMAGE), MASK: output.of(MASK) },
  validate: { inputs: ['mask'], check: ({ mask }, context) => (mask === '' ? true : isPictureFile(mask, context)) },
  fingerprint: ({ mask }, context) => (mask === '' ? '' : fileFingerprint(mask, context)),
  async run({ mask: file, width, height, bg_color, image }, context) {
    const canvas = image ? withChannels(image, 3) : plainCanvas(width, height, bg_color);
    let result: { image: Image; mask: Mask } = { image: canvas, mask: createMask(1, canvas.height, canvas.width) };
    if (file !== '') {
      const painting = await loadPicture('mask', file, context);
      const paint = resizeImage(painting.image, canvas.width, canvas.height, 'bilinear');
      const clear = painting.hasAlpha ? resizeMask(painting.mask, canvas.width, canvas.height, 'bilinear') : undefined;
      result = painted(canvas, paint, clear);
    }
    const ui = { images: await savePreviews(result.image, context), animated: [false] };
    return withUi(ui, { IMAGE: result.image, MASK: result.mask });
  },
});

function plainCanvas(width: number, height: number, colour: string): Image {
  const digits = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  if (!digits) throw new BadInput('bg_color', `${JSON.stringify(colour)} is no colour: write it as #rrggbb.`);
  const steps = digits.slice(1).map((pair) => Number.parseInt(pair, 16) / 255);
  const canvas = newImage(1, height, width, 3);
  for (let at = 0; at < canvas.data.length; at++) canvas.data[at] = steps[at % 3]!;
  return canvas;
}

/** The first frame of the painting over each image; `clear` is 1 where no paint is, undefined when all is paint. */
function painted(canvas: Image, paint: Image, clear: Mask | undefined): { image: Image; mask: Mask } {
  const { width, height } = canvas;
  const mask = createMask(1, height, width);
  const pixels = mask.data.length;
  for (let at = 0; at < pixels; at++) mask.data[at] = 1 - (clear?.data[at] ?? 0);
  const image = newImage(canvas.batch, height, width, 3);
  for (let at = 0; at < image.data.length; at++) {
    const pixel = Math.trunc(at / 3) % pixels;
    const share = mask.data[pixel]!;
    image.data[at] = paint.data[pixel * 3 + (at % 3)]! * share + canvas.data[at]! * (1 - share);
  }
  return { image, mask };
}

export const cameraNodes = [webcamCapture, painter];
