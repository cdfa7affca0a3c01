/** Sets single inputs of a prompt by address: `6.text`. */
import { asObject } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { widgetPlaces } from './widget-spec.ts';
import { MAX_PROBLEMS } from './workflow.ts';
import type { WorkflowProblem } from './workflow.ts';

const MAX_ADDRESS_LENGTH = 1000;

export interface ApplyOptions {
  /** Node descriptions by class; with them, inputs that a node does not declare are problems. */
  descriptions?: ReadonlyMap<string, NodeDescription> | undefined;
}

/**
 * A prompt with some inputs set. Addresses are `<node id>.<input name>`; both may contain dots, the longest id that the
 * prompt has wins. A list is a value unless it is `[id of a node of the prompt, slot]`. The prompt given stays as it is.
 *
 * @returns The new prompt, or all problems: `invalid_input_name`, `unknown_node`, `unknown_input`.
 */
export function applyInputs(
  prompt: JsonObject,
  sets: ReadonlyMap<string, Json>,
  { descriptions }: ApplyOptions = {},
): JsonObject | WorkflowProblem[] {
  const changed: JsonObject = new Map(prompt);
  const copied = new Map<string, JsonObject>();
  const problems: WorkflowProblem[] = [];
  for (const [address, value] of sets) {
    const target = splitAddress(prompt, address);
    const problem = target.kind === 'problem' ? target.problem : undeclared(prompt, target, descriptions);
    if (problem) {
      if (problems.length < MAX_PROBLEMS) problems.push(problem);
    } else if (target.kind === 'input') {
      let inputs = copied.get(target.nodeId);
      if (!inputs) {
        const node = asObject(prompt.get(target.nodeId))!;
        inputs = new Map(asObject(node.get('inputs')));
        copied.set(target.nodeId, inputs);
        changed.set(target.nodeId, new Map(node).set('inputs', inputs));
      }
      inputs.set(target.name, asInput(prompt, value));
    }
  }
  return problems.length ? problems : changed;
}

interface Target {
  readonly kind: 'input';
  readonly nodeId: string;
  readonly name: string;
}

type Address = Target | { readonly kind: 'problem'; readonly problem: WorkflowProblem };

function splitAddress(prompt: JsonObject, address: string): Address {
  const dots = address.length <= MAX_ADDRESS_LENGTH ? address.lastIndexOf('.') : -1;
  if (dots <= 0 || dots === address.length - 1) {
    const message = `${JSON.stringify(address.slice(0, 100))} is not an input: write <node id>.<input name>, as in 6.text.`;
    return { kind: 'problem', problem: { nodeId: '', type: 'invalid_input_name', message } };
  }
  for (let dot = dots; dot > 0; dot = address.lastIndexOf('.', dot - 1)) {
    const nodeId = address.slice(0, dot);
    if (prompt.get(nodeId) instanceof Map) return { kind: 'input', nodeId, name: address.slice(dot + 1) };
  }
  const nodeId = address.slice(0, address.indexOf('.'));
  const ids = [...prompt.keys()];
  const known = ids.length > 20 ? `${ids.slice(0, 20).join(', ')}, ...` : ids.join(', ');
  const message = `There is no node ${nodeId} to set ${address} on. Nodes: ${known}.`;
  return { kind: 'problem', problem: { nodeId, type: 'unknown_node', message } };
}

function undeclared(
  prompt: JsonObject,
  { nodeId, name }: Target,
  descriptions: ReadonlyMap<string, NodeDescription> | undefined,
): WorkflowProblem | undefined {
  const node = asObject(prompt.get(nodeId));
  const classType = node?.get('class_type');
  const description = typeof classType === 'string' ? descriptions?.get(classType) : undefined;
  if (!description || asObject(node?.get('inputs'))?.has(name)) return undefined;
  const groups = asObject(description.get('input'));
  const names = ['required', 'optional'].flatMap((group) => [...(asObject(groups?.get(group))?.keys() ?? [])]);
  // members of dynamic inputs are named after the input: `images.image0`
  if (names.includes(name) || names.includes(name.split('.', 1)[0]!)) return undefined;
  const widgets = widgetPlaces(description, new Set()).flatMap((place) =>
    place.kind === 'widget' ? [place.spec.name] : [],
  );
  const known = widgets.length ? widgets : names;
  const message = `Node ${nodeId} (${classType as string}) has no input ${name}. It has: ${known.join(', ') || 'none'}.`;
  return { nodeId, type: 'unknown_input', message };
}

function asInput(prompt: JsonObject, value: Json): Json {
  if (!Array.isArray(value)) return value;
  const [from, slot] = value;
  const isLink = value.length === 2 && typeof from === 'string' && Number.isSafeInteger(slot) && prompt.has(from);
  return isLink ? value : new Map<string, Json>([['__value__', value]]);
}
