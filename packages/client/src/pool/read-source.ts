/** Texts, files and pictures as the graph that they hold. Loaded only when it is needed. */
import { extractWorkflow, readPictureText } from '@snug/graph';
import { parseJson, toPlain } from '@snug/protocol/json';

/** @throws when there is none. */
export async function readSource(source: string | Blob | ArrayBuffer | Uint8Array): Promise<unknown> {
  if (typeof source === 'string') return toPlain(parseJson(source));
  const bytes =
    source instanceof Uint8Array
      ? source
      : new Uint8Array(source instanceof Blob ? await source.arrayBuffer() : source);
  const found = extractWorkflow(readPictureText(bytes));
  if (found) return toPlain(found.kind === 'prompt' ? found.prompt : found.workflow.source);
  return toPlain(parseJson(new TextDecoder().decode(bytes)));
}
