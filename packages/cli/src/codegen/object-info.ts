/** Reads the descriptions of a server's nodes, as servers really send them. */
import { asObject, JsonError, parseJson } from '@snug/protocol';
import type { Json, NodeDescription } from '@snug/protocol';
import { HostError } from '../run/prompt-host.ts';
import type { ServerAddress } from '../run/server-address.ts';

/** Milliseconds: a server with many packs takes its time. */
const TIMEOUT_MS = 120_000;

/**
 * @param remedy what to do when no server answers
 * @throws {HostError}
 */
export async function fetchObjectInfo(
  { base, headers }: ServerAddress,
  remedy = 'check --url, or add --local',
): Promise<ReadonlyMap<string, NodeDescription>> {
  let text: string;
  let status: number;
  try {
    const response = await fetch(`${base}/object_info`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    ({ status } = response);
    text = await response.text();
  } catch (error) {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error ? cause.message || message : message;
    throw new HostError(`No server answers at ${base} (${reason}): ${remedy}.`, { cause: error });
  }
  const descriptions = status === 200 ? readObjectInfo(text) : undefined;
  if (!descriptions) throw new HostError(`${base} answers (${status}), but not as a ComfyUI server does: check --url.`);
  return descriptions;
}

/** Descriptions by class; undefined when the text holds none. */
export function readObjectInfo(text: string): Map<string, NodeDescription> | undefined {
  const all = asObject(readJson(text));
  if (!all) return undefined;
  const descriptions = new Map<string, NodeDescription>();
  for (const [classType, value] of all) {
    const description = asObject(value);
    if (description) descriptions.set(classType, description);
  }
  return descriptions;
}

function readJson(text: string): Json | undefined {
  // limits may be infinite: Python writes them as bare words, which JSON has not
  for (const read of [() => text, () => withoutBareWords(text)]) {
    try {
      return parseJson(read());
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
    }
  }
  return undefined;
}

const TEXT_OR_WORD = /"(?:[^"\\]|\\.)*"|-?Infinity\b|NaN\b/g;

const withoutBareWords = (text: string): string =>
  text.replace(TEXT_OR_WORD, (found) => (found.startsWith('"') ? found : 'null'));
