/** Our own files and those of packs, sent to front ends as what they are. */
import { realInside, resolveInside } from '@snug/executor';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendNothing } from '../http/answers.ts';
import { cacheControl } from '../http/cache-headers.ts';
import { contentType, mediaType } from '../http/media-types.ts';
import { openPlainFile, sendFile } from '../http/send-file.ts';

/**
 * Answers with a file of a folder, or 404. Links may not lead out, and folders are never listed.
 * @param caching `Cache-Control` for a file that is there. By default its name decides.
 */
export async function sendStatic(
  request: FastifyRequest,
  reply: FastifyReply,
  folder: string | undefined,
  path: string | undefined,
  caching?: string,
): Promise<FastifyReply> {
  const inside = folder === undefined || path === undefined ? undefined : resolveInside(folder, path);
  const real = inside?.kind === 'inside' ? await realInside(folder ?? '', inside.path) : undefined;
  const file = real?.kind === 'inside' ? await openPlainFile(real.path) : undefined;
  const cache = (file && caching) ?? cacheControl(path ?? '', file ? 200 : 404);
  const headers = cache === undefined ? {} : { 'cache-control': cache };
  if (!file) return sendNothing(reply.headers(headers), 404);
  return sendFile(request, reply, file, {
    ...headers,
    'content-type': contentType(mediaType(path ?? '')),
    'x-content-type-options': 'nosniff',
  });
}
