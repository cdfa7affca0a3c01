/** What saved files carry about how they were made. */
import { stringifyJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { NodeContext } from '@snug/node-kit';
import { isTextKey } from './png-text.ts';
import type { TextEntry } from './png-text.ts';

/** The hidden inputs of nodes that save. */
export interface SaveInfo {
  readonly prompt: JsonObject | null;
  readonly extra_pnginfo: JsonObject | null;
}

/**
 * The prompt, then each key that the client wants embedded, as ASCII JSON. Nothing when the server embeds nothing. Keys
 * that no file can hold are left out, with a line in the log.
 */
export function fileMetadata({ prompt, extra_pnginfo }: SaveInfo, context: NodeContext): TextEntry[] {
  if (!context.embedMetadata) return [];
  const entries: TextEntry[] = prompt ? [['prompt', stringifyJson(prompt, { ascii: true })]] : [];
  for (const [key, value] of extra_pnginfo ?? []) {
    if (isTextKey(key)) entries.push([key, stringifyJson(value, { ascii: true })]);
    else context.log(`Not embedded in the file: a key must be 1 to 79 Latin characters, not ${JSON.stringify(key)}.`);
  }
  return entries;
}
