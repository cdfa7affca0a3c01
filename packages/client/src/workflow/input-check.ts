/** Holds the inputs of a node against its description, while the program that writes them can still be blamed. */
import { ClientError } from '../errors.ts';
import type { PromptValue } from './input-writer.ts';
import { DYNAMIC_CHOICE, DYNAMIC_SLOT, inputsInUse, typesConnect } from './node-inputs.ts';
import type { InputFacts, SocketType } from './node-inputs.ts';

export interface CheckOptions {
  readonly classType: string;
  /** Unknown inputs pass. */
  readonly loose: boolean;
  /** The type of an output of an earlier node, and how to call it; undefined where it is not known. */
  readonly outputAt: (
    nodeId: string,
    slot: number,
  ) => { readonly type: SocketType; readonly label: string } | undefined;
}

const WHOLE_NUMBER = /^[+-]?\d{1,30}$/;
/** Names that a message lists. */
const MAX_NAMES = 40;

/**
 * Whole numbers that were given as text become numbers.
 * @throws {ClientError} `invalid_workflow` for an input that is missing, unknown, or linked to a wrong type
 */
export function checkInputs(
  declared: readonly InputFacts[],
  written: Map<string, PromptValue>,
  options: CheckOptions,
): void {
  const { classType, loose } = options;
  const inUse = inputsInUse(declared, written);
  for (const [name, value] of written) {
    const facts = inUse.get(name);
    if (facts) written.set(name, checkedValue(facts, value, options));
    else if (!loose) throw unknownInput(classType, [...declared.map((input) => input.name), ...inUse.keys()], name);
  }
  for (const facts of inUse.values()) {
    if (facts.isRequired && !written.has(facts.name)) throw missing(classType, facts);
  }
}

function checkedValue(facts: InputFacts, value: PromptValue, { classType, outputAt }: CheckOptions): PromptValue {
  if (Array.isArray(value)) {
    const [nodeId, slot] = value as [string, number];
    const source = outputAt(nodeId, slot);
    const isDynamic = facts.type === DYNAMIC_CHOICE || facts.type === DYNAMIC_SLOT;
    if (!source || isDynamic || typesConnect(source.type, facts.type)) return value;
    const problem = `takes ${typeName(facts.type)}, not ${typeName(source.type)} (${source.label}).`;
    throw new ClientError('invalid_workflow', `${classType}: input ${facts.name} ${problem}`);
  }
  if (facts.type !== 'INT' || typeof value !== 'string' || !WHOLE_NUMBER.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value.replace('+', ''));
}

const typeName = (type: SocketType): string =>
  typeof type === 'string' && type !== DYNAMIC_CHOICE && type !== 'COMBO' ? type : 'a choice';

function missing(classType: string, facts: InputFacts): ClientError {
  const usual = facts.options.get('default');
  const hint = usual === undefined || typeof usual === 'object' ? '' : ` Its usual value is ${String(usual)}.`;
  return new ClientError(
    'invalid_workflow',
    `${classType} needs input ${facts.name} (${typeName(facts.type)}).${hint}`,
  );
}

function unknownInput(classType: string, known: readonly string[], name: string): ClientError {
  const names = [...new Set(known)];
  const shown = names.length > MAX_NAMES ? [...names.slice(0, MAX_NAMES), '...'] : names;
  const problem = names.length ? `it has ${shown.join(', ')}.` : 'it takes none.';
  return new ClientError('invalid_workflow', `${classType} has no input ${name}: ${problem}`);
}
