/** The sizes that images are scaled to. No side becomes shorter than one pixel. */
import { roundHalfEven } from './rounding.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

type Rounding = (value: number) => number;

function atLeastOne(value: number): number {
  return Math.max(value, 1);
}

/** A size with a side of 0 completed from the shape of the source; undefined when both are 0. */
export function fitSides(from: Size, width: number, height: number): Size | undefined {
  if (width === 0 && height === 0) return undefined;
  if (width === 0) return { width: atLeastOne(roundHalfEven((from.width * height) / from.height)), height };
  if (height === 0) return { width, height: atLeastOne(roundHalfEven((from.height * width) / from.width)) };
  return { width, height };
}

export function scaled(from: Size, factor: number): Size {
  return {
    width: atLeastOne(roundHalfEven(from.width * factor)),
    height: atLeastOne(roundHalfEven(from.height * factor)),
  };
}

/** The longer side gets the given length; `round` makes the other one whole. */
export function fitLonger(from: Size, length: number, round: Rounding = roundHalfEven): Size {
  return from.width > from.height ? withWidth(from, length, round) : withHeight(from, length, round);
}

/** The shorter side gets the given length; `round` makes the other one whole. */
export function fitShorter(from: Size, length: number, round: Rounding = roundHalfEven): Size {
  return from.width < from.height ? withWidth(from, length, round) : withHeight(from, length, round);
}

function withWidth(from: Size, width: number, round: Rounding): Size {
  return { width, height: atLeastOne(round((from.height / from.width) * width)) };
}

function withHeight(from: Size, height: number, round: Rounding): Size {
  return { width: atLeastOne(round((from.width / from.height) * height)), height };
}

/** The size with this many pixels (a megapixel is 2^20) and sides that are multiples of `step`. */
export function fitTotal(from: Size, megapixels: number, step = 1): Size {
  const factor = Math.sqrt((megapixels * 2 ** 20) / (from.width * from.height));
  return {
    width: atLeastOne(roundHalfEven((from.width * factor) / step)) * step,
    height: atLeastOne(roundHalfEven((from.height * factor) / step)) * step,
  };
}
