import type { EncodePreview } from '@snug/executor';
import type { Image, RawPicture } from '@snug/node-kit';

/** Sides that a preview may have at most, whatever a node asks for. */
const MAX_SIDE = 16_384;

/** Encodes the pictures that nodes show while they run: scaled to fit a square, up or down. */
export const encodePreview: EncodePreview = async ({ image, format = 'jpeg', maxSize, delivery = 'newest' }) => {
  const { data, width, height, channels } = 'batch' in image ? firstPicture(image) : image;
  if (!width || !height || width > MAX_SIDE || height > MAX_SIDE) return undefined;
  // a tenth of a second to load, and many prompts have no previews
  const { default: sharp } = await import('sharp');
  let picture = sharp(data, { raw: { width, height, channels } });
  if (maxSize !== undefined && Math.max(width, height) !== maxSize) {
    const scale = maxSize / Math.max(width, height);
    const side = (pixels: number): number => Math.max(1, Math.floor(pixels * scale));
    picture = picture.resize(side(width), side(height), { fit: 'fill', kernel: 'linear' });
  }
  const opaque = channels === 4 || channels === 2 ? picture.flatten() : picture;
  // a second pass over each picture would save a few bytes and cost half of the frames
  const encoded =
    format === 'png' ? picture.png({ compressionLevel: 1 }) : opaque.jpeg({ quality: 95, optimiseCoding: false });
  return { bytes: await encoded.toBuffer(), mime: `image/${format}`, delivery };
};

/** The first picture of a batch, 8 bits a channel, cut off as the reference does. */
function firstPicture({ data, width, height, channels }: Image): RawPicture {
  const size = width * height * channels;
  const bytes = new Uint8ClampedArray(size);
  for (let at = 0; at < size; at++) bytes[at] = Math.trunc(data[at]! * 255);
  return { data: new Uint8Array(bytes.buffer), width, height, channels: channels as RawPicture['channels'] };
}
