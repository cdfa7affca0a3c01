/** Numbers as they lie in files, little-endian, to 32-bit floats. */
import type { NumberType } from './header.ts';

/** @returns undefined for types that are no floats of 16, 32 or 64 bits. */
export function toFloats(bytes: Uint8Array, type: NumberType): Float32Array | undefined {
  // the bytes may begin anywhere in their buffer, numbers may not
  const { buffer } = bytes.slice();
  switch (type) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfValue);
    case 'BF16':
      // a BF16 number is the upper half of an F32 one
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    default:
      return undefined;
  }
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
