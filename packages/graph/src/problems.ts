/**
 * What can be wrong with a prompt, in the wire's form. Types, details and extra facts are the contract that clients read;
 * the messages are ours.
 */
import { pythonRepr } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { UnlistedChoice } from './literals.ts';
import type { InputFacts } from './node-type.ts';

/** `{type, message, details, extra_info}`. */
export type Problem = JsonObject;

export function problem(type: string, message: string, details = '', extraInfo: JsonObject = new Map()): Problem {
  return new Map<string, Json>([
    ['type', type],
    ['message', message],
    ['details', details],
    ['extra_info', extraInfo],
  ]);
}

const configOf = (facts: InputFacts): Json => [facts.type, facts.options];

function about(facts: InputFacts, more: Record<string, Json> = {}): JsonObject {
  return new Map<string, Json>([
    ['input_name', facts.name],
    ['input_config', configOf(facts)],
    ...Object.entries(more),
  ]);
}

export function requiredInputMissing(facts: InputFacts, isDynamic: boolean): Problem {
  const details = isDynamic ? facts.name.slice(facts.name.lastIndexOf('.') + 1) : facts.name;
  return problem('required_input_missing', 'Required input is missing', details, new Map([['input_name', facts.name]]));
}

export function badLinkedInput(facts: InputFacts, received: Json): Problem {
  const message = 'Bad linked input, must be a length-2 list of [node_id, slot_index]';
  return problem('bad_linked_input', message, facts.name, about(facts, { received_value: received }));
}

export function returnTypeMismatch(facts: InputFacts, received: Json, link: Json): Problem {
  const details = `${facts.name}, received_type(${typeText(received)}) mismatch input_type(${typeText(facts.type)})`;
  return problem(
    'return_type_mismatch',
    'Return type mismatch between linked nodes',
    details,
    about(facts, { received_type: received, linked_node: link }),
  );
}

export function invalidInputType(facts: InputFacts, received: Json, reason: string): Problem {
  return problem(
    'invalid_input_type',
    `Failed to convert an input value to a ${typeText(facts.type)} value`,
    `${facts.name}, ${pythonRepr(received).slice(0, 1000)}, ${reason}`,
    about(facts, { received_value: received, exception_message: reason }),
  );
}

export function outOfRange(type: string, message: string, facts: InputFacts, received: Json): Problem {
  return problem(type, message, facts.name, about(facts, { received_value: received }));
}

export function valueNotInList(facts: InputFacts, unlisted: UnlistedChoice, received: Json): Problem {
  const extra = about(facts, { received_value: received });
  if (unlisted.isLong) extra.set('input_config', null);
  return problem('value_not_in_list', 'Value not in list', unlisted.details, extra);
}

export function customValidationFailed(name: string | undefined, text: string | undefined): Problem {
  const details = [name, text].filter((part) => part !== undefined && part !== '').join(' - ');
  const extra: JsonObject = new Map(name === undefined ? [] : [['input_name', name]]);
  return problem('custom_validation_failed', 'Custom validation failed for node', details, extra);
}

/** An exception while a node was checked: the link leads nowhere, or the node's own check threw. */
export interface ThrownProblem {
  readonly type: string;
  readonly text: string;
  readonly trace: readonly string[];
}

/** How a node was reached: the input of a consumer, and its link. */
export interface Reached {
  readonly facts: InputFacts;
  readonly link: Json;
}

export function exceptionDuringValidation(thrown: ThrownProblem, via: Reached | undefined): Problem {
  const facts: Record<string, Json> = {
    exception_message: thrown.text,
    exception_type: thrown.type,
    traceback: [...thrown.trace],
  };
  if (!via) {
    const extra = new Map<string, Json>([
      ['exception_type', thrown.type],
      ['traceback', [...thrown.trace]],
    ]);
    return problem('exception_during_validation', 'Exception when validating node', thrown.text, extra);
  }
  const extra = about(via.facts, { ...facts, linked_node: via.link });
  return problem('exception_during_inner_validation', 'Exception when validating inner node', thrown.text, extra);
}

/** Past so many nodes a cycle is told by its first ones. */
const MAX_TOLD_CYCLE = 100;
const TOLD_OF_LONG_CYCLE = 20;

export interface Cycle {
  readonly details: string;
  readonly nodes: string[];
}

/** A cycle, told from consumer to source. */
export function describeCycle(path: readonly { readonly id: string; readonly classType: string }[]): Cycle {
  const told = path.length > MAX_TOLD_CYCLE ? path.slice(0, TOLD_OF_LONG_CYCLE) : path;
  const steps = told.map(({ id, classType }) => `${id} (${classType})`);
  if (told.length < path.length) steps.push(`... ${path.length - told.length} more`);
  return { details: [...steps, steps[0]].join(' -> '), nodes: told.map(({ id }) => id) };
}

export function dependencyCycle(id: string, cycle: Cycle): Problem {
  const extra = new Map<string, Json>([
    ['node_id', id],
    ['cycle_nodes', cycle.nodes],
  ]);
  return problem('dependency_cycle', 'Dependency cycle detected', cycle.details, extra);
}

export function missingNodeType(id: string, classType: string | null, title: string | undefined): Problem {
  const message =
    classType === null
      ? `Node '${title ?? `ID #${id}`}' has no class_type: the workflow may be damaged, or a node pack is missing.`
      : `Node '${title ?? classType}' was not found: the pack that provides it may not be loaded.`;
  const extra = new Map<string, Json>([
    ['node_id', id],
    ['class_type', classType],
    ['node_title', title ?? classType],
  ]);
  return problem('missing_node_type', message, `Node ID '#${id}'`, extra);
}

function typeText(type: Json): string {
  return typeof type === 'string' ? type : pythonRepr(type);
}
