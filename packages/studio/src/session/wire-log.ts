/** Every message of the wire as it came or went, the newest so many: what the inspector shows. */
import type { SocketFactory, SocketLike } from '@snug/client';

export interface WireMessage {
  /** Counts from 1 over the life of the page, also over what is no longer kept. */
  readonly number: number;
  /** Milliseconds since the page was opened. */
  readonly at: number;
  readonly direction: 'in' | 'out' | 'note';
  /** Of texts what they say; `binary 4` for frames. */
  readonly type: string;
  readonly bytes: number;
  /** The text; of a frame, what is readable of it. */
  readonly text: string;
}

export interface WireLog {
  /** Oldest first. */
  readonly messages: readonly WireMessage[];
  add(direction: WireMessage['direction'], data: unknown): void;
  /** Opens sockets that are listened to. */
  readonly openSocket: SocketFactory;
  clear(): void;
}

const MAX_MESSAGES = 5000;
/** Of one text: whole workflows come by, and nobody reads them here. */
const MAX_TEXT = 20_000;

export function createWireLog(now: () => number, onChange: () => void): WireLog {
  let messages: WireMessage[] = [];
  let number = 0;
  const add = (direction: WireMessage['direction'], data: unknown): void => {
    // in parts: taking the first of a long list for every message would cost more than the message
    if (messages.length >= MAX_MESSAGES * 1.2) messages = messages.slice(-MAX_MESSAGES);
    messages.push({ number: ++number, at: now(), direction, ...describe(data) });
    onChange();
  };
  return {
    get messages() {
      return messages;
    },
    add,
    openSocket({ url }) {
      const socket = new WebSocket(url);
      socket.binaryType = 'arraybuffer';
      socket.addEventListener('open', () => add('note', `{"type":"open"}`));
      socket.addEventListener('message', ({ data }) => add('in', data));
      socket.addEventListener('close', ({ code, reason }) =>
        add('note', JSON.stringify({ type: 'close', code, reason })),
      );
      const heard: SocketLike = {
        binaryType: 'arraybuffer',
        addEventListener: (type, listener) => socket.addEventListener(type, listener),
        send(text) {
          add('out', text);
          socket.send(text);
        },
        close: (code, reason) => socket.close(code, reason),
      };
      return heard;
    },
    clear() {
      messages = [];
      onChange();
    },
  };
}

function describe(data: unknown): Pick<WireMessage, 'type' | 'bytes' | 'text'> {
  if (data instanceof ArrayBuffer) return frame(new DataView(data));
  const text = typeof data === 'string' ? data : String(data);
  // the name stands first in every message that a server writes; parsing each one twice would be felt
  const type = /^\s*\{\s*"type"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? /"type"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? 'text';
  return { type, bytes: text.length, text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text };
}

/** A frame with metadata carries them as text after their length; of the others only the sizes can be told. */
function frame(view: DataView): Pick<WireMessage, 'type' | 'bytes' | 'text'> {
  const bytes = view.byteLength;
  const kind = bytes >= 4 ? view.getUint32(0) : 0;
  const length = kind === 4 && bytes >= 8 ? view.getUint32(4) : 0;
  const text =
    length > 0 && length + 8 <= bytes
      ? new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + 8, length))
      : '';
  return { type: `binary ${kind}`, bytes, text };
}

/** What is put into a file: one message a line. */
export function exportMessages(messages: readonly WireMessage[]): string {
  return messages.map((message) => JSON.stringify(message)).join('\n');
}
