/** Sends files as they are: ranges, validators, and no way to hold a file open longer than the answer takes. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A plain file that is open for reading. Whoever opened it sends or closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly modified: Date;
  readonly etag: string;
}

// without these a pipe in the folder would block a thread, and a link put there meanwhile would be followed
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Opens a plain file by its path without links; undefined for anything else. */
export async function openPlainFile(path: string): Promise<OpenFile | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, FLAGS);
  } catch {
    return undefined;
  }
  const stat = await handle.stat({ bigint: true });
  if (!stat.isFile()) {
    await handle.close();
    return undefined;
  }
  const etag = `"${stat.mtimeNs.toString(16)}-${stat.size.toString(16)}"`;
  return { handle, size: Number(stat.size), modified: new Date(Number(stat.mtimeMs)), etag };
}

/** The first bytes of an open file. */
export async function readHead({ handle }: OpenFile, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
  return buffer.subarray(0, bytesRead);
}

type Selection = { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined;

/** A single range of bytes; undefined when there is none or it is not understood, which asks for the whole file. */
export function parseRange(header: string | undefined, size: number): Selection {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (!from && !to) return undefined;
  const start = from ? Number(from) : Math.max(0, size - Number(to));
  const end = from && to ? Math.min(Number(to), size - 1) : size - 1;
  if (from && to && Number(to) < start) return undefined;
  return start > end ? 'unsatisfiable' : { start, end };
}

function matches(header: string, etag: string): boolean {
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');
}

/** Seconds since the epoch of a date in a header; NaN when it is none, which compares as false. */
const seconds = (header: string | undefined): number => Math.floor(Date.parse(header ?? '') / 1000);

/** What the conditions of a request make of a file: 412, 304, or undefined to go on. */
function condition({ headers }: FastifyRequest, file: OpenFile): 412 | 304 | undefined {
  const modified = Math.floor(file.modified.getTime() / 1000);
  if (headers['if-match'] !== undefined) {
    if (!matches(headers['if-match'], file.etag)) return 412;
  } else if (modified > seconds(headers['if-unmodified-since'])) return 412;
  if (headers['if-none-match'] !== undefined) return matches(headers['if-none-match'], file.etag) ? 304 : undefined;
  return modified <= seconds(headers['if-modified-since']) ? 304 : undefined;
}

function rangeOf({ headers }: FastifyRequest, file: OpenFile): Selection {
  const onlyIf = headers['if-range'];
  if (typeof onlyIf === 'string' && onlyIf !== file.etag) {
    if (seconds(onlyIf) !== Math.floor(file.modified.getTime() / 1000)) return undefined;
  }
  return parseRange(headers.range, file.size);
}

/** Answers with an open file and closes it. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenFile,
  headers: Readonly<Record<string, string>>,
): Promise<FastifyReply> {
  void reply.headers(headers).headers({
    etag: file.etag,
    'last-modified': file.modified.toUTCString(),
    'accept-ranges': 'bytes',
  });
  const unmet = condition(request, file);
  const range = unmet ? undefined : rangeOf(request, file);
  if (unmet || range === 'unsatisfiable') {
    await file.handle.close();
    if (unmet) return reply.code(unmet).removeHeader('content-type').send();
    return reply.code(416).removeHeader('content-type').header('content-range', `bytes */${file.size}`).send();
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  if (range) void reply.code(206).header('content-range', `bytes ${start}-${end}/${file.size}`);
  void reply.header('content-length', end - start + 1);
  if (request.method === 'HEAD' || end < start) {
    await file.handle.close();
    return reply.send(Readable.from([]));
  }
  return reply.send(file.handle.createReadStream({ start, end }));
}
