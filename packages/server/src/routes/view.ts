/** `GET /view` and `GET /view_metadata/*`: files of the three folders, and headers of model files. */
import { parseAnnotatedName, realInside, resolveInside } from '@snug/executor';
import type { Folders, ModelFiles } from '@snug/executor';
import { asObject, parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendJson, sendNothing } from '../http/answers.ts';
import {
  contentDisposition,
  HEAD_BYTES,
  imageKind,
  isActive,
  isShown,
  mediaType,
  UNKNOWN_TYPE,
} from '../http/media-types.ts';
import { alphaOnly, encodePreview, pixelStatus, withoutAlpha } from '../http/pixels.ts';
import type { PixelResult } from '../http/pixels.ts';
import { queryValue, wildcardPath } from '../http/request-target.ts';
import { openPlainFile, readHead, sendFile } from '../http/send-file.ts';
import type { OpenFile } from '../http/send-file.ts';

export interface ViewOptions {
  readonly folders: Folders;
  readonly models: ModelFiles;
}

/** The header of a model file is not read when it is longer. */
const MAX_HEADER_BYTES = 1024 * 1024;
const DEFAULT_QUALITY = 90;

export function registerView(app: FastifyInstance, { folders, models }: ViewOptions): void {
  app.get('/view', async (request, reply) => {
    const found = await locate(folders, request);
    if (typeof found === 'number') return sendNothing(reply, found);
    const { path, name } = found;
    const preview = queryValue(request, 'preview');
    const channel = queryValue(request, 'channel');
    if (preview !== undefined) {
      const { format, quality } = readPreview(preview, channel);
      const alpha = format === 'webp' && channel !== 'rgb';
      return sendPixels(reply, await encodePreview(path, { format, quality, alpha }), `image/${format}`, name);
    }
    if (channel === 'rgb') return sendPixels(reply, await withoutAlpha(path), 'image/png', name);
    if (channel === 'a') return sendPixels(reply, await alphaOnly(path), 'image/png', name);
    const file = await openPlainFile(path);
    if (!file) return sendNothing(reply, 404);
    return sendFile(request, reply, file, await rawHeaders(request, file, name));
  });

  app.get('/view_metadata/*', async (request, reply) => {
    const kind = wildcardPath(request);
    const name = queryValue(request, 'filename');
    if (!kind || !name?.endsWith('.safetensors')) return sendNothing(reply, 404);
    const path = await models.resolve(kind, name);
    const metadata = path === undefined ? undefined : await readMetadata(path);
    return metadata ? sendJson(reply, metadata) : sendNothing(reply, 404);
  });
}

/** The file that is asked for, or the status of a refusal. What lies outside and what is not there look the same. */
async function locate(folders: Folders, request: FastifyRequest): Promise<{ path: string; name: string } | number> {
  const given = queryValue(request, 'filename');
  if (given === undefined) return 404;
  const { name: full, folder } = parseAnnotatedName(given);
  const type = folder ?? queryValue(request, 'type') ?? 'output';
  if (type !== 'input' && type !== 'output' && type !== 'temp') return 400;
  const root = folders[type];
  const name = full.split('/').pop() ?? '';
  if (!name || name === '.' || resolveInside(root, full).kind === 'refused') return 400;
  const inside = resolveInside(root, queryValue(request, 'subfolder') ?? '', name);
  if (inside.kind === 'refused') return 403;
  const real = await realInside(root, inside.path);
  return real.kind === 'refused' ? 404 : { path: real.path, name };
}

/** `webp;90`; a channel with an `a` in its name, also `rgba`, needs a format with alpha. */
function readPreview(text: string, channel = ''): { format: 'webp' | 'jpeg'; quality: number } {
  const parts = text.split(';');
  const last = parts.at(-1) ?? '';
  const quality = /^\d{1,9}$/.test(last) ? Math.min(Math.max(Number(last), 1), 100) : DEFAULT_QUALITY;
  return { format: parts[0] === 'jpeg' && !channel.includes('a') ? 'jpeg' : 'webp', quality };
}

function sendPixels(reply: FastifyReply, result: PixelResult, type: string, name: string): FastifyReply {
  if (result.kind === 'refused') return sendNothing(reply, pixelStatus(result.problem));
  const headers = {
    'content-type': type,
    'content-disposition': contentDisposition(name),
    'x-content-type-options': 'nosniff',
  };
  return reply.headers(headers).send(result.value);
}

/** How a user's file goes out: shown only when a browser cannot run anything in it. */
async function rawHeaders(request: FastifyRequest, file: OpenFile, name: string): Promise<Record<string, string>> {
  const type = mediaType(name);
  const nosniff = { 'x-content-type-options': 'nosniff' };
  if (isActive(type)) {
    const asImage = type === 'image/svg+xml' && request.headers['sec-fetch-dest'] === 'image';
    return {
      ...nosniff,
      'content-type': asImage ? type : UNKNOWN_TYPE,
      'content-disposition': contentDisposition(name, asImage ? undefined : 'attachment'),
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'cache-control': 'no-store',
      vary: 'Sec-Fetch-Dest',
    };
  }
  const pictured = !type.startsWith('image/') || imageKind(await readHead(file, HEAD_BYTES)) !== undefined;
  const shown = isShown(type) && pictured;
  return {
    ...nosniff,
    'content-type': shown ? type : UNKNOWN_TYPE,
    'content-disposition': contentDisposition(name, shown ? undefined : 'attachment'),
  };
}

/** What the header of a safetensors file says under `__metadata__`. */
async function readMetadata(path: string): Promise<JsonObject | undefined> {
  const file = await openPlainFile(path);
  if (!file) return undefined;
  try {
    const head = await readHead(file, 8);
    if (head.length < 8) return undefined;
    const length = head.readBigUInt64LE(0);
    if (length > MAX_HEADER_BYTES || Number(length) + 8 > file.size) return undefined;
    const { buffer } = await file.handle.read(Buffer.alloc(Number(length)), 0, Number(length), 8);
    return asObject(asObject(parseJson(buffer.toString('utf8')))?.get('__metadata__'));
  } catch {
    return undefined;
  } finally {
    await file.handle.close();
  }
}
