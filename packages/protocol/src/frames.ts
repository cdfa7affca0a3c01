/** Binary messages from the server: previews and texts. All integers are unsigned, 32 bits, big-endian. Rules BF*. */

/** Numbers of the frame types. 2 never travels. */
export const FRAME = { preview: 1, text: 3, previewWithMetadata: 4 } as const;

export type PictureMime = 'image/jpeg' | 'image/png';

/** Who a preview is of. */
export interface PreviewMetadata {
  readonly node_id: string;
  readonly prompt_id: string;
  readonly display_node_id: string;
  readonly parent_node_id: string | null;
  readonly real_node_id: string;
  readonly image_type: PictureMime;
}

export type Frame =
  | { readonly type: 'preview'; readonly mime: PictureMime; readonly image: Uint8Array }
  | { readonly type: 'text'; readonly node: string; readonly text: string }
  | { readonly type: 'preview-with-metadata'; readonly metadata: PreviewMetadata; readonly image: Uint8Array }
  /** A type that is not ours, or a frame that breaks its own layout. Nothing is thrown. */
  | { readonly type: 'unknown'; readonly number: number | undefined; readonly bytes: Uint8Array };

const JPEG = 1;
const PNG = 2;

function frame(first: number, second: number, ...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(8 + parts.reduce((sum, part) => sum + part.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, first);
  view.setUint32(4, second);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const encoder = new TextEncoder();

export function encodeFrame(value: Exclude<Frame, { type: 'unknown' }>): Uint8Array {
  if (value.type === 'preview') return frame(FRAME.preview, value.mime === 'image/png' ? PNG : JPEG, value.image);
  if (value.type === 'text') {
    const node = encoder.encode(value.node);
    return frame(FRAME.text, node.length, node, encoder.encode(value.text));
  }
  const metadata = encoder.encode(JSON.stringify(value.metadata));
  return frame(FRAME.previewWithMetadata, metadata.length, metadata, value.image);
}

/** Reads any bytes; pictures are views into them, not copies. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const unknown = (number?: number): Frame => ({ type: 'unknown', number, bytes });
  if (bytes.length < 8) return unknown(bytes.length < 4 ? undefined : readUint32(bytes, 0));
  const number = readUint32(bytes, 0);
  const second = readUint32(bytes, 4);
  const rest = bytes.subarray(8);
  if (number === FRAME.preview)
    return { type: 'preview', mime: second === PNG ? 'image/png' : 'image/jpeg', image: rest };
  if ((number !== FRAME.text && number !== FRAME.previewWithMetadata) || second > rest.length) return unknown(number);
  const decoder = new TextDecoder();
  const head = decoder.decode(rest.subarray(0, second));
  const tail = rest.subarray(second);
  if (number === FRAME.text) return { type: 'text', node: head, text: decoder.decode(tail) };
  try {
    const metadata = JSON.parse(head) as PreviewMetadata | null;
    if (typeof metadata?.node_id !== 'string') return unknown(number);
    return { type: 'preview-with-metadata', metadata, image: tail };
  } catch {
    return unknown(number);
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}
