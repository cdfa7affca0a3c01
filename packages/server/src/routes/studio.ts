/** Studio, the page that comes with the server. What it may load and ask is said here, and nothing else is allowed. */
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { queryValue, wildcardPath } from '../http/request-target.ts';
import { sendStatic } from './static-files.ts';

export interface StudioOptions {
  /** The built page: a folder with `index.html`, and `studio/` with what it loads. */
  readonly directory: string;
}

const ORIGIN = /^https?:\/\/(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d+)?$/;
/** Names in `studio/` carry a hash of what they hold. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The origin of an address, as a policy can name it; undefined for what is none, or would end the directive. */
export function policyOrigin(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { origin } = new URL(address);
  return ORIGIN.test(origin) ? origin : undefined;
}

/** @param other the origin of another server that the person wants to work with */
export function studioPolicy(other?: string): string {
  const elsewhere = other === undefined ? '' : ` ${other}`;
  const sockets = other === undefined ? '' : ` ${other.replace(/^http/, 'ws')}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: data:${elsewhere}`,
    `media-src 'self' blob: data:${elsewhere}`,
    `connect-src 'self'${elsewhere}${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Serves the page at `/` and what it loads under `/studio/`. `?server=` is named in the policy once `confirmed` is there. */
export function studioRoutes(app: FastifyInstance, { directory }: StudioOptions): void {
  app.get('/', (request, reply) => {
    const isConfirmed = queryValue(request, 'confirmed') !== undefined;
    const other = isConfirmed ? policyOrigin(queryValue(request, 'server')) : undefined;
    void reply.headers({
      'content-security-policy': studioPolicy(other),
      'referrer-policy': 'same-origin',
    });
    return sendStatic(request, reply, directory, 'index.html');
  });
  app.get('/studio/*', (request, reply) =>
    sendStatic(request, reply, join(directory, 'studio'), wildcardPath(request), FOR_EVER),
  );
}
