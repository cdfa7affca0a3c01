/** The least that a connection needs of a WebSocket: those of browsers, Node, Deno, Bun and `ws` have it. */

export interface SocketLike {
  binaryType: string;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: object) => void): void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Whether the socket alone is a reason for the process to go on. Sockets of browsers need none. */
  hold?(isHeld: boolean): void;
}

export interface SocketRequest {
  /** With credentials that addresses can carry. */
  readonly url: string;
  /** Credentials. Sockets of browsers cannot send any. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the connection until somebody needs it again: for sockets that hold their process and cannot be told not to. */
  readonly rest: () => void;
}

export type SocketFactory = (request: SocketRequest) => SocketLike | Promise<SocketLike>;

/** The platform's own. */
export const openPlatformSocket: SocketFactory = ({ url }) => {
  if (typeof WebSocket !== 'function') throw new Error('This platform has no WebSocket: give openSocket.');
  return new WebSocket(url);
};
