/** Seeds: 64 bits, drawn anew within the limits of their input. */
import { compactInteger } from './number-value.ts';
import type { NumberRules, NumberValue } from './number-value.ts';

/** Seeds up to 2^53 are drawn, so that no front end or script that reads the workflow loses digits. */
const LARGEST_DRAWN = (1n << 53n) - 1n;

/** A seed between the limits. @param randomBytes so many bytes of chance */
export function drawSeed({ min, max }: NumberRules, randomBytes: (count: number) => Uint8Array): NumberValue {
  const low = min === undefined ? 0n : BigInt(min);
  const high = max === undefined ? LARGEST_DRAWN : BigInt(max);
  const from = low < 0n && high >= 0n ? 0n : low;
  const to = high - from > LARGEST_DRAWN ? from + LARGEST_DRAWN : high;
  let drawn = 0n;
  for (const byte of randomBytes(8)) drawn = (drawn << 8n) | BigInt(byte);
  return compactInteger(from + (drawn % (to - from + 1n)));
}
