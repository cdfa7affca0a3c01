/** What is wrong with a prompt, from the server's form to one line each. */
import { asObject, pythonStr } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { Refusal } from './prompt-host.ts';

/** Problems by node: the `node_errors` of an answer. */
export function nodeRefusals(nodeErrors: JsonObject): Refusal[] {
  const refusals: Refusal[] = [];
  for (const [node, entry] of nodeErrors) {
    const errors = asObject(entry)?.get('errors');
    for (const error of Array.isArray(errors) ? errors : []) {
      const problem = asObject(error) ?? new Map<string, Json>();
      const input = asObject(problem.get('extra_info'))?.get('input_name');
      refusals.push({
        node,
        classType: textOf(asObject(entry)?.get('class_type')),
        input: textOf(input),
        reason: sentence(problem),
      });
    }
  }
  return refusals;
}

/** Everything that an answer which refuses a prompt says. */
export function allRefusals(error: Json | undefined, nodeErrors: JsonObject | undefined): Refusal[] {
  const refusals = nodeRefusals(nodeErrors ?? new Map());
  if (refusals.length) return refusals;
  const problem =
    asObject(error) ?? new Map<string, Json>([['message', textOf(error) || 'the server gives no reason']]);
  const about = asObject(problem.get('extra_info'));
  const named = { node: textOf(about?.get('node_id')), classType: textOf(about?.get('class_type')), input: '' };
  return [{ ...named, reason: sentence(problem) }];
}

/** `node 5 (ImageSharpen), input alpha: Value 9.0 bigger than max of 5.0`. */
export function refusalLine({ node, classType, input, reason }: Refusal): string {
  // the sentence may name the node already
  if (node && reason.toLowerCase().includes(`node ${node.toLowerCase()}`)) return reason;
  const where = [node && `node ${node}${classType ? ` (${classType})` : ''}`, input && `input ${input}`];
  const told = where.filter(Boolean).join(', ');
  return told ? `${told}: ${reason}` : reason;
}

function sentence(problem: JsonObject): string {
  const [message, details] = [textOf(problem.get('message')), textOf(problem.get('details'))];
  const isRepeated = !details || details === textOf(asObject(problem.get('extra_info'))?.get('input_name'));
  return isRepeated || message.includes(details) ? message : `${message}: ${details}`;
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? '' : pythonStr(value);
}
