/** Holds the inputs of a node against its description, while the program that writes them can still be blamed. */
import { inputsInUse, typesConnect } from '@snug/graph';
import type { InputFacts, NodeType } from '@snug/graph';
import { DYNAMIC_TYPES, pythonStr, toJson } from '@snug/protocol';
import type { InputType, JsonObject } from '@snug/protocol';
import { ClientError } from '../errors.ts';
import type { PromptValue } from './input-writer.ts';

export interface CheckOptions {
  /** Unknown inputs pass. */
  readonly loose: boolean;
  /** The type of an output of an earlier node, and how to call it; undefined where it is not known. */
  readonly outputAt: (nodeId: string, slot: number) => { readonly type: InputType; readonly label: string } | undefined;
}

const DYNAMIC_KEYS: ReadonlySet<InputType> = new Set([DYNAMIC_TYPES.combo, DYNAMIC_TYPES.slot]);
const WHOLE_NUMBER = /^[+-]?\d{1,30}$/;
/** Names that a message lists. */
const MAX_NAMES = 40;

/**
 * Whole numbers that were given as text become numbers.
 * @throws {ClientError} `invalid_workflow` for an input that is missing, unknown, or linked to a wrong type
 */
export function checkInputs(
  type: NodeType,
  written: Map<string, PromptValue>,
  { loose, outputAt }: CheckOptions,
): void {
  const { classType } = type;
  const inUse = inputsInUse(type, toJson(written) as JsonObject);
  for (const [name, value] of written) {
    const facts = inUse.get(name);
    if (facts) checkValue(classType, facts, value, written, outputAt);
    else if (!loose) throw unknownInput(type, inUse, name);
  }
  for (const facts of [...inUse.values(), ...type.inputs.values()]) {
    const isInput = inUse.has(facts.name) || DYNAMIC_KEYS.has(facts.type);
    if (isInput && facts.required && !written.has(facts.name)) throw missing(classType, facts);
  }
}

function checkValue(
  classType: string,
  facts: InputFacts,
  value: PromptValue,
  written: Map<string, PromptValue>,
  outputAt: CheckOptions['outputAt'],
): void {
  if (Array.isArray(value)) {
    const [nodeId, slot] = value as [string, number];
    const source = outputAt(nodeId, slot);
    if (!source || DYNAMIC_KEYS.has(facts.type) || typesConnect(source.type, facts.type)) return;
    const problem = `takes ${typeName(facts.type)}, not ${typeName(source.type)} (${source.label}).`;
    throw new ClientError('invalid_workflow', `${classType}: input ${facts.name} ${problem}`);
  }
  if (facts.type === 'INT' && typeof value === 'string' && WHOLE_NUMBER.test(value)) {
    const number = Number(value);
    written.set(facts.name, Number.isSafeInteger(number) ? number : BigInt(value.replace('+', '')));
  }
}

const typeName = (type: InputType): string => (typeof type === 'string' ? type : 'a choice');

function missing(classType: string, facts: InputFacts): ClientError {
  const standard = facts.options.get('default');
  const hint = standard === undefined ? '' : ` Its usual value is ${pythonStr(standard)}.`;
  return new ClientError(
    'invalid_workflow',
    `${classType} needs input ${facts.name} (${typeName(facts.type)}).${hint}`,
  );
}

function unknownInput(type: NodeType, inUse: ReadonlyMap<string, InputFacts>, name: string): ClientError {
  const names = [...new Set([...type.inputs.keys(), ...inUse.keys()])];
  const shown = names.length > MAX_NAMES ? [...names.slice(0, MAX_NAMES), '...'] : names;
  const problem = names.length ? `it has ${shown.join(', ')}.` : 'it takes none.';
  return new ClientError('invalid_workflow', `${type.classType} has no input ${name}: ${problem}`);
}
