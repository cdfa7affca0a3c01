/** A name made of the content: equal files get one name, and no two others do. */
import { Sha256 } from './sha256.ts';

/** Larger files are read piece by piece. */
const AT_ONCE = 32 * 2 ** 20;

/** 32 hexadecimal digits of the SHA-256. */
export async function contentName(blob: Blob): Promise<string> {
  const digest = (await digestAtOnce(blob)) ?? (await digestInPieces(blob));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Pages that were not loaded over TLS have no `crypto.subtle`. */
async function digestAtOnce(blob: Blob): Promise<Uint8Array | undefined> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle || blob.size > AT_ONCE) return undefined;
  return new Uint8Array(await subtle.digest('SHA-256', await blob.arrayBuffer()));
}

export async function digestInPieces(blob: Blob): Promise<Uint8Array> {
  const hash = new Sha256();
  const reader = blob.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) hash.add(part.value);
  return hash.digest();
}
