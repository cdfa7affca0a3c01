/** Pictures that clients ask to have changed. Sizes are checked before anything is decoded; decoding is off this thread. */
import type { Sharp } from 'sharp';
import { createGate } from './gate.ts';
import { HEAD_BYTES, imageKind } from './media-types.ts';
import { openPlainFile, readHead } from './send-file.ts';

/** Width times height; more is refused. */
export const MAX_PIXELS = 2 ** 28;
const MAX_MASKED_PIXELS = 2 ** 26;

/**
 * `missing` no plain file, `not_image` no picture by its first bytes, `too_large` too many pixels, `broken` cannot be
 * decoded or written, `busy` too many requests wait.
 */
export type PixelProblem = 'missing' | 'not_image' | 'too_large' | 'broken' | 'busy';
export type PixelResult<T = Buffer> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly problem: PixelProblem };

const STATUSES: Readonly<Record<PixelProblem, number>> = {
  missing: 404,
  not_image: 415,
  too_large: 422,
  broken: 422,
  busy: 503,
};

/** The status of an answer to a refused picture. */
export function pixelStatus(problem: PixelProblem): number {
  return STATUSES[problem];
}

/** A tenth of a second to load, which the start of a server need not wait for. */
async function loadSharp() {
  const { default: sharp } = await import('sharp');
  // it keeps results by file name, and would show the old picture after a file was replaced
  sharp.cache(false);
  return sharp;
}
const gate = createGate(2, 64);
const TIMEOUT_SECONDS = 60;

const refuse = (problem: PixelProblem): PixelResult<never> => ({ kind: 'refused', problem });

/** Opens a picture whose header says that it is one, and is not too large. */
async function openPicture(path: string): Promise<PixelResult<Sharp>> {
  const file = await openPlainFile(path);
  if (!file) return refuse('missing');
  const kind = imageKind(await readHead(file, HEAD_BYTES));
  await file.handle.close();
  if (!kind) return refuse('not_image');
  const sharp = await loadSharp();
  try {
    const { width, height } = await sharp(path, { limitInputPixels: false }).metadata();
    if (width * height > MAX_PIXELS) return refuse('too_large');
  } catch {
    return refuse('broken');
  }
  const picture = sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true });
  return { kind: 'done', value: picture.timeout({ seconds: TIMEOUT_SECONDS }) };
}

async function change(path: string, apply: (picture: Sharp) => Promise<Buffer | PixelProblem>): Promise<PixelResult> {
  const result = await gate.run(async (): Promise<PixelResult> => {
    const picture = await openPicture(path);
    if (picture.kind === 'refused') return picture;
    try {
      const value = await apply(picture.value);
      return typeof value === 'string' ? refuse(value) : { kind: 'done', value };
    } catch {
      return refuse('broken');
    }
  });
  return result ?? refuse('busy');
}

export interface PreviewOptions {
  readonly format: 'webp' | 'jpeg';
  /** 1 to 100. */
  readonly quality: number;
  readonly alpha: boolean;
}

/** The picture in a smaller format; of several frames the first. */
export function encodePreview(path: string, { format, quality, alpha }: PreviewOptions): Promise<PixelResult> {
  return change(path, (picture) => {
    const shown = alpha ? picture : picture.removeAlpha();
    return shown.toFormat(format, { quality }).toBuffer();
  });
}

/** The colours without the alpha channel, as PNG. */
export function withoutAlpha(path: string): Promise<PixelResult> {
  return change(path, (picture) => picture.removeAlpha().toColourspace('srgb').png().toBuffer());
}

/** Black with the alpha channel of the picture, as PNG; opaque when it has none. */
export function alphaOnly(path: string): Promise<PixelResult> {
  return change(path, async (picture) => {
    const alpha = await picture.ensureAlpha().extractChannel('alpha').raw().toBuffer({ resolveWithObject: true });
    const { width, height } = alpha.info;
    const sharp = await loadSharp();
    const black = sharp({ create: { width, height, channels: 3, background: 'black' } });
    return black
      .joinChannel(alpha.data, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer();
  });
}

/** The picture with the alpha channel of another one of its size, as PNG. Both are held in memory, so less is allowed. */
export function withAlphaOf(path: string, maskPath: string): Promise<PixelResult> {
  return change(path, async (picture) => {
    const mask = await openPicture(maskPath);
    if (mask.kind === 'refused') return mask.problem;
    const [of, own] = await Promise.all([mask.value.metadata(), picture.metadata()]);
    const { width, height } = own;
    if (width * height > MAX_MASKED_PIXELS) return 'too_large';
    if (!of.hasAlpha || of.width !== width || of.height !== height) return 'broken';
    const alpha = await mask.value.extractChannel('alpha').raw().toBuffer();
    // in one go the alpha channel would be removed after the new one has come
    const colours = await picture.removeAlpha().toColourspace('srgb').raw().toBuffer();
    const sharp = await loadSharp();
    const joined = sharp(colours, { raw: { width, height, channels: 3 } });
    return joined
      .joinChannel(alpha, { raw: { width, height, channels: 1 } })
      .png({ compressionLevel: 4 })
      .toBuffer();
  });
}
