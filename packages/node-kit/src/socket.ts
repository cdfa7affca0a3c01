import { isImage, isLatent, isMask } from './tensor.ts';
import type { Image, Latent, Mask } from './tensor.ts';

/** A kind of value that travels on links: its name on the wire, bound to its type in TypeScript. */
export interface Socket<T> {
  readonly type: string;
  /** Checks what a node returned; a value that fails ends the node with an error that names the output. */
  readonly guard?: ((value: unknown) => boolean) | undefined;
  /** Only for inference; never present. */
  readonly value?: T;
}

/**
 * Declares a socket type of your own: `const PALETTE = socket<Palette>('PALETTE')`.
 * Two sockets connect when their wire names are equal, share a member of a comma list, or one of them is `*`.
 */
export function socket<T>(type: string, guard?: (value: unknown) => boolean): Socket<T> {
  return { type, guard };
}

export const IMAGE: Socket<Image> = socket('IMAGE', isImage);
export const MASK: Socket<Mask> = socket('MASK', isMask);
export const LATENT: Socket<Latent> = socket('LATENT', isLatent);
export const INT: Socket<number> = socket('INT');
/** Integers that may pass 2^53, as bigint. The same wire type as {@link INT}. */
export const INT64: Socket<bigint> = socket('INT');
export const FLOAT: Socket<number> = socket('FLOAT');
export const STRING: Socket<string> = socket('STRING');
export const BOOLEAN: Socket<boolean> = socket('BOOLEAN');
/** Connects to everything. */
export const ANY: Socket<unknown> = socket('*');
