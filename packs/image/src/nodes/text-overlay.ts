/** Text drawn on images. */
import { defineNode, IMAGE, input, output, socket } from '@snug/node-kit';
import type { Image, RawPicture } from '@snug/node-kit';
import { loadSharp } from '../files/sharp.ts';
import { parseHexColour } from '../pixels/hex-colour.ts';
import { MAX_PIXELS, newImage } from '../pixels/limit.ts';
import { drawText } from '../pixels/text-drawing.ts';
import { BadInput } from './bad-input.ts';

const COLOR = socket<string>('COLOR');

/** Lays a picture with alpha over all rows of one image from `top` on; it is as wide as the image. */
function layOver(target: Image, item: number, top: number, over: Pick<RawPicture, 'data' | 'height'>): void {
  const { width, height, channels } = target;
  const coloured = channels < 3 ? 1 : 3;
  let to = (item * height + top) * width * channels;
  for (let from = 0; from < over.height * width * 4; from += 4, to += channels) {
    const share = over.data[from + 3]! / 255;
    if (share === 0) continue;
    for (let channel = 0; channel < coloured; channel++) {
      const value = target.data[to + channel]!;
      target.data[to + channel] = value + share * (over.data[from + channel]! / 255 - value);
    }
    if (channels === 4) target.data[to + 3] = share + target.data[to + 3]! * (1 - share);
  }
}

const textOverlay = defineNode({
  type: 'TextOverlay',
  displayName: 'Draw Text Overlay',
  category: 'text',
  description: 'Writes a text over the top or the bottom of images.',
  form: 'schema',
  inputs: {
    images: input.of(IMAGE),
    text: input.string({ default: '', multiline: true }),
    font_size: input.float({
      default: 5,
      min: 0.5,
      max: 50,
      step: 0.5,
      tooltip: 'Height of the characters, in percent of the height of the image.',
    }),
    color: input.of(COLOR, { default: '#ffffff', socketless: true }),
    position: input.choice(['top', 'bottom'], { default: 'top' }),
    align: input.choice(['left', 'center', 'right'], { default: 'left' }),
    outline: input.boolean({ default: true }),
  },
  outputs: { images: output.of(IMAGE) },
  async run({ images, text, font_size, color, position, align, outline }, context) {
    const rgb = parseHexColour(color);
    if (!rgb) throw new BadInput('color', 'it is no colour, write one like #ff8800.');
    if (!text.trim()) return { images };
    const { batch, height, width, channels } = images;
    const target = newImage(batch, height, width, channels);
    target.data.set(images.data);
    const colour = `#${rgb
      .map((part) =>
        Math.round(part * 255)
          .toString(16)
          .padStart(2, '0'),
      )
      .join('')}`;
    const size = Math.max((height * font_size) / 100, 1);
    const drawing = drawText(text.trim(), width, height, { size, colour, align, outline });
    const sharp = await loadSharp();
    const drawn = await sharp(Buffer.from(drawing.svg), { limitInputPixels: MAX_PIXELS })
      .resize(width, drawing.height, { fit: 'fill' })
      .ensureAlpha()
      .raw()
      .toBuffer();
    const top = position === 'top' ? 0 : height - drawing.height;
    for (let item = 0; item < batch; item++) {
      context.throwIfInterrupted();
      layOver(target, item, top, { data: drawn, height: drawing.height });
    }
    return { images: target };
  },
});

export const textOverlayNodes = [textOverlay];
