/** What comes through the socket, as values. Nothing is thrown: what cannot be read is handed on as it is. */
import { decodeFrame } from '@snug/protocol/frames';
import { parseText } from './json-text.ts';
import { isObject, member, numberAt, textAt } from './wire.ts';

export interface Message {
  readonly type: string;
  readonly data: unknown;
}

/** A live picture. `promptId` and the ids of nodes are undefined where the server does not tell. */
export interface Preview {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mime: string;
  readonly promptId: string | undefined;
  readonly nodeId: string | undefined;
  readonly displayNodeId: string | undefined;
  readonly parentNodeId: string | undefined;
  readonly realNodeId: string | undefined;
}

export type BinaryMessage =
  | ({ readonly kind: 'preview' } & Preview)
  | { readonly kind: 'text'; readonly promptId: string | undefined; readonly nodeId: string; readonly text: string }
  | { readonly kind: 'unknown'; readonly number: number | undefined; readonly bytes: Uint8Array };

/**
 * Reads the messages of one session. Servers that number their messages are understood: one that came before is not heard
 * again, and the place to resume at is known.
 */
export class Incoming {
  #epoch: string | undefined;
  #seq: number | undefined;
  /** Whether texts tell the prompt that they are of: servers that say so put its id first. */
  hasLongTexts = false;

  /** Where a server that keeps messages can go on: `epoch:seq`. */
  get cursor(): string | undefined {
    return this.#epoch === undefined || this.#seq === undefined ? undefined : `${this.#epoch}:${this.#seq}`;
  }

  set cursor(value: string | undefined) {
    const at = value?.lastIndexOf(':') ?? -1;
    const seq = Number(value?.slice(at + 1));
    if (value === undefined || at < 1 || !Number.isSafeInteger(seq)) return;
    this.#epoch = value.slice(0, at);
    this.#seq = seq;
  }

  /**
   * @returns undefined for a message that came before; `hasGap` when some before it did not come.
   */
  text(text: string): { readonly message: Message; readonly hasGap: boolean } | undefined {
    let raw: unknown;
    try {
      raw = parseText(text);
    } catch {
      return { message: { type: 'unknown_text', data: text }, hasGap: false };
    }
    const type = textAt(raw, 'type');
    if (type === undefined) return { message: { type: 'unknown_text', data: text }, hasGap: false };
    const order = this.#take(raw);
    return order === 'again' ? undefined : { message: { type, data: member(raw, 'data') }, hasGap: order === 'gap' };
  }

  #take(raw: unknown): 'next' | 'again' | 'gap' {
    const seq = numberAt(raw, 'seq');
    const given = member(raw, 'epoch');
    const epoch = typeof given === 'string' || typeof given === 'number' ? String(given) : this.#epoch;
    if (seq === undefined || epoch === undefined) return 'next';
    const last = epoch === this.#epoch ? this.#seq : undefined;
    if (last !== undefined && seq <= last) return 'again';
    const hasGap = epoch === this.#epoch ? seq !== (last ?? 0) + 1 : this.#epoch !== undefined;
    this.#epoch = epoch;
    this.#seq = seq;
    return hasGap ? 'gap' : 'next';
  }

  bytes(bytes: Uint8Array): BinaryMessage {
    const frame = decodeFrame(bytes);
    switch (frame.type) {
      case 'preview':
      case 'preview-with-metadata': {
        const told = 'metadata' in frame ? frame.metadata : undefined;
        const mime = 'mime' in frame ? frame.mime : textAt(told, 'image_type');
        return {
          kind: 'preview',
          ...picture(frame.image, mime ?? 'image/jpeg'),
          promptId: textAt(told, 'prompt_id'),
          nodeId: textAt(told, 'node_id'),
          displayNodeId: textAt(told, 'display_node_id'),
          parentNodeId: textAt(told, 'parent_node_id'),
          realNodeId: textAt(told, 'real_node_id'),
        };
      }
      case 'text':
        return (
          (this.hasLongTexts && longText(bytes)) || {
            kind: 'text',
            promptId: undefined,
            nodeId: frame.node,
            text: frame.text,
          }
        );
      case 'unknown':
        return { kind: 'unknown', number: frame.number, bytes };
    }
  }
}

/** A copy, since a frame may be a part of a larger buffer that is used again. */
function picture(image: Uint8Array, mime: string): { bytes: Uint8Array<ArrayBuffer>; mime: string } {
  return { bytes: new Uint8Array(image), mime: sniff(image) ?? mime };
}

const SIGNATURES: readonly [string, readonly number[]][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
];

/** What a picture is by its first bytes: servers name every other format JPEG. */
function sniff(bytes: Uint8Array): string | undefined {
  return SIGNATURES.find(([, signature]) => signature.every((byte, at) => bytes[at] === byte))?.[0];
}

/** Frame number, then twice length and text: the ids of the prompt and the node; the rest is the text. */
function longText(bytes: Uint8Array): BinaryMessage | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const read = (at: number): { text: string; end: number } | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + view.getUint32(at);
    return end > bytes.length ? undefined : { text: decoder.decode(bytes.subarray(at + 4, end)), end };
  };
  const prompt = read(4);
  const node = prompt && read(prompt.end);
  if (!prompt || !node) return undefined;
  return {
    kind: 'text',
    promptId: prompt.text || undefined,
    nodeId: node.text,
    text: decoder.decode(bytes.subarray(node.end)),
  };
}

/** The data of a message as an object; empty for anything else. */
export function dataOf({ data }: Message): Readonly<Record<string, unknown>> {
  return isObject(data) ? data : {};
}
