/** Whatever can be run, as a prompt in API form: API JSON, the front end's JSON, or a picture that carries either. */
import type { Json, JsonObject } from '@snug/protocol/json';
import { ClientError } from './errors.ts';
import type { UploadedFile } from './uploaded-file.ts';
import { isObject, member } from './wire.ts';

/** A graph by node id: plain data, or our lossless JSON, where objects are maps. */
export type PromptData = JsonObject | Readonly<Record<string, unknown>>;

/**
 * A workflow: plain data or JSON text, in API form or as the front end saves it; or a PNG or WebP that was saved with one.
 * Texts lose nothing: integers past 2^53, 5.0 that is not 5, and the order of nodes are kept. In plain data, write such
 * integers as `bigint`.
 */
export type WorkflowSource = string | Uint8Array | ArrayBuffer | Blob | PromptData;

/** What an input can be set to. A `[node id, slot]` is a link. */
export type InputValue = Json | UploadedFile | Readonly<Record<string, unknown>> | readonly unknown[];
/** By address: `6.text`. */
export type InputValues = Readonly<Record<string, InputValue>> | ReadonlyMap<string, InputValue>;

/** Something that converts, yet perhaps not as its author meant it. */
export interface ConversionWarning {
  readonly nodeId: string;
  readonly type: string;
  readonly message: string;
}

export interface PreparedWorkflow {
  readonly prompt: PromptData;
  /** The front end's form, where it was given: it is saved with the pictures. */
  readonly workflow: PromptData | undefined;
  readonly warnings: readonly ConversionWarning[];
}

export interface PrepareOptions {
  readonly inputs?: InputValues | undefined;
  /** Node descriptions of the server; asked for only when they are needed. */
  readonly descriptions: () => Promise<ReadonlyMap<string, JsonObject>>;
  readonly random: () => number;
}

/** @throws {ClientError} `invalid_workflow`, `validation_failed`; what `descriptions` throws. */
export async function prepareWorkflow(source: WorkflowSource, options: PrepareOptions): Promise<PreparedWorkflow> {
  const inputs = entriesOfInputs(options.inputs);
  if (isPrompt(source) && !inputs.length) return { prompt: source, workflow: undefined, warnings: [] };
  if (typeof source !== 'object' && typeof source !== 'string')
    throw new ClientError('invalid_workflow', `workflow: ${typeof source} is none.`);
  // the tools are loaded only by those who need them
  const { convertWorkflow } = await import('./convert.ts');
  return convertWorkflow(source, inputs, options);
}

/** Whether it can be sent as it is. */
function isPrompt(source: WorkflowSource): source is PromptData {
  if (source instanceof Map) return !Array.isArray(source.get('nodes'));
  const isBytes = source instanceof Blob || source instanceof ArrayBuffer || ArrayBuffer.isView(source);
  return !isBytes && isObject(source) && !Array.isArray(member(source, 'nodes'));
}

function entriesOfInputs(inputs: InputValues = {}): [string, unknown][] {
  const entries: [string, unknown][] =
    inputs instanceof Map ? [...(inputs as ReadonlyMap<string, unknown>)] : Object.entries(inputs);
  return entries.map(([address, value]) => [address, isFile(value) ? value.inputValue : value]);
}

function isFile(value: unknown): value is UploadedFile {
  return typeof value === 'object' && value !== null && 'inputValue' in value;
}
