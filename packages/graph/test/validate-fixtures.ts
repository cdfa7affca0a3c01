/** Descriptions and prompts that tests write by hand. */
import { parseJson, toJson, toPlain } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { compileNodeType, validatePrompt } from '../src/index.ts';
import type { NodeType, OwnCheck, OwnCheckResult, OwnValidationFacts, Validation } from '../src/index.ts';

export interface Described {
  readonly required?: object;
  readonly optional?: object;
  readonly outputs?: readonly unknown[];
  readonly isOutput?: boolean;
  readonly own?: OwnValidationFacts;
}

/** A node as `GET /object_info` describes it. */
export function describedType(name: string, parts: Described = {}): NodeType {
  const { required = {}, optional = {}, outputs = [], isOutput = false, own } = parts;
  const description = toJson({ name, input: { required, optional }, output: outputs, output_node: isOutput });
  return compileNodeType(description as JsonObject, own);
}

const TYPES: readonly NodeType[] = [
  describedType('Make', { outputs: ['INT', 'FLOAT', 'STRING', 'IMAGE', '*', ['a', 'b']] }),
  describedType('Pass', { required: { in: ['*'] }, outputs: ['*'] }),
  describedType('Image', { required: { image: ['IMAGE', { tooltip: 't' }] }, outputs: ['IMAGE'] }),
  describedType('End', { required: { in: ['*'] }, isOutput: true }),
  describedType('Ends', { required: { a: ['*'], b: ['*'] }, isOutput: true }),
];

/** A prompt from JSON text: numbers keep their kinds. */
export const promptOf = (text: string): Json => parseJson(text);

/** A prompt of `[class, inputs]` by id. */
export function nodes(table: Readonly<Record<string, readonly [classType: string, inputs: object]>>): JsonObject {
  return new Map(Object.entries(table).map(([id, [class_type, inputs]]) => [id, toJson({ class_type, inputs })]));
}

export interface Given {
  readonly types?: readonly NodeType[];
  readonly targets?: Json | undefined;
  readonly maxNodes?: number;
  readonly check?: (check: OwnCheck) => OwnCheckResult;
}

export function validate(
  prompt: Json,
  { types = [], check = () => ({ kind: 'accepted' }), ...options }: Given = {},
): Promise<Validation> {
  const known = new Map([...TYPES, ...types].map((type) => [type.classType, type]));
  return validatePrompt(prompt, {
    ...options,
    typeOf: (classType) => known.get(classType),
    check: async (checks) => checks.map(check),
  });
}

/** A problem as plain data. */
export interface PlainProblem {
  readonly type: string;
  readonly message: string;
  readonly details: string;
  readonly extra_info: Readonly<Record<string, unknown>>;
}

export interface PlainErrors {
  readonly [nodeId: string]: {
    readonly errors: readonly PlainProblem[];
    readonly dependent_outputs: readonly string[];
    readonly class_type: string;
  };
}

/** Number kinds are lost here: use what `validation` holds where they matter. */
export const errorsOf = ({ nodeErrors }: Validation): PlainErrors => toPlain(nodeErrors) as PlainErrors;

export function refusalOf(validation: Validation): PlainProblem {
  if (validation.kind !== 'refused') throw new Error('the prompt was not refused');
  return toPlain(validation.error) as PlainProblem;
}

/** The problems of a node T with one input, which feeds an output. */
export async function problemsOf(type: NodeType, inputs: object, given: Given = {}): Promise<readonly PlainProblem[]> {
  const prompt = nodes({ 1: [type.classType, inputs], 2: ['End', { in: ['1', 0] }], make: ['Make', {}] });
  return errorsOf(await validate(prompt, { ...given, types: [type, ...(given.types ?? [])] }))['1']?.errors ?? [];
}
