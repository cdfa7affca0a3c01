/** The client in Node: sockets with headers through `ws`, files by path. A program may end while only its socket is open. */
import { openAsBlob } from 'node:fs';
import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { basename } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Client } from './client.ts';
import { ClientError } from './errors.ts';
import type { ClientOptions } from './options.ts';
import type { SocketFactory, SocketLike, SocketRequest } from './socket.ts';
import type { UploadOptions, UploadSource } from './upload.ts';
import type { UploadedFile } from './uploaded-file.ts';

export * from './index.ts';

/** Messages of a server have no limit of their own; this is for memory's sake. */
const MAX_MESSAGE_BYTES = 512 * 2 ** 20;

/** Milliseconds that a socket is kept which nobody needs, where it keeps its process going. */
const IDLE_MS = 250;

/** The platform's own. It holds its process while it is open. */
function openOwnSocket({ url, headers, rest }: SocketRequest): SocketLike {
  if (typeof globalThis.WebSocket !== 'function')
    throw new ClientError('invalid_option', 'This Node has no WebSocket: install ws, or use Node 22.');
  let timer: NodeJS.Timeout | undefined;
  // unlike those of browsers, it takes headers
  const socket = Reflect.construct(globalThis.WebSocket, [url, { headers }]) as SocketLike;
  return Object.assign(socket, {
    hold(isHeld: boolean) {
      clearTimeout(timer);
      if (!isHeld) timer = setTimeout(rest, IDLE_MS);
    },
  });
}

/** Opens sockets with `ws` where it is installed, else with the platform's own, which needs Node 22. */
export const openNodeSocket: SocketFactory = async (request) => {
  const module = await import('ws').catch(() => undefined);
  if (!module) return openOwnSocket(request);
  let stream: Socket | undefined;
  let isHeld = true;
  const hold = (wanted: boolean): void => {
    isHeld = wanted;
    if (wanted) stream?.ref();
    else stream?.unref();
  };
  const isSecure = request.url.startsWith('wss:');
  const socket = new module.WebSocket(request.url, {
    headers: request.headers,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    createConnection: (options: object) => {
      stream = isSecure ? connectTls(targetOf(options)) : connectPlain(targetOf(options));
      hold(isHeld);
      return stream;
    },
  });
  return Object.assign(socket as SocketLike, { hold });
};

/** What `ws` asks to connect to. Its `path` is that of the request, and would be taken for a socket file. */
function targetOf(options: object): { host: string; port: number; servername?: string } {
  const { host, port } = options as { host: string; port: number | string };
  // names of certificates are never addresses
  return {
    ...options,
    path: undefined,
    host,
    port: Number(port),
    ...(isIP(host) ? {} : { servername: host }),
  } as ReturnType<typeof targetOf>;
}

/** A {@link Client} that takes files by path too. */
export class NodeClient extends Client {
  constructor(options: ClientOptions) {
    super({ openSocket: openNodeSocket, ...options });
  }

  /** As the client's, with the path of a file as a source as well. */
  override async upload(source: UploadSource | string, options: UploadOptions = {}): Promise<UploadedFile> {
    if (typeof source !== 'string') return super.upload(source, options);
    // read while it is sent, never whole
    const blob = await openAsBlob(source);
    return super.upload(new File([blob], basename(source)), options);
  }
}

/** As the universal `createClient`, for Node. @throws {ClientError} `invalid_option` */
export function createClient(options: string | URL | ClientOptions): NodeClient {
  return new NodeClient(typeof options === 'string' || options instanceof URL ? { url: options } : options);
}
