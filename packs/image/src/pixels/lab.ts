/** Between sRGB and CIE L*a*b* with the white of daylight (D65). */

const WHITE_X = 0.950489;
const WHITE_Z = 1.08884;
const KNEE = 6 / 29;

function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function fromLinear(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

function curve(value: number): number {
  return value > KNEE ** 3 ? Math.cbrt(value) : value / (3 * KNEE * KNEE) + 4 / 29;
}

function uncurve(value: number): number {
  return value > KNEE ? value ** 3 : 3 * KNEE * KNEE * (value - 4 / 29);
}

/** Three values a pixel, from an image with at least three channels. */
export function toLab(data: Float32Array, channels: number): Float32Array {
  const lab = new Float32Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) {
    const r = toLinear(data[from]!);
    const g = toLinear(data[from + 1]!);
    const b = toLinear(data[from + 2]!);
    const x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE_X);
    const y = curve(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE_Z);
    lab[to] = 116 * y - 16;
    lab[to + 1] = 500 * (x - y);
    lab[to + 2] = 200 * (y - z);
  }
  return lab;
}

/** Replaces Lab values by sRGB ones, in place; colours that no screen shows may leave 0 to 1. */
export function fromLab(lab: Float32Array): void {
  for (let at = 0; at < lab.length; at += 3) {
    const fy = (lab[at]! + 16) / 116;
    const x = uncurve(fy + lab[at + 1]! / 500) * WHITE_X;
    const y = uncurve(fy);
    const z = uncurve(fy - lab[at + 2]! / 200) * WHITE_Z;
    lab[at] = fromLinear(3.2404542 * x - 1.5371385 * y - 0.4985314 * z);
    lab[at + 1] = fromLinear(-0.969266 * x + 1.8760108 * y + 0.041556 * z);
    lab[at + 2] = fromLinear(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
  }
}
