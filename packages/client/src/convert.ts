/** The way from a workflow to a prompt. Loaded only when it is needed: most programs have prompts already. */
import {
  applyInputs,
  extractWorkflow,
  isApiPrompt,
  isWorkflow,
  parseWorkflow,
  readPictureText,
  workflowToPrompt,
} from '@snug/graph';
import type { WorkflowProblem } from '@snug/graph';
import { asObject, parseJson, toJson } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { ClientError, ValidationError } from './errors.ts';
import type { PrepareOptions, PreparedWorkflow, WorkflowSource } from './workflow-source.ts';

interface Converted extends PreparedWorkflow {
  readonly prompt: JsonObject;
}

/** @throws {ClientError} */
export async function convertWorkflow(
  source: WorkflowSource,
  inputs: readonly (readonly [string, unknown])[],
  options: Pick<PrepareOptions, 'descriptions' | 'random'>,
): Promise<PreparedWorkflow> {
  const prepared = await toPrompt(await read(source), options);
  if (!inputs.length) return prepared;
  const sets = new Map(inputs.map(([address, value]) => [address, toJson(value)]));
  const prompt = applyInputs(prepared.prompt, sets);
  if (Array.isArray(prompt)) throw refused('inputs: ', prompt, prepared.prompt);
  return { ...prepared, prompt };
}

async function toPrompt(
  json: Json,
  { descriptions, random }: Pick<PrepareOptions, 'descriptions' | 'random'>,
): Promise<Converted> {
  const object = asObject(json);
  if (object && !isWorkflow(object)) return { prompt: object, workflow: undefined, warnings: [] };
  const workflow = parseWorkflow(json);
  if (Array.isArray(workflow)) throw refused('workflow: ', workflow);
  const converted = workflowToPrompt(workflow, await descriptions(), { random });
  if (converted.kind === 'refused') throw refused('workflow: ', converted.problems);
  return { prompt: converted.prompt, workflow: workflow.source, warnings: converted.warnings };
}

async function read(source: WorkflowSource): Promise<Json> {
  if (typeof source === 'string') return readText(source);
  if (source instanceof Blob) return readBytes(new Uint8Array(await source.arrayBuffer()));
  if (source instanceof ArrayBuffer) return readBytes(new Uint8Array(source));
  return source instanceof Uint8Array ? readBytes(source) : toJson(source);
}

function readText(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ClientError('invalid_workflow', `workflow: the text is no JSON: ${(cause as Error).message}.`, { cause });
  }
}

/** What a picture carries, or what a JSON file holds. */
function readBytes(bytes: Uint8Array): Json {
  const texts = readPictureText(bytes);
  if (texts.size) {
    const found = extractWorkflow(texts);
    if (found) return found.kind === 'prompt' ? found.prompt : found.workflow.source;
    throw new ClientError('invalid_workflow', 'workflow: the picture was saved without one.');
  }
  try {
    const json = parseJson(new TextDecoder().decode(bytes));
    if (isWorkflow(json) || isApiPrompt(json)) return json;
  } catch {
    // no JSON either
  }
  throw new ClientError('invalid_workflow', 'workflow: these bytes are neither a PNG or WebP with one, nor JSON.');
}

function refused(where: string, problems: readonly WorkflowProblem[], prompt?: JsonObject): ClientError {
  const told = problems.map(({ nodeId, type, message }) => {
    const classType = asObject(prompt?.get(nodeId))?.get('class_type');
    return { nodeId, classType: typeof classType === 'string' ? classType : '', input: '', type, message };
  });
  const rest = told.length > 1 ? ` (and ${told.length - 1} more)` : '';
  return new ValidationError(`${where}${told[0]?.message ?? 'it cannot be used.'}${rest}`, told);
}
