/** `/userdata`: the files that a front end keeps for a user. */
import { mkdir, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { byCodePoint, partialPath, placeFile, realInside, resolveInside, walkFolder, writeWhole } from '@snug/executor';
import { float } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendJson, sendNothing, sendText } from '../http/answers.ts';
import { readBody } from '../http/body.ts';
import { isActive, mediaType, UNKNOWN_TYPE } from '../http/media-types.ts';
import { decodeSegments, queryValue, rawWildcard } from '../http/request-target.ts';
import { openPlainFile, sendFile } from '../http/send-file.ts';
import type { Users } from './users.ts';

export interface UserdataOptions {
  readonly users: Users;
  readonly maxBodyBytes: number;
}

interface Entry {
  /** Absolute, in the user's folder, links in its last part not resolved. */
  readonly path: string;
  /** With all links resolved. */
  readonly real: string;
}

const FORBIDDEN = 403;
const flag = (request: FastifyRequest, name: string): boolean => queryValue(request, name)?.toLowerCase() === 'true';

/** Decodes a path of the URL; once more when it still looks encoded, as clients do that twice. */
function decodePath(segments: readonly string[]): string | undefined {
  const once = decodeSegments(segments);
  return once?.includes('%') ? (decodeSegments([once]) ?? once) : once;
}

/** A place in the user's folder, or undefined when it would be elsewhere. The folder itself only when asked for. */
async function locate(root: string, path: string | undefined, allowRoot = false): Promise<Entry | undefined> {
  if (path === undefined) return undefined;
  const inside = resolveInside(root, path);
  if (inside.kind === 'refused' || (inside.path === root && !allowRoot)) return undefined;
  await mkdir(root, { recursive: true });
  const real = await realInside(root, inside.path);
  return real.kind === 'refused' ? undefined : { path: inside.path, real: real.path };
}

const isFile = async (path: string): Promise<boolean> => Boolean((await stat(path).catch(() => undefined))?.isFile());

async function fileInfo(path: string, shown: string): Promise<Json> {
  const { size, mtimeMs, birthtimeMs, ctimeMs } = await stat(path);
  return new Map<string, Json>([
    ['path', shown],
    ['size', size],
    ['modified', Math.floor(mtimeMs)],
    ['created', Math.floor(birthtimeMs || ctimeMs)],
  ]);
}

const shownPath = (root: string, path: string): string => relative(root, path).split(sep).join('/');

/** Says that a file was stored: its path, or all about it. */
async function sendStored(
  request: FastifyRequest,
  reply: FastifyReply,
  root: string,
  path: string,
): Promise<FastifyReply> {
  const shown = shownPath(root, path);
  return sendJson(reply, flag(request, 'full_info') ? await fileInfo(path, shown) : shown);
}

/** Puts a finished file in its place; 409 when the name is taken and may not be. */
async function store(
  request: FastifyRequest,
  reply: FastifyReply,
  root: string,
  from: string,
  to: Entry,
): Promise<FastifyReply> {
  const replace = queryValue(request, 'overwrite') !== 'false';
  try {
    const folder = await realInside(root, dirname(to.path));
    if (folder.kind === 'refused') return sendNothing(reply, FORBIDDEN);
    await mkdir(folder.path, { recursive: true });
    const placed = await placeFile(from, join(folder.path, basename(to.path)), { replace });
    if (placed === 'taken') return sendText(reply, 409, 'File already exists');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return sendNothing(reply, 507);
    request.log.warn({ err: error }, 'user data not stored');
    return sendText(reply, 400, `The file cannot be stored under this name (${code}).`);
  }
  return sendStored(request, reply, root, to.path);
}

