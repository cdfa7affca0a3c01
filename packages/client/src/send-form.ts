/** Sends a form with one file, and tells how much of it is on its way where the platform lets it be seen. */
import { ClientError } from './errors.ts';
import type { Http } from './http.ts';

export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export interface FormRequest {
  readonly fields: Readonly<Record<string, string>>;
  readonly blob: Blob;
  readonly filename: string;
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The answer as plain data. @throws {ClientError} */
export async function sendForm(http: Http, path: string, request: FormRequest): Promise<unknown> {
  const { fields, blob, filename, onProgress, signal } = request;
  // the same content under the same name is stored once, however often it comes
  const options = { method: 'POST', signal, timeoutMs: Infinity } as const;
  if (onProgress && canStreamBodies()) {
    const { body, contentType, totalBytes } = streamForm(fields, blob, filename, onProgress);
    onProgress({ sentBytes: 0, totalBytes });
    return http.json(path, { ...options, retry: false, body, headers: { 'content-type': contentType } });
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('image', blob, filename);
  onProgress?.({ sentBytes: 0, totalBytes: blob.size });
  const answer = await http.json(path, { ...options, retry: true, body: form });
  onProgress?.({ sentBytes: blob.size, totalBytes: blob.size });
  return answer;
}

/** Browsers take streams only over HTTP/2, and some not at all: there the two ends are told, and nothing between. */
function canStreamBodies(): boolean {
  return typeof ReadableStream === 'function' && !('document' in globalThis) && !('WorkerGlobalScope' in globalThis);
}

function streamForm(
  fields: FormRequest['fields'],
  blob: Blob,
  filename: string,
  onProgress: (progress: UploadProgress) => void,
): { body: ReadableStream<Uint8Array<ArrayBuffer>>; contentType: string; totalBytes: number } {
  const boundary = `snug-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const head = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  head.push(
    `--${boundary}\r\ncontent-disposition: form-data; name="image"; filename="${quoted(filename)}"\r\n`,
    `content-type: ${blob.type || 'application/octet-stream'}\r\n\r\n`,
  );
  const whole = new Blob([...head, blob, `\r\n--${boundary}--\r\n`]);
  const reader = whole.stream().getReader();
  let sentBytes = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const part = await reader.read();
      if (part.done) return controller.close();
      controller.enqueue(part.value);
      sentBytes += part.value.length;
      onProgress({ sentBytes, totalBytes: whole.size });
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { body, contentType: `multipart/form-data; boundary=${boundary}`, totalBytes: whole.size };
}

/** As browsers write names into forms. */
function quoted(name: string): string {
  if (Array.from(name).some((unit) => unit < ' ' && unit !== '\n' && unit !== '\r'))
    throw new ClientError('invalid_option', 'upload: the name has control characters.');
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}
