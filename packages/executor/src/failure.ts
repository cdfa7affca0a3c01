import { stringifyJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { Failure } from './events.ts';
import type { Gathered } from './gather.ts';
import { shownValue } from './results.ts';
import type { RunNode } from './run-node.ts';

/** Values shown of a list input; a list of a million is not worth repeating. */
const MAX_SHOWN_VALUES = 100;

/** What a thrown value says of itself. Anything can be thrown. */
export function describeThrown(thrown: unknown): { type: string; message: string; trace: string[] } {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown), trace: [String(thrown)] };
  const trace = (thrown.stack ?? thrown.message).split('\n').map((line) => `${line}\n`);
  return { type: thrown.name, message: thrown.message, trace };
}

export function nodeFailure(node: RunNode, real: RunNode, thrown: unknown, gathered: Gathered | undefined, known: readonly string[]): Failure {
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
