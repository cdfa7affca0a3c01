/** The walk from the output nodes to everything they need, checking each node once. */
import { Float, pythonRepr } from '@snug/protocol';
import type { InputType, Json, JsonObject } from '@snug/protocol';
import { brokenLimit, coerce, unlistedChoice } from './literals.ts';
import { inputsInUse } from './node-type.ts';
import type { InputFacts, NodeType } from './node-type.ts';
import { asLink } from './prompt.ts';
import * as problems from './problems.ts';
import type { Problem, Reached, ThrownProblem } from './problems.ts';
import { typesConnect } from './socket-types.ts';
import type { OwnCheck } from './validate.ts';

/** What is known of one node. Visits are listed sources first. */
export interface Visit {
  readonly id: string;
  readonly classType: string;
  readonly type: NodeType;
  /** How it was first reached; undefined for an output node that was a starting point. */
  readonly via: Reached | undefined;
  /** Position of the starting point that found it. */
  readonly foundBy: number;
  errors: Problem[];
  thrown: ThrownProblem | undefined;
  ownCheck: OwnCheck | undefined;
  sources: Visit[];
  isCyclic: boolean;
  isValid: boolean;
  /** Place on the path while its sources are visited, -1 after. */
  depth: number;
}

interface Needed extends Reached {
  readonly id: string;
}

/** Steps and ids spent on telling cycles; past it further ones are still refused, but not told. */
const CYCLE_BUDGET = 1_000_000;

export function visitPrompt(
  prompt: ReadonlyMap<string, JsonObject>,
  types: ReadonlyMap<string, NodeType>,
  roots: readonly string[],
): ReadonlyMap<string, Visit> {
  const known = new Map<string, Visit>();
  const finished = new Map<string, Visit>();
  const path: { visit: Visit; needs: Needed[]; next: number }[] = [];
  let cycleBudget = CYCLE_BUDGET;

  const enter = (id: string, via: Reached | undefined, foundBy: number): Visit => {
    const type = types.get(id)!;
    const visit: Visit = {
      id,
      classType: type.classType,
      type,
      via,
      foundBy,
      errors: [],
      thrown: undefined,
      ownCheck: undefined,
      sources: [],
      isCyclic: false,
      isValid: false,
      depth: path.length,
    };
    known.set(id, visit);
    path.push({ visit, needs: inspectNode(visit, prompt.get(id)!, types), next: 0 });
    return visit;
  };
  const tellCycle = (from: Visit): void => {
    const members = path.slice(from.depth).map((step) => step.visit);
    const cycle = problems.describeCycle(members);
    cycleBudget -= members.length;
    for (const member of members) {
      if (!member.isCyclic && cycleBudget > 0) {
        cycleBudget -= cycle.nodes.length;
        member.errors.push(problems.dependencyCycle(member.id, cycle));
      }
      member.isCyclic = true;
    }
  };

  for (const [at, root] of roots.entries()) {
    if (known.has(root)) continue;
    enter(root, undefined, at);
    while (path.length) {
      const step = path.at(-1)!;
      const need = step.needs[step.next++];
      if (!need) {
        step.visit.depth = -1;
        finished.set(step.visit.id, step.visit);
        path.pop();
        continue;
      }
      const source = known.get(need.id);
      if (source && source.depth >= 0) {
        if (!step.visit.isCyclic && cycleBudget > 0) tellCycle(source);
        step.visit.isCyclic = true;
      } else step.visit.sources.push(source ?? enter(need.id, need, at));
    }
  }
  return finished;
}

