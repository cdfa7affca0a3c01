/** Listens on one address or several, with one app behind all of them. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

export interface Listener {
  /** Resolves with the addresses as URLs. When one cannot be had, none is kept. */
  listen(hosts: readonly string[], port: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface TlsFiles {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** Milliseconds for the headers of a request; the body has a limit of its own. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_MS = 15_000;

export function createListener(
  app: FastifyInstance,
  tls: TlsFiles | undefined,
  onServer: (server: Server) => void,
): Listener {
  const servers: Server[] = [];

  async function listenOn(host: string, port: number, ipv6Only: boolean): Promise<number> {
    const limits = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    };
    const options = { ...limits, connectionsCheckingInterval: 1000 };
    const answer = app.routing.bind(app);
    const server = tls ? createTlsServer({ ...options, ...tls }, answer) : createServer(options, answer);
    servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, ipv6Only }, resolve);
    });
    onServer(server);
    return (server.address() as AddressInfo).port;
  }

  async function close(): Promise<void> {
    const closing = servers.splice(0).map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    await Promise.all(closing);
  }

  return {
    close,
    async listen(hosts, port) {
      await app.ready();
      const addresses: string[] = [];
      let shared = port;
      try {
        for (const host of hosts) {
          // the wildcard of IPv6 would take the other one's place, too
          shared = await listenOn(host, shared, hosts.includes('0.0.0.0'));
          addresses.push(`${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${shared}`);
        }
      } catch (error) {
        await close();
        throw error;
      }
      return addresses;
    },
  };
}
