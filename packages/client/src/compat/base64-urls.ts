/** Pictures as addresses that carry them. */
import { TaskDataTypeError } from './errors.ts';
import type { WorkflowOutput } from './workflow-types.ts';

/**
 * `data:` addresses of the pictures of a result.
 * @throws {TaskDataTypeError} for what is no picture of a result, or cannot be fetched
 */
export function outToB64Urls(
  result: WorkflowOutput,
  { fetch: send = (...request) => globalThis.fetch(...request) }: { fetch?: typeof fetch } = {},
): Promise<string[]> {
  return Promise.all(
    result.images.map(async (image) => {
      if (image.type === 'buff') return dataUrl(new Uint8Array(image.data), image.mime);
      if (image.type !== 'url') throw new TaskDataTypeError('an image is neither bytes nor an address');
      const response = await send(image.data);
      if (!response.ok) throw new TaskDataTypeError(`the server answers ${response.status} for ${image.data}`);
      const mime = response.headers.get('content-type') ?? 'image/png';
      return dataUrl(new Uint8Array(await response.arrayBuffer()), mime);
    }),
  );
}

function dataUrl(bytes: Uint8Array, mime: string): string {
  const parts: string[] = [];
  // as many arguments as every platform takes
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return `data:${mime || 'image/png'};base64,${btoa(parts.join(''))}`;
}
