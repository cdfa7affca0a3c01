/** Ids of prompts: version 4 UUIDs in their canonical form. */

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a value is a UUID of any version in lower case with hyphens, the only form that servers take. */
export function isCanonicalUuid(value: unknown): value is string {
  return typeof value === 'string' && CANONICAL.test(value);
}

/**
 * Makes a version 4 UUID. Pages that were not loaded over TLS have no `crypto.randomUUID`, but they have random bytes.
 * @param random fills the bytes it is given, as `(bytes) => crypto.getRandomValues(bytes)` does
 */
export function mintUuid(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  const bytes = random(new Uint8Array(16));
  const hex = Array.from(bytes.subarray(0, 16), (byte, at) => withVersion(byte, at).toString(16).padStart(2, '0'));
  const groups = [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)];
  return groups.map((group) => group.join('')).join('-');
}

/** The bits that say which kind of UUID it is. */
function withVersion(byte: number, at: number): number {
  if (at === 6) return (byte & 0x0f) | 0x40;
  return at === 8 ? (byte & 0x3f) | 0x80 : byte;
}
