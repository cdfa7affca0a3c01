/** From the bytes of a picture file to floats, with bounds checked before a single pixel is unpacked. */
import type { Metadata, SharpOptions } from 'sharp';
import { createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { MAX_PIXELS, newImage, newMask } from '../pixels/limit.ts';
import { HALF_COLOURS, unblendColours } from './jpeg-colours.ts';
import { PictureRefused } from './picture-refused.ts';
import { loadSharp } from './sharp.ts';

export interface DecodeLimits {
  /** Pixels of all frames together. Default 2^28. */
  maxPixels?: number | undefined;
  /** Default 1000. */
  maxFrames?: number | undefined;
}

/** The frames of a file that have the size of its first one. */
export interface DecodedPicture {
  /** RGB, straight: not multiplied with the alpha. */
  readonly image: Image;
  /** 1 where transparent. Of a file without alpha: zeros of 64×64. */
  readonly mask: Mask;
  readonly hasAlpha: boolean;
  /** The file ends early or is broken; what could be read is there, the rest is black. */
  readonly damaged: boolean;
}

/**
 * How the files begin that are tried at all. SVG is left out on purpose: a drawing is a program, and its size is
 * whatever it says.
 */
const SIGNATURES: readonly RegExp[] = [
  /^\x89PNG/,
  /^\xff\xd8\xff/, // JPEG
  /^GIF8[79]a/,
  /^RIFF[^]{4}WEBP/,
  /^(?:II[*+]\0|MM\0[*+])/, // TIFF
  /^[^]{4}ftyp/, // AVIF
];
/** Side of the mask that stands for "nothing is transparent". */
const EMPTY_MASK_SIDE = 64;

/**
 * Decodes a picture file: PNG, JPEG, WebP, GIF, TIFF or AVIF. Turned upright as its EXIF data says; colour profiles are
 * not applied; 16 bits a channel keep their precision.
 * @throws {PictureRefused}
 */
export async function decodePicture(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<DecodedPicture> {
  const { maxPixels = MAX_PIXELS, maxFrames = 1000 } = limits;
  const head = await readHead(bytes);
  const frames = head.format === 'heif' ? 1 : (head.pages ?? 1);
  const { width, height } = head;
  if (frames > maxFrames) {
    throw new PictureRefused('picture_too_large', `The file has ${frames} frames, more than the ${maxFrames} allowed.`);
  }
  if (!(width * height * frames <= maxPixels)) {
    const size = frames > 1 ? `${frames} frames of ${width}×${height}` : `${width}×${height}`;
    throw new PictureRefused('picture_too_large', `The file has ${size} pixels, more than the ${maxPixels} allowed.`);
  }
  const options: SharpOptions = { limitInputPixels: maxPixels, ignoreIcc: true };
  try {
    return join(await decodeFrames(bytes, head, frames, { ...options, failOn: 'truncated' }), false);
  } catch {
    // most viewers show what is left of a damaged file, so that is loaded too
    return join(await decodeFrames(bytes, head, frames, { ...options, failOn: 'none' }), true);
  }
}

async function readHead(bytes: Uint8Array, options: SharpOptions = {}): Promise<Metadata> {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const sharp = await loadSharp();
  try {
    if (SIGNATURES.some((signature) => signature.test(start))) {
      return await sharp(bytes, { failOn: 'none', limitInputPixels: false, ...options }).metadata();
    }
  } catch (cause) {
    throw new PictureRefused('picture_unreadable', unreadable, { cause });
  }
  throw new PictureRefused('picture_unreadable', unreadable);
}

const unreadable = 'The file cannot be read as a picture: PNG, JPEG, WebP, GIF, TIFF and AVIF files can be loaded.';

/** Rows of 8 or 16 bit values, several frames below each other. */
interface Stack {
  readonly data: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly channels: number;
}

async function decodeFrames(
  bytes: Uint8Array,
  head: Metadata,
  frames: number,
  options: SharpOptions,
): Promise<readonly Stack[]> {
  const wide = head.depth === 'ushort';
  if (frames === 1) {
    const stack = await decodeStack(bytes, wide, { ...options, autoOrient: true });
    const { data, width, height, channels } = stack;
    const isHalf = head.format === 'jpeg' && head.chromaSubsampling === HALF_COLOURS;
    if (isHalf && channels === 3 && data instanceof Uint8Array) unblendColours(data, width, height);
    return [stack];
  }
  if (head.format !== 'tiff') return [await decodeStack(bytes, wide, { ...options, pages: -1 })];
  const stacks: Stack[] = [];
  for (let page = 0; page < frames; page++) {
    // pages of a TIFF may differ in size: only those like the first are frames
    const { width, height } = page ? await readHead(bytes, { page }) : head;
    if (width !== head.width || height !== head.height) continue;
    stacks.push(await decodeStack(bytes, wide, { ...options, page }));
  }
  return stacks;
}

async function decodeStack(bytes: Uint8Array, wide: boolean, options: SharpOptions): Promise<Stack> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes, options)
      .toColourspace(wide ? 'rgb16' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, channels, pages: frames = 1 } = info;
    const values = wide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
    return { data: values, width, height: info.height / frames, frames, channels };
  } catch (cause) {
    throw new PictureRefused('picture_unreadable', unreadable, { cause });
  }
}

function join(stacks: readonly Stack[], damaged: boolean): DecodedPicture {
  const { width, height } = stacks[0]!;
  const frames = stacks.reduce((sum, stack) => sum + stack.frames, 0);
  const image = newImage(frames, height, width, 3);
  const hasAlpha = stacks.some(({ channels }) => channels % 2 === 0);
  const mask = hasAlpha ? newMask(frames, height, width) : createMask(frames, EMPTY_MASK_SIDE, EMPTY_MASK_SIDE);
  let pixel = 0;
  for (const { data, channels } of stacks) {
    const scale = floatsOf(data);
    const alpha = channels % 2 === 0 ? channels - 1 : -1;
    const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
    for (let from = 0; from < data.length; from += channels, pixel++) {
      image.data[pixel * 3] = scale[data[from]!]!;
      image.data[pixel * 3 + 1] = scale[data[from + green]!]!;
      image.data[pixel * 3 + 2] = scale[data[from + blue]!]!;
      if (alpha > 0) mask.data[pixel] = 1 - scale[data[from + alpha]!]!;
    }
  }
  return { image, mask, hasAlpha, damaged };
}

/** Each integer as the float32 that it stands for. */
function floatsOf(data: Uint8Array | Uint16Array): Float32Array {
  const max = data instanceof Uint16Array ? 65535 : 255;
  return Float32Array.from({ length: max + 1 }, (_, value) => value / max);
}