/** Checks one node by itself, writes coerced literals back, and tells what it links to. */
function inspectNode(visit: Visit, node: JsonObject, types: ReadonlyMap<string, NodeType>): Needed[] {
  const given = node.get('inputs');
  if (!(given instanceof Map)) {
    visit.thrown = { type: 'KeyError', text: "'inputs'", trace: [`node ${visit.id} has no object of inputs\n`] };
    return [];
  }
  const { type } = visit;
  const own = type.ownValidation;
  const needs: Needed[] = [];
  const linkTypes = own && new Map<string, string>();
  for (const facts of inputsInUse(type, given).values()) {
    const value = given.get(facts.name);
    if (value === undefined) {
      if (facts.required) visit.errors.push(problems.requiredInputMissing(facts, type.isDynamic));
    } else if (Array.isArray(value)) {
      if (value.length !== 2) {
        visit.errors.push(problems.badLinkedInput(facts, value));
        continue;
      }
      const source = followLink(value, types);
      if ('thrown' in source) {
        const place = `input ${pythonRepr(facts.name)} of node ${visit.id}\n`;
        visit.thrown = { type: source.thrown, text: source.text, trace: [place] };
        return needs;
      }
      linkTypes?.set(facts.name, typeof source.type === 'string' ? source.type : 'COMBO');
      if (!own?.types && !typesConnect(source.type, facts.type)) {
        visit.errors.push(problems.returnTypeMismatch(facts, source.type, value));
      } else needs.push({ id: source.id, facts, link: value });
    } else checkLiteral(visit, facts, value, given);
    if (visit.thrown) return needs;
  }
  if (linkTypes) visit.ownCheck = ownCheck(visit, given, linkTypes);
  return needs;
}

/** A literal as its author meant it: `__value__` lets lists be literals. */
function unwrapped(value: Json): Json {
  const inner = value instanceof Map ? value.get('__value__') : undefined;
  return inner === undefined ? value : inner;
}

type Source = { id: string; type: InputType } | { thrown: string; text: string };

function followLink([id = null, slot = null]: Json[], types: ReadonlyMap<string, NodeType>): Source {
  const type = typeof id === 'string' ? types.get(id) : undefined;
  if (typeof id !== 'string' || !type) return { thrown: 'KeyError', text: pythonRepr(id) };
  const position = slot instanceof Float ? slot.value : slot;
  if (typeof position !== 'number' || !Number.isInteger(position)) {
    return { thrown: 'TypeError', text: `the slot of a link must be a whole number, not ${pythonRepr(slot)}` };
  }
  const received = type.outputs.at(position);
  if (received === undefined) return { thrown: 'IndexError', text: `node ${id} has no output ${position}` };
  return { id, type: received };
}

function checkLiteral(visit: Visit, facts: InputFacts, raw: Json, given: JsonObject): void {
  const value = unwrapped(raw);
  const coerced = coerce(facts.type, value);
  if (!coerced.ok) {
    visit.errors.push(problems.invalidInputType(facts, value, coerced.problem));
    return;
  }
  // a wrapped list that looks like a link stays wrapped, or it would become one
  if (coerced.value !== raw && !asLink(coerced.value)) given.set(facts.name, coerced.value);
  const own = visit.type.ownValidation?.inputs;
  if (own === 'all' || own?.has(facts.name)) return;
  const limit = brokenLimit(facts, coerced.value);
  if (limit?.type === 'not_comparable') {
    visit.thrown = {
      type: 'TypeError',
      text: limit.message,
      trace: [`input ${pythonRepr(facts.name)} of node ${visit.id}\n`],
    };
  } else if (limit) visit.errors.push(problems.outOfRange(limit.type, limit.message, facts, coerced.value));
  else {
    const unlisted = unlistedChoice(facts, coerced.value);
    if (unlisted) visit.errors.push(problems.valueNotInList(facts, unlisted, coerced.value));
  }
}

function ownCheck(visit: Visit, given: JsonObject, types: ReadonlyMap<string, string>): OwnCheck {
  const wanted = visit.type.ownValidation!.inputs;
  const values = new Map<string, Json>();
  for (const [name, value] of given) {
    if (wanted === 'all' || wanted.has(name)) values.set(name, asLink(value) ? null : unwrapped(value));
  }
  return { nodeId: visit.id, classType: visit.classType, values, types };
}
