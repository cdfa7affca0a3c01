/** Reads a form with one file: the file goes to disk while it is hashed, and is never whole in memory. */
import { createHash } from 'node:crypto';
import { open, rm, statfs } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import { partialPath } from '@snug/executor';
import { stringifyJson, toJson } from '@snug/protocol';
import type { FastifyRequest } from 'fastify';
import { BodyTooLarge } from './body.ts';

export interface FormOptions {
  /** Name of the field with the file; files in other fields are thrown away. */
  readonly fileField: string;
  /** Where the file is put until it has a place. */
  readonly directory: string;
  /** Bytes of the whole body. */
  readonly maxBytes: number;
  /** Bytes that must stay free on the disk. */
  readonly reserveBytes: number;
  /** An algorithm of `node:crypto`. */
  readonly hash: string;
}

export interface ReceivedFile {
  readonly path: string;
  /** As the client sent it. */
  readonly filename: string;
  readonly size: number;
  readonly hash: string;
}

export type Form =
  | { readonly kind: 'form'; readonly file: ReceivedFile | undefined; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'disk_full' };

const FIELD_LIMITS = { files: 8, fields: 64, parts: 72, fieldSize: 64 * 1024, fieldNameSize: 256, headerPairs: 64 };

/**
 * Reads a form to its end. The caller removes the file, wherever it went in the meantime.
 * @throws {BodyTooLarge} after the file was removed.
 */
export async function receiveForm(request: FastifyRequest, options: FormOptions): Promise<Form> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > options.maxBytes) throw new BodyTooLarge(options.maxBytes);
  if (!request.isMultipart()) return { kind: 'malformed' };
  if (!(await hasRoom(options, announced))) return { kind: 'disk_full' };

  const fields = new Map<string, string>();
  let file: ReceivedFile | undefined;
  const stop = new AbortController();
  try {
    for await (const part of limitedParts(request, options.maxBytes, stop)) {
      if (part.type === 'field') {
        if (!fields.has(part.fieldname)) fields.set(part.fieldname, fieldText(part.value));
      } else if (part.fieldname === options.fileField && !file) {
        file = await receiveFile(part, options, stop.signal);
      } else part.file.resume();
    }
    stop.signal.throwIfAborted();
    return { kind: 'form', file, fields };
  } catch (error) {
    if (file) await rm(file.path, { force: true });
    const cause: unknown = stop.signal.aborted ? stop.signal.reason : error;
    if (cause instanceof BodyTooLarge) throw cause;
    return { kind: (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk_full' : 'malformed' };
  }
}

/** The parts of a form, until the bytes of the whole body are too many. */
async function* limitedParts(
  request: FastifyRequest,
  maxBytes: number,
  stop: AbortController,
): AsyncGenerator<Multipart> {
  const parts = request.parts({ limits: { ...FIELD_LIMITS, fileSize: maxBytes } })[Symbol.asyncIterator]();
  const aborted = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  let next = parts.next();
  // the parser has begun to read by now, and nothing arrives before this function waits
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= maxBytes || stop.signal.aborted) return;
    stop.abort(new BodyTooLarge(maxBytes));
    request.raw.unpipe();
    request.raw.resume();
  };
  request.raw.on('data', count);
  try {
    for (;;) {
      next.catch(() => undefined);
      const { done, value } = await Promise.race([next, aborted]);
      if (done) return;
      yield value;
      next = parts.next();
    }
  } finally {
    request.raw.off('data', count);
  }
}

async function receiveFile(part: MultipartFile, options: FormOptions, signal: AbortSignal): Promise<ReceivedFile> {
  const path = partialPath(options.directory);
  const hash = createHash(options.hash);
  let size = 0;
  async function* hashed(source: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  try {
    // opened first: a stream that is given up while it opens its file would make it after the clean-up
    const handle = await open(path, 'wx');
    await pipeline(part.file, hashed, handle.createWriteStream({ flush: true }), { signal });
    if (part.file.truncated) throw new BodyTooLarge(options.maxBytes);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { path, filename: part.filename, size, hash: hash.digest('hex') };
}

/** A field that says it is JSON arrives parsed. */
function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(toJson(value));
}

async function hasRoom({ directory, reserveBytes }: FormOptions, bytes: number): Promise<boolean> {
  const disk = await statfs(directory).catch(() => undefined);
  return !disk || disk.bavail * disk.bsize - bytes >= reserveBytes;
}
