/** Arithmetic on images as tensors do it: 32-bit floats, an axis of length 1 fits every length. */
import { createImage } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';

type Operation = (a: number, b: number) => number;

const AXES = ['batch', 'height', 'width', 'channels'] as const;

/**
 * Combines two images number by number.
 * @throws when an axis differs and neither side has length 1 there.
 */
export function combine(a: Image, b: Image, operation: Operation): Image {
  const [batch, height, width, channels] = AXES.map((axis) => {
    if (a[axis] !== b[axis] && a[axis] !== 1 && b[axis] !== 1) {
      throw new Error(`Images of ${sides(a)} and ${sides(b)} do not fit together: their ${axis} differs. Resize one.`);
    }
    return a[axis] === 1 ? b[axis] : a[axis];
  }) as [number, number, number, number];
  const result = createImage(batch, height, width, channels);
  const [stepA, stepB] = [strides(a), strides(b)];
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < height; y++) {
      const rowA = n * stepA.batch + y * stepA.height;
      const rowB = n * stepB.batch + y * stepB.height;
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) {
          const left = a.data[rowA + x * stepA.width + c * stepA.channels]!;
          const right = b.data[rowB + x * stepB.width + c * stepB.channels]!;
          result.data[at++] = operation(left, right);
        }
      }
    }
  }
  return result;
}

/** Each number through the operation. */
export function mapImage(image: Image, operation: (value: number) => number): Image {
  return { ...image, data: image.data.map(operation) };
}

/** Every number times the factor. */
export function scale(image: Image, factor: number): Image {
  const single = Math.fround(factor);
  return mapImage(image, (value) => value * single);
}

/** The first image where the mask is 0, the second where it is 1. */
export function blend(first: Image, second: Image, mask: Mask): Image {
  const weight: Image = { ...mask, channels: 1 };
  const kept = mapImage(weight, (value) => 1 - value);
  const [a, b] = [combine(first, kept, multiply), combine(second, weight, multiply)];
  return combine(a, b, add);
}

/** The mean of several images, number by number. */
export function average(images: readonly [Image, ...Image[]]): Image {
  const [first, ...others] = images;
  const sum = others.reduce((total, image) => combine(total, image, add), first);
  return mapImage(sum, (value) => value / images.length);
}

/** The mean of all numbers of an image. */
export function meanOf({ data }: Image): number {
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}

export const multiply: Operation = (a, b) => a * b;
const add: Operation = (a, b) => a + b;

function sides(image: Image): string {
  return AXES.map((axis) => image[axis]).join('x');
}

/** How far apart neighbours along each axis are; 0 repeats what is there. */
function strides(image: Image): Record<(typeof AXES)[number], number> {
  const channels = image.channels === 1 ? 0 : 1;
  const width = image.width === 1 ? 0 : image.channels;
  const height = image.height === 1 ? 0 : image.width * image.channels;
  const batch = image.batch === 1 ? 0 : image.height * image.width * image.channels;
  return { batch, height, width, channels };
}
