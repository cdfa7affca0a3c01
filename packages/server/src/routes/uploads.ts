/** `POST /upload/image` and `POST /upload/mask`. */
import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseAnnotatedName, partialPath, realInside, resolveInside, writeWhole } from '@snug/executor';
import type { Folders } from '@snug/executor';
import { asObject, parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendJson, sendNothing } from '../http/answers.ts';
import { pixelStatus, withAlphaOf } from '../http/pixels.ts';
import { createUploadPlacer } from '../http/place-upload.ts';
import { insertPngText, readPngText } from '../http/png-text.ts';
import { receiveForm } from '../http/receive-form.ts';
import type { ReceivedFile } from '../http/receive-form.ts';

export interface UploadOptions {
  readonly folders: Folders;
  /** Bytes of a whole form. */
  readonly maxBodyBytes: number;
  /** Bytes that uploads leave free on the disk. Default 64 MiB. */
  readonly reserveBytes?: number | undefined;
  /** How contents are compared: an algorithm of `node:crypto`. Default `sha256`. */
  readonly hash?: string | undefined;
}

type FolderType = 'input' | 'output' | 'temp';
const isFolderType = (type: string): type is FolderType => type === 'input' || type === 'output' || type === 'temp';

/** What came of an upload: what to tell of the file, or the status of a refusal. */
type Outcome = { readonly stored: JsonObject } | { readonly status: number };

export function registerUploads(app: FastifyInstance, options: UploadOptions): void {
  const { folders, maxBodyBytes, reserveBytes = 64 * 1024 * 1024, hash = 'sha256' } = options;
  const place = createUploadPlacer(hash);
  const formOptions = { fileField: 'image', directory: folders.temp, maxBytes: maxBodyBytes, reserveBytes, hash };

  async function store(file: ReceivedFile, fields: ReadonlyMap<string, string>): Promise<Outcome> {
    const target = await locate(folders, file.filename, fields);
    if (typeof target === 'number') return { status: target };
    const overwrite = ['true', '1'].includes(fields.get('overwrite') ?? '');
    try {
      const placed = await place(file, target.path, file.filename, overwrite);
      if (placed.kind === 'no_name_left') return { status: 409 };
      const { name } = placed;
      return { stored: new Map(Object.entries({ name, subfolder: fields.get('subfolder') ?? '', type: target.type })) };
    } catch (error) {
      return { status: fileErrorStatus(error) };
    }
  }

  async function storeMasked(file: ReceivedFile, fields: ReadonlyMap<string, string>): Promise<Outcome> {
    const original = await locateOriginal(folders, fields.get('original_ref'));
    if (original === undefined) return { status: 400 };
    const masked = await withAlphaOf(original, file.path);
    if (masked.kind === 'refused') return { status: masked.problem === 'missing' ? 400 : pixelStatus(masked.problem) };
    const png = insertPngText(masked.value, await readPngText(original));
    const path = partialPath(folders.temp);
    try {
      await writeWhole(path, png);
      const contentHash = createHash(hash).update(png).digest('hex');
      return await store({ path, filename: file.filename, size: png.length, hash: contentHash }, fields);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Answers only when nothing is left to clean up. */
  async function receive(request: FastifyRequest, reply: FastifyReply, keep: typeof store): Promise<FastifyReply> {
    const form = await receiveForm(request, formOptions);
    if (form.kind !== 'form') return sendNothing(reply, form.kind === 'disk_full' ? 507 : 400);
    const { file, fields } = form;
    if (!file) return sendNothing(reply, 400);
    let outcome: Outcome;
    try {
      outcome = await keep(file, fields);
    } finally {
      await rm(file.path, { force: true });
    }
    return 'stored' in outcome ? sendJson(reply, outcome.stored) : sendNothing(reply, outcome.status);
  }

  app.post('/upload/image', (request, reply) => receive(request, reply, store));
  app.post('/upload/mask', (request, reply) => receive(request, reply, storeMasked));
}

/** Where an upload goes, its folder made; or the status of a refusal, with nothing made. */
async function locate(
  folders: Folders,
  filename: string,
  fields: ReadonlyMap<string, string>,
): Promise<{ path: string; type: FolderType } | number> {
  const type = fields.get('type') ?? 'input';
  if (!isFolderType(type)) return 400;
  const root = folders[type];
  const subfolder = resolveInside(root, fields.get('subfolder') ?? '');
  const inside = resolveInside(root, fields.get('subfolder') ?? '', filename);
  if (!filename || filename.endsWith('/') || subfolder.kind === 'refused' || inside.kind === 'refused') return 400;
  if (inside.path === subfolder.path) return 400;
  const folder = await realInside(root, dirname(inside.path));
  if (folder.kind === 'refused') return 400;
  // folders in the file name itself have to be there
  if (dirname(inside.path) !== subfolder.path && !(await stat(folder.path).catch(() => undefined))?.isDirectory())
    return 400;
  try {
    await mkdir(folder.path, { recursive: true });
  } catch (error) {
    return fileErrorStatus(error);
  }
  return { path: `${folder.path}${inside.path.slice(dirname(inside.path).length)}`, type };
}

/** The picture that a mask is for. */
async function locateOriginal(folders: Folders, text: string | undefined): Promise<string | undefined> {
  const reference = readReference(text);
  const filename = reference?.get('filename');
  const subfolder = reference?.get('subfolder') ?? '';
  if (typeof filename !== 'string' || typeof subfolder !== 'string') return undefined;
  const { name, folder } = parseAnnotatedName(filename);
  const type = folder ?? reference?.get('type') ?? 'output';
  if (!name || typeof type !== 'string' || !isFolderType(type)) return undefined;
  const inside = resolveInside(folders[type], subfolder, name);
  if (inside.kind === 'refused') return undefined;
  const real = await realInside(folders[type], inside.path);
  return real.kind === 'refused' ? undefined : real.path;
}

function readReference(text = ''): JsonObject | undefined {
  try {
    return asObject(parseJson(text));
  } catch {
    return undefined;
  }
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT']);
const NAME_UNUSABLE = new Set(['EISDIR', 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'ENAMETOOLONG']);

function fileErrorStatus(error: unknown): number {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (DISK_FULL.has(code)) return 507;
  if (NAME_UNUSABLE.has(code)) return 400;
  throw error;
}
