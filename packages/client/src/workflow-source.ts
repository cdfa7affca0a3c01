/** Whatever can be run, as a prompt in API form: API JSON, the front end's JSON, or a picture that carries either. */
import { asObject, parseJson, toJson } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { ClientError } from './errors.ts';
import type { UploadedFile } from './uploaded-file.ts';

/**
 * A workflow: plain data or JSON text, in API form or as the front end saves it; or a PNG or WebP that was saved with one.
 * Give text or `Json` where digits matter: a seed past 2^53 is kept in those, and as a `bigint`.
 */
export type WorkflowSource = string | Uint8Array | ArrayBuffer | Blob | JsonObject | Readonly<Record<string, unknown>>;

/** What an input can be set to. */
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
  readonly prompt: JsonObject;
  /** The front end's form, where it was given: it is saved with the pictures. */
  readonly workflow: JsonObject | undefined;
  readonly warnings: readonly ConversionWarning[];
}

export interface PrepareOptions {
  readonly inputs?: InputValues | undefined;
  /** Node descriptions of the server; asked for only when they are needed. */
  readonly descriptions: () => Promise<ReadonlyMap<string, JsonObject>>;
  readonly random: () => number;
}

/** @throws {ClientError} `invalid_workflow`, `invalid_option` for inputs; what `descriptions` throws. */
export async function prepareWorkflow(source: WorkflowSource, options: PrepareOptions): Promise<PreparedWorkflow> {
  const bytes = await bytesOf(source);
  const json = bytes ? undefined : readJson(source as string | JsonObject);
  const sets = readInputs(options.inputs);
  const object = asObject(json);
  const isPlain = object !== undefined && !Array.isArray(object.get('nodes'));
  // the tools are loaded only by those who need them
  if (isPlain && !sets.size) return { prompt: object, workflow: undefined, warnings: [] };
  const { convertWorkflow } = await import('./convert.ts');
  return convertWorkflow(bytes ?? json ?? null, sets, options);
}

async function bytesOf(source: WorkflowSource): Promise<Uint8Array | undefined> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : undefined;
}

function readJson(source: string | JsonObject | Readonly<Record<string, unknown>>): Json {
  if (typeof source !== 'string') return toJson(source);
  try {
    return parseJson(source);
  } catch (error) {
    const message = `workflow: the text is no JSON: ${(error as Error).message}.`;
    throw new ClientError('invalid_workflow', message, { cause: error });
  }
}

function readInputs(inputs: InputValues = {}): Map<string, Json> {
  const entries = inputs instanceof Map ? [...(inputs as ReadonlyMap<string, InputValue>)] : Object.entries(inputs);
  return new Map(entries.map(([address, value]): [string, Json] => [address, inputOf(value)]));
}

function inputOf(value: unknown): Json {
  if (typeof value === 'object' && value !== null && 'inputValue' in value) return String(value.inputValue);
  return toJson(value);
}
