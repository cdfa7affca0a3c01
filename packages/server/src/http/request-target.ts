/** What a route reads from the URL of a request. Node and Fastify leave dots and slashes in it as they were sent. */
import type { FastifyRequest } from 'fastify';

/**
 * The segments that a route's `*` stands for, still encoded. Fastify's own value of `*` is decoded, so that a slash
 * between segments and one inside a segment look the same there.
 */
export function rawWildcard(request: FastifyRequest): string[] {
  const before = (request.routeOptions.url ?? '/*').split('/').length - 1;
  const path = (request.raw.url ?? '').split(/[?#]/, 1)[0] ?? '';
  return path.split('/').slice(before);
}

/** Decodes once; undefined when the text is not properly encoded. */
export function decodeSegments(segments: readonly string[]): string | undefined {
  try {
    return segments.map((segment) => decodeURIComponent(segment)).join('/');
  } catch {
    return undefined;
  }
}

/** The decoded path that a route's `*` stands for; undefined when it is not properly encoded. */
export function wildcardPath(request: FastifyRequest): string | undefined {
  return decodeSegments(rawWildcard(request));
}

/** The first value of a parameter of the query. */
export function queryValue(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, unknown>>)[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}
