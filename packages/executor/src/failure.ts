import { Interrupted } from '@snug/node-kit';
import { stringifyJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { Failure } from './events.ts';
import type { Gathered } from './gather.ts';
import { shownValue } from './results.ts';
import type { RunNode } from './run-node.ts';

/** Values shown of a list input; a list of a million is not worth repeating. */
const MAX_SHOWN_VALUES = 100;

/** Characters kept of what an error says. */
const MAX_TEXT = 100_000;

export interface ThrownText {
  readonly type: string;
  readonly message: string;
  readonly trace: string[];
}

/** What a thrown value says of itself. Anything can be thrown, also what throws when it is looked at. */
export function describeThrown(thrown: unknown): ThrownText {
  try {
    if (!(thrown instanceof Error)) return { type: typeof thrown, message: textOf(thrown), trace: [textOf(thrown)] };
    const stack: unknown = thrown.stack;
    const trace = textOf(stack ?? thrown.message).split('\n');
    return { type: textOf(thrown.name), message: textOf(thrown.message), trace: trace.map((line) => `${line}\n`) };
  } catch {
    return { type: typeof thrown, message: 'The node threw a value that has no text.', trace: [] };
  }
}

const textOf = (value: unknown): string => String(value).slice(0, MAX_TEXT);

/** Whether a node gave up because its prompt was interrupted. */
export function isInterruption(thrown: unknown): boolean {
  try {
    return thrown instanceof Interrupted;
  } catch {
    return false;
  }
}

export function nodeFailure(
  node: RunNode,
  real: RunNode,
  thrown: unknown,
  gathered: Gathered | undefined,
  known: readonly string[],
): Failure {
  const { type, message, trace } = describeThrown(thrown);
  return {
    nodeId: node.realId,
    nodeType: real.type.classType,
    message: `${message}\n`,
    errorType: type,
    traceback: trace,
    currentInputsText: stringifyJson(shownInputs(gathered)),
    currentOutputs: known,
  };
}

export function cycleFailure(blamed: RunNode, nodes: ReadonlyMap<string, RunNode>, known: readonly string[]): Failure {
  const shown = nodes.get(blamed.displayId) ?? blamed;
  return {
    nodeId: blamed.displayId,
    nodeType: shown.type.classType,
    message: 'Dependency cycle detected',
    errorType: 'graph.DependencyCycleError',
    traceback: [],
    currentInputsText: '[]',
    currentOutputs: known,
  };
}

function shownInputs(gathered: Gathered | undefined): JsonObject {
  const shown: JsonObject = new Map();
  for (const [name, list] of gathered?.values ?? []) {
    const values: Json[] = list.slice(0, MAX_SHOWN_VALUES).map(shownValue);
    shown.set(name, values);
  }
  return shown;
}