export function registerUserdata(app: FastifyInstance, { users, maxBodyBytes }: UserdataOptions): void {
  type Handler = (request: FastifyRequest, reply: FastifyReply, root: string) => Promise<FastifyReply>;
  const asUser = (handler: Handler) => async (request: FastifyRequest, reply: FastifyReply) => {
    const user = users.of(request);
    if (user === undefined) return sendText(reply, FORBIDDEN, 'Invalid user specified in request');
    return handler(request, reply, users.folder(user));
  };

  app.get('/userdata', asUser(listFolder));
  app.get('/v2/userdata', asUser(listTree));

  app.get(
    '/userdata/*',
    asUser(async (request, reply, root) => {
      const entry = await locate(root, decodePath(rawWildcard(request)));
      if (!entry) return sendNothing(reply, FORBIDDEN);
      const file = await openPlainFile(entry.real);
      if (!file) return sendNothing(reply, 404);
      const type = mediaType(entry.path);
      const isStyle = entry.path === join(root, 'user.css');
      return sendFile(request, reply, file, {
        'content-type': isActive(type) && !isStyle ? UNKNOWN_TYPE : type,
        'content-disposition': isStyle ? 'inline' : 'attachment',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      });
    }),
  );

  app.post(
    '/userdata/*',
    asUser(async (request, reply, root) => {
      const segments = rawWildcard(request);
      const at = segments.indexOf('move', 1);
      if (at > 0 && at < segments.length - 1) {
        return moveFile(request, reply, root, segments.slice(0, at), segments.slice(at + 1));
      }
      const entry = await locate(root, decodePath(segments));
      if (!entry) return sendNothing(reply, FORBIDDEN);
      const partial = partialPath(root);
      try {
        await writeWhole(partial, await readBody(request, maxBodyBytes));
        return await store(request, reply, root, partial, entry);
      } finally {
        await rm(partial, { force: true });
      }
    }),
  );

  app.delete(
    '/userdata/*',
    asUser(async (request, reply, root) => {
      const entry = await locate(root, decodePath(rawWildcard(request)));
      if (!entry) return sendNothing(reply, FORBIDDEN);
      if (!(await isFile(entry.real))) return sendNothing(reply, 404);
      // of a link, the link goes
      await unlink(entry.path);
      return sendNothing(reply, 204);
    }),
  );
}

async function moveFile(
  request: FastifyRequest,
  reply: FastifyReply,
  root: string,
  from: readonly string[],
  to: readonly string[],
): Promise<FastifyReply> {
  const source = await locate(root, decodePath(from));
  const target = await locate(root, decodePath(to));
  if (!source || !target) return sendNothing(reply, FORBIDDEN);
  if (!(await isFile(source.real))) return sendNothing(reply, 404);
  return store(request, reply, root, source.path, target);
}

async function listFolder(request: FastifyRequest, reply: FastifyReply, root: string): Promise<FastifyReply> {
  const directory = queryValue(request, 'dir');
  if (!directory) return sendText(reply, 400, 'Directory not provided');
  const entry = await locate(root, directory, true);
  if (!entry) return sendText(reply, FORBIDDEN, 'Invalid directory');
  if (!(await stat(entry.real).catch(() => undefined))?.isDirectory())
    return sendText(reply, 404, 'Directory not found');
  const { files } = await walkFolder(entry.real, { allowed: [root], recurse: flag(request, 'recurse') });
  const names = [...files].sort(byCodePoint);
  if (flag(request, 'full_info')) {
    const infos = names.map((name) => fileInfo(join(entry.real, name), name).catch(() => null));
    return sendJson(
      reply,
      (await Promise.all(infos)).filter((info) => info !== null),
    );
  }
  return sendJson(reply, flag(request, 'split') ? names.map((name) => [name, ...name.split('/')]) : names);
}

async function listTree(request: FastifyRequest, reply: FastifyReply, root: string): Promise<FastifyReply> {
  const entry = await locate(root, queryValue(request, 'path') ?? '', true);
  if (!entry) return sendText(reply, 400, 'Invalid path requested');
  const found = await stat(entry.real).catch(() => undefined);
  if (!found) return sendText(reply, 404, 'Requested path not found');
  if (!found.isDirectory()) return sendText(reply, 400, 'Requested path is not a directory');
  const { files, folders } = await walkFolder(entry.real, { allowed: [root] });
  const prefix = shownPath(root, entry.path);
  const describe = (name: string, type: string): Map<string, Json> =>
    new Map([
      ['name', basename(name)],
      ['path', prefix ? `${prefix}/${name}` : name],
      ['type', type],
    ]);
  const byName = (a: string, b: string): number => byCodePoint(basename(a).toLowerCase(), basename(b).toLowerCase());
  const described = [...files].sort(byName).map(async (name) => {
    const stats = await stat(join(entry.real, name)).catch(() => undefined);
    const more: [string, Json][] = stats
      ? [
          ['size', stats.size],
          ['modified', float(stats.mtimeMs / 1000)],
        ]
      : [];
    return new Map([...describe(name, 'file'), ...more]);
  });
  const directories = [...folders].sort(byName).map((name) => describe(name, 'directory'));
  return sendJson(reply, [...directories, ...(await Promise.all(described))]);
}
