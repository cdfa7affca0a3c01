/** Where a link really comes from, past reroutes, bypassed nodes and the borders of subgraphs. */
import type { Json, NodeDescription } from '@snug/protocol';
import { typesConnect } from '../socket-types.ts';
import type { Scope } from './flat-graph.ts';
import { roleOf } from './front-end-node.ts';
import { isControlWord } from './value-control.ts';
import { NODE_MODES } from './workflow.ts';
import type { Workflow, WorkflowGraph, WorkflowInput, WorkflowLink, WorkflowNode } from './workflow.ts';

/** A value of a primitive, or of a node that stands for a subgraph. */
export interface HeldValue {
  readonly kind: 'value';
  readonly value: Json;
  /** How a primitive changes the value after each run. */
  readonly control: string | undefined;
  /** Links that share a value have the same holder and name. */
  readonly holder: object;
  readonly name: string;
}

export type LinkSource =
  | { readonly kind: 'output'; readonly nodeId: string; readonly slot: number }
  | HeldValue
  /** A muted node, whose consumers lose the input. */
  | { readonly kind: 'muted'; readonly nodeId: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'cycle' }
  /** The budget for following links is used up. */
  | { readonly kind: 'exhausted' };

interface Place {
  readonly scope: Scope;
  readonly link: WorkflowLink;
}

const NOTHING: LinkSource = { kind: 'nothing' };
const CYCLE: LinkSource = { kind: 'cycle' };
/** Steps for all links of a workflow: each is walked once for every type that asks for it. */
const MAX_STEPS = 1_000_000;

type Memo = Map<Scope, Map<WorkflowLink, LinkSource>>;

export class LinkTracer {
  readonly #workflow: Workflow;
  readonly #descriptions: ReadonlyMap<string, NodeDescription>;
  readonly #memos = new Map<string, Memo>();
  readonly #setNodes = new Map<WorkflowGraph, Map<string, WorkflowNode>>();
  #steps = 0;

  constructor(workflow: Workflow, descriptions: ReadonlyMap<string, NodeDescription>) {
    this.#workflow = workflow;
    this.#descriptions = descriptions;
  }

  /** The source of what an input of the given type receives over a link; undefined links have none. */
  trace(scope: Scope, linkId: string | undefined, type: string): LinkSource {
    const memo = this.#memos.get(type) ?? new Map<Scope, Map<WorkflowLink, LinkSource>>();
    this.#memos.set(type, memo);
    const passed: Place[] = [];
    let found: LinkSource | undefined;
    let place = placeOf(scope, linkId);
    while (!found) {
      const known = place && memo.get(place.scope)?.get(place.link);
      if (!place) found = NOTHING;
      else if (known) found = known;
      else if (++this.#steps > MAX_STEPS) return { kind: 'exhausted' };
      else {
        // until the end is known, meeting the link again means going in circles
        remember(memo, place, CYCLE);
        passed.push(place);
        const next: Place | LinkSource | undefined = this.#step(place, type);
        if (next && 'kind' in next) found = next;
        else place = next;
      }
    }
    for (const one of passed) remember(memo, one, found);
    return found;
  }

  #step({ scope, link }: Place, type: string): Place | LinkSource | undefined {
    const { graph, host } = scope;
    if (host && link.from === host.subgraph.inputNode) return fromOutside(host, link.fromSlot);
    const node = graph.nodes.get(link.from);
    if (!node) return undefined;
    if (node.mode === NODE_MODES.muted) return { kind: 'muted', nodeId: scope.prefix + node.id };
    if (node.mode === NODE_MODES.bypassed) {
      this.#steps += node.inputs.length;
      return placeOf(scope, passedInput(node, link.fromSlot, type)?.link);
    }
    const role = roleOf(node, this.#descriptions);
    switch (role) {
      case 'reroute':
      case 'set':
        return placeOf(scope, node.inputs[0]?.link);
      case 'get':
        return this.#fromSetNode(scope, node);
      case 'primitive':
        return primitiveValue(node);
      case 'note':
        return undefined;
      case undefined:
        break;
    }
    if (!this.#workflow.subgraphs.has(node.type)) {
      return { kind: 'output', nodeId: scope.prefix + node.id, slot: link.fromSlot };
    }
    const inside = scope.inner.get(node.id);
    const output = inside?.host?.subgraph.outputLinks.get(link.fromSlot);
    return inside && output && { scope: inside, link: output };
  }

  #fromSetNode(scope: Scope, getNode: WorkflowNode): Place | undefined {
    const name = nameOf(getNode);
    for (let at: Scope | undefined = scope; at; at = at.host?.scope) {
      const setNode = name === undefined ? undefined : this.#setNodesOf(at.graph).get(name);
      if (setNode) return placeOf(at, setNode.inputs[0]?.link);
    }
    return undefined;
  }

  #setNodesOf(graph: WorkflowGraph): Map<string, WorkflowNode> {
    let byName = this.#setNodes.get(graph);
    if (!byName) {
      byName = new Map();
      for (const node of graph.nodes.values()) {
        const name = roleOf(node, this.#descriptions) === 'set' ? nameOf(node) : undefined;
        if (name !== undefined) byName.set(name, node);
      }
      this.#setNodes.set(graph, byName);
    }
    return byName;
  }
}

function remember(memo: Memo, { scope, link }: Place, source: LinkSource): void {
  const links = memo.get(scope);
  if (links) links.set(link, source);
  else memo.set(scope, new Map([[link, source]]));
}

function placeOf(scope: Scope, linkId: string | undefined): Place | undefined {
  const link = linkId === undefined ? undefined : scope.graph.links.get(linkId);
  return link && { scope, link };
}

function fromOutside(host: NonNullable<Scope['host']>, slot: number): Place | LinkSource | undefined {
  const declared = host.subgraph.inputs[slot];
  if (!declared) return undefined;
  const linked = placeOf(host.scope, host.inputs.get(declared.name)?.link);
  if (linked) return linked;
  const value = host.values.byInput.get(declared.name);
  return value === undefined
    ? undefined
    : { kind: 'value', value, control: undefined, holder: host, name: declared.name };
}

function primitiveValue(node: WorkflowNode): LinkSource | undefined {
  if (!Array.isArray(node.widgetValues)) return undefined;
  const [value, control] = node.widgetValues as readonly Json[];
  if (value === undefined || value === null) return undefined;
  return { kind: 'value', value, control: isControlWord(control) ? control : undefined, holder: node, name: '' };
}

function nameOf(node: WorkflowNode): string | undefined {
  const [name] = Array.isArray(node.widgetValues) ? (node.widgetValues as readonly Json[]) : [];
  return typeof name === 'string' ? name : undefined;
}

/**
 * The input that a bypassed node hands on through one of its outputs: the one at the same position when its type fits,
 * else the first of the type that is asked for.
 */
function passedInput(node: WorkflowNode, slot: number, asked: string): WorkflowInput | undefined {
  const same = node.inputs[slot];
  const offered = node.outputs[slot]?.type ?? '*';
  if (asked === '*') return same ?? node.inputs.find(({ type }) => typesConnect(type, offered));
  if (same && typesConnect(same.type, offered) && typesConnect(same.type, asked)) return same;
  return node.inputs.find(({ type }) => type === asked) ?? node.inputs.find(({ type }) => typesConnect(type, asked));
}
