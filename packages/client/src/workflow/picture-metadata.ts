/** What a picture tells of how it was made. */
import { parseText } from '../json-text.ts';
import { isObject } from '../wire.ts';
import type { WireObject } from '../wire.ts';

export interface PictureMetadata {
  /** The prompt in API form, as it ran. Undefined when the picture has none that can be read. */
  readonly prompt: WireObject | undefined;
  /** The workflow as the front end saves it. */
  readonly workflow: WireObject | undefined;
  /** All texts of the picture, by key. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads a PNG or a WebP. Never throws for its contents: what cannot be read is undefined. Large seeds are `bigint`. */
export async function readPictureMetadata(picture: Uint8Array | ArrayBuffer | Blob): Promise<PictureMetadata> {
  const { readPictureText } = await import('@snug/graph');
  const bytes = picture instanceof Blob ? await picture.arrayBuffer() : picture;
  const texts = readPictureText(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
  return { prompt: objectIn(texts.get('prompt')), workflow: objectIn(texts.get('workflow')), texts };
}

function objectIn(text: string | undefined): WireObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseText(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
