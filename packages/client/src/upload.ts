/** Sends files to the server. Loaded only by those who do. */
import { contentName } from './content-name.ts';
import { ClientError } from './errors.ts';
import type { Http } from './http.ts';
import { endingOf } from './mime.ts';
import { fileAccess } from './files.ts';
import type { FilePlace } from './remote-file.ts';
import { sendForm } from './send-form.ts';
import type { UploadProgress } from './send-form.ts';
import { UploadedFile } from './uploaded-file.ts';
import { numberAt, textAt } from './wire.ts';

/** What can be uploaded. In Node, also the path of a file. */
export type UploadSource = Blob | Uint8Array<ArrayBuffer> | ArrayBuffer | ReadableStream<Uint8Array<ArrayBuffer>>;

export interface UploadOptions {
  /** The name that is asked for. Default: made of the content, so that equal files are stored once and none is replaced. */
  readonly name?: string | undefined;
  /** Default: none. */
  readonly subfolder?: string | undefined;
  /** `input`, `temp` or `output`. Default `input`. */
  readonly folder?: string | undefined;
  /** Replace a file of the name. By default the server gives another name. */
  readonly overwrite?: boolean | undefined;
  /** The picture that this one is the mask of: its transparency is put on a copy. */
  readonly maskOf?: FilePlace | undefined;
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a form adds to the file. */
const FORM_OVERHEAD = 2048;

/**
 * Sends a file to the server.
 * @param features what the server says that it can: its limit for a request, where it tells one
 * @throws {ClientError} `too_large` before anything is sent; `bad_answer`; what requests throw.
 */
export async function upload(
  http: Http,
  source: UploadSource,
  options: UploadOptions,
  features: () => Promise<unknown>,
): Promise<UploadedFile> {
  const { name, subfolder = '', folder = 'input', overwrite = false, maskOf, onProgress, signal } = options;
  const blob = await blobOf(source);
  const limit = numberAt(await features(), 'max_upload_size');
  if (limit !== undefined && blob.size + FORM_OVERHEAD > limit) {
    const message = `upload: the file has ${blob.size} bytes, and the server takes requests of ${Math.floor(limit)}.`;
    throw new ClientError('too_large', message, { hint: 'Raise the limit of the server.' });
  }
  const given = name ?? ('name' in blob && typeof blob.name === 'string' ? blob.name : undefined);
  const ending = /\.[a-z\d]{1,12}$/i.exec(given ?? '')?.[0].toLowerCase() ?? `.${endingOf(blob.type) ?? 'bin'}`;
  const filename = name ?? (await contentName(blob)) + ending;
  const fields: Record<string, string> = { type: folder, subfolder, ...(overwrite ? { overwrite: 'true' } : {}) };
  if (maskOf) {
    const { filename: original, subfolder: place, folder: type } = maskOf;
    fields['original_ref'] = JSON.stringify({ filename: original, subfolder: place, type });
  }
  const path = maskOf ? '/upload/mask' : '/upload/image';
  const answer = await sendForm(http, path, { fields, blob, filename, onProgress, signal });
  const stored = textAt(answer, 'name');
  if (stored === undefined) throw new ClientError('bad_answer', `${path}: the answer has no name.`);
  const place = {
    filename: stored,
    subfolder: textAt(answer, 'subfolder') ?? '',
    folder: textAt(answer, 'type') ?? folder,
  };
  return new UploadedFile(place, fileAccess(http));
}

async function blobOf(source: UploadSource): Promise<Blob> {
  if (source instanceof Blob) return source;
  // the name is made of the whole content, and forms tell their length
  if (source instanceof ReadableStream) return new Response(source).blob();
  return new Blob([source]);
}
