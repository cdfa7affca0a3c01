/** Tells the server of more than the core understands. */
import { parseText } from '../json-text.ts';
import type { SocketLike } from '../socket.ts';
import { objectAt, textAt } from '../wire.ts';

/** A socket that adds to the greeting what the program understands besides. */
export function withFeatures(socket: SocketLike, features: Readonly<Record<string, unknown>> | undefined): SocketLike {
  if (!features) return socket;
  return {
    get binaryType() {
      return socket.binaryType;
    },
    set binaryType(type) {
      socket.binaryType = type;
    },
    addEventListener: (type, listener) => socket.addEventListener(type, listener),
    close: (code, reason) => socket.close(code, reason),
    hold: (isHeld) => socket.hold?.(isHeld),
    send(text) {
      const message = parseText(text);
      if (textAt(message, 'type') !== 'feature_flags') return socket.send(text);
      socket.send(JSON.stringify({ type: 'feature_flags', data: { ...objectAt(message, 'data'), ...features } }));
    },
  };
}
