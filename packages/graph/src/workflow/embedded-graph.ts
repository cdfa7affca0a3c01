/** The graph that a saved picture carries along. */
import { asObject, parseJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { isApiPrompt, parseWorkflow } from './parse-workflow.ts';
import type { Workflow } from './workflow.ts';

export type EmbeddedGraph =
  | { readonly kind: 'prompt'; readonly prompt: JsonObject }
  | { readonly kind: 'workflow'; readonly workflow: Workflow };

/**
 * What can be run again out of a picture's texts: the prompt (key `prompt`) when it can be read, else the workflow (key
 * `workflow`), else undefined.
 */
export function extractWorkflow(texts: ReadonlyMap<string, string>): EmbeddedGraph | undefined {
  const prompt = readPrompt(texts.get('prompt'));
  if (prompt && isApiPrompt(prompt)) return { kind: 'prompt', prompt };
  const json = readJson(texts.get('workflow'));
  const workflow = json === undefined ? undefined : parseWorkflow(json);
  return workflow && !Array.isArray(workflow) ? { kind: 'workflow', workflow } : undefined;
}

const BARE_NUMBERS = ['NaN', 'Infinity', '-Infinity'];
/** Stands for a bare NaN or Infinity until the tree is read; no text of ComfyUI looks like it. */
const NOT_A_NUMBER = '\u0000not a number\u0000';

function readPrompt(text: string | undefined): JsonObject | undefined {
  const prompt = asObject(readJson(text));
  for (const node of prompt?.values() ?? []) {
    // the server notes there what it was told about changes: it holds for that run only
    if (node instanceof Map && hasNotANumber(node.get('is_changed'))) node.delete('is_changed');
  }
  if (prompt) nullNotANumber(prompt);
  return prompt;
}

/** Reads JSON as Python writes it, which may hold bare `NaN` and `Infinity`. */
function readJson(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  for (const read of [() => text, () => withMarks(text)]) {
    try {
      return parseJson(read());
    } catch {
      // not JSON in this reading
    }
  }
  return undefined;
}

/** The text with every bare number that JSON lacks replaced by the mark. */
function withMarks(text: string): string {
  const mark = JSON.stringify(NOT_A_NUMBER);
  const pieces: string[] = [];
  let from = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (unit === '"') inText = !inText;
    else if (inText) at += unit === '\\' ? 1 : 0;
    else {
      const word = BARE_NUMBERS.find((one) => text.startsWith(one, at));
      if (word === undefined) continue;
      pieces.push(text.slice(from, at), mark);
      from = at + word.length;
      at = from - 1;
    }
  }
  return pieces.join('') + text.slice(from);
}

function hasNotANumber(json: Json | undefined): boolean {
  const waiting = [json];
  while (waiting.length) {
    const value = waiting.pop();
    if (value === NOT_A_NUMBER) return true;
    if (value instanceof Map) for (const member of value.values()) waiting.push(member);
    else if (Array.isArray(value)) for (const item of value) waiting.push(item);
  }
  return false;
}

function nullNotANumber(root: Json): void {
  const waiting = [root];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (value instanceof Map) {
      for (const [key, member] of value) {
        if (member === NOT_A_NUMBER) value.set(key, null);
        else if (typeof member === 'object' && member !== null) waiting.push(member);
      }
    } else if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) {
        if (item === NOT_A_NUMBER) value[at] = null;
        else if (typeof item === 'object' && item !== null) waiting.push(item);
      }
    }
  }
}
