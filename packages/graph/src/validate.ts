/** Holds a prompt against the descriptions of its nodes, and reports everything that is wrong with it at once. */
import { asObject, pythonStr } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { NodeType } from './node-type.ts';
import { nodeTitle } from './prompt.ts';
import { exceptionDuringValidation, customValidationFailed, missingNodeType, problem } from './problems.ts';
import type { Problem, ThrownProblem } from './problems.ts';
import { visitPrompt } from './visit.ts';
import type { Visit } from './visit.ts';

/** A node's own validation that must be asked for: its code does not run here. */
export interface OwnCheck {
  readonly nodeId: string;
  readonly classType: string;
  /** Literals by name; null for linked inputs. */
  readonly values: ReadonlyMap<string, Json>;
  /** The types of linked values by input name. */
  readonly types: ReadonlyMap<string, string>;
}

export type OwnCheckResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly text?: string | undefined }
  | { readonly kind: 'thrown'; readonly thrown: ThrownProblem };

export interface ValidateOptions {
  readonly typeOf: (classType: string) => NodeType | undefined;
  /** Runs nodes' own validations; results in the order of the checks. */
  readonly check: (checks: readonly OwnCheck[]) => Promise<readonly OwnCheckResult[]>;
  /** `partial_execution_targets` as received: null or undefined takes every output node. */
  targets?: Json | undefined;
  /** More nodes are refused. Default 250,000. */
  maxNodes?: number | undefined;
}

export type Validation =
  | {
      readonly kind: 'valid';
      /** Output nodes that can run, in prompt order. */
      readonly targets: readonly string[];
      /** Problems of output nodes that cannot; empty when all can. */
      readonly nodeErrors: JsonObject;
    }
  | { readonly kind: 'refused'; readonly error: Problem; readonly nodeErrors: JsonObject };

const DEFAULT_MAX_NODES = 250_000;
/** Entries of all `dependent_outputs` together: the lists grow with the square of the problems otherwise. */
const MAX_DEPENDENTS = 100_000;

const refused = (error: Problem, nodeErrors: JsonObject = new Map()): Validation => ({
  kind: 'refused',
  error,
  nodeErrors,
});

/**
 * Validates a prompt and coerces its literals in place. Linear in the size of the prompt, without recursion.
 */
export async function validatePrompt(prompt: Json, options: ValidateOptions): Promise<Validation> {
  const { typeOf, check, targets = null, maxNodes = DEFAULT_MAX_NODES } = options;
  if (!(prompt instanceof Map))
    return refused(problem('invalid_prompt', 'The prompt must be an object of nodes by id.'));
  if (prompt.size > maxNodes) {
    return refused(
      problem('graph_too_large', `The prompt has ${prompt.size} nodes; at most ${maxNodes} are accepted.`),
    );
  }
  const types = new Map<string, NodeType>();
  for (const [id, node] of prompt) {
    if (!(node instanceof Map))
      return refused(problem('invalid_prompt', `Node '${id}' must be an object.`, `Node ID '#${id}'`));
    const classType = node.get('class_type');
    if (typeof classType !== 'string') return refused(missingNodeType(id, null, nodeTitle(node)));
    const type = typeOf(classType);
    if (!type) return refused(missingNodeType(id, classType, nodeTitle(node)));
    types.set(id, type);
  }
  const isTarget = targetTest(targets);
  const roots = [...types].filter(([id, type]) => type.isOutput && isTarget(id)).map(([id]) => id);
  if (!roots.length) return refused(problem('prompt_no_outputs', 'Prompt has no outputs'));

  const visits = visitPrompt(prompt as Map<string, JsonObject>, types, roots);
  await applyOwnChecks(visits, check);
  return conclude(visits, roots);
}

function targetTest(targets: Json): (id: string) => boolean {
  if (targets === null) return () => true;
  if (typeof targets === 'string') return (id) => targets.includes(id);
  const named = Array.isArray(targets) ? new Set(targets) : targets instanceof Map ? targets : new Set();
  return (id) => named.has(id);
}

async function applyOwnChecks(visits: ReadonlyMap<string, Visit>, check: ValidateOptions['check']): Promise<void> {
  const checked = [...visits.values()].filter((visit) => visit.ownCheck);
  if (!checked.length) return;
  const results = await check(checked.map((visit) => visit.ownCheck!));
  for (const [at, visit] of checked.entries()) {
    const result = results[at];
    if (!result || result.kind === 'accepted') continue;
    if (result.kind === 'thrown') visit.thrown ??= result.thrown;
    else {
      const names = [...visit.ownCheck!.values.keys()];
      if (visit.type.ownValidation?.types) names.push('input_types');
      if (names.length) visit.errors.push(...names.map((name) => customValidationFailed(name, result.text)));
      else visit.errors.push(customValidationFailed(undefined, result.text));
    }
  }
}

/** Sources come before their consumers in `visits`, so one pass decides who is valid. */
function conclude(visits: ReadonlyMap<string, Visit>, roots: readonly string[]): Validation {
  for (const visit of visits.values()) {
    // an exception discards what else was found at the node
    if (visit.thrown) visit.errors = [exceptionDuringValidation(visit.thrown, visit.via)];
    visit.isValid = !visit.errors.length && !visit.isCyclic && visit.sources.every((source) => source.isValid);
  }
  const targets = roots.filter((id) => visits.get(id)!.isValid);
  const nodeErrors = targets.length < roots.length ? reportErrors(visits, roots) : new Map<string, Json>();
  if (targets.length) return { kind: 'valid', targets, nodeErrors };
  const own = roots.flatMap((id) => visits.get(id)!.errors);
  const details = own
    .map((error) => `${pythonStr(error.get('message'))}: ${pythonStr(error.get('details'))}`)
    .join('\n');
  return refused(problem('prompt_outputs_failed_validation', 'Prompt outputs failed validation', details), nodeErrors);
}

function reportErrors(visits: ReadonlyMap<string, Visit>, roots: readonly string[]): JsonObject {
  const report: JsonObject = new Map();
  const reported: { visit: Visit; dependents: Json[] }[] = [];
  const faulty = [...visits.values()].filter((visit) => visit.errors.length);
  let next = 0;
  let budget = MAX_DEPENDENTS;
  for (const [at, root] of roots.entries()) {
    if (visits.get(root)!.isValid) continue;
    // as in the reference, a root is noted at every problem found up to its own turn
    for (; next < faulty.length && faulty[next]!.foundBy <= at; next++) {
      const visit = faulty[next]!;
      const dependents: Json[] = [];
      reported.push({ visit, dependents });
      report.set(
        visit.id,
        new Map<string, Json>([
          ['errors', visit.errors],
          ['dependent_outputs', dependents],
          ['class_type', visit.type.classType],
        ]),
      );
    }
    for (const { dependents } of reported) {
      if (budget-- <= 0) break;
      dependents.push(root);
    }
  }
  return report;
}

/** The problems of a refused or half-accepted prompt as flat sentences, for logs and terminals. */
export function listProblems(nodeErrors: JsonObject): { nodeId: string; classType: string; text: string }[] {
  const list: { nodeId: string; classType: string; text: string }[] = [];
  for (const [nodeId, entry] of nodeErrors) {
    const errors = asObject(entry)?.get('errors');
    for (const error of Array.isArray(errors) ? errors : []) {
      const details = asObject(error)?.get('details');
      const text = `${pythonStr(asObject(error)?.get('message'))}${details ? `: ${pythonStr(details)}` : ''}`;
      list.push({ nodeId, classType: pythonStr(asObject(entry)?.get('class_type')), text });
    }
  }
  return list;
}
