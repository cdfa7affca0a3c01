import { asObject, parseJson, toJson } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import type { NodeDescription } from '@snug/protocol';
import { FRONT_END_NODES } from './front-end-nodes.ts';
import { listOf, textOf, textsOf } from './option.ts';
import { readInputs } from './read-inputs.ts';
import type { Catalogue, NodeDefinition, OutputDefinition } from './types.ts';

/**
 * The nodes of a server, and those that only front ends have. What cannot be read is left out; it never throws for what
 * a description says.
 *
 * @param objectInfo what `GET /object_info` answers: plain data, our lossless JSON, or JSON text
 * @throws {JsonError} for text that is no JSON
 */
export function readCatalogue(objectInfo: unknown): Catalogue {
  const json = typeof objectInfo === 'string' ? parseJson(objectInfo) : asJson(objectInfo);
  const descriptions = new Map<string, NodeDescription>();
  const definitions = new Map<string, NodeDefinition>();
  for (const [type, declared] of asObject(json) ?? []) {
    const description = asObject(declared);
    if (!description) continue;
    descriptions.set(type, description);
    definitions.set(type, readDefinition(type, description));
  }
  for (const node of FRONT_END_NODES) if (!descriptions.has(node.type)) definitions.set(node.type, node);
  return { definitions, descriptions };
}

const asJson = (value: unknown): Json => (value instanceof Map ? (value as Map<string, Json>) : toJson(value));

function readDefinition(type: string, description: NodeDescription): NodeDefinition {
  const flag = (key: string): boolean => description.get(key) === true;
  const name = textOf(description.get('display_name'));
  return {
    type,
    name: name === undefined || name === '' ? type : name,
    description: textOf(description.get('description')) ?? '',
    category: (textOf(description.get('category')) ?? '').split('/').filter((part) => part !== ''),
    inputs: readInputs(asObject(description.get('input'))),
    outputs: readOutputs(description),
    isOutput: flag('output_node'),
    isDeprecated: flag('deprecated'),
    isExperimental: flag('experimental'),
    isApiNode: flag('api_node'),
    module: textOf(description.get('python_module')) ?? '',
    aliases: textsOf(description.get('search_aliases')),
    hidden: [...(asObject(asObject(description.get('input'))?.get('hidden'))?.keys() ?? [])],
    source: description,
  };
}

function readOutputs(description: NodeDescription): OutputDefinition[] {
  const names = listOf(description.get('output_name'));
  const lists = listOf(description.get('output_is_list'));
  const tooltips = listOf(description.get('output_tooltips'));
  const matches = listOf(description.get('output_matchtypes'));
  return listOf(description.get('output')).map((declared, at) => {
    // a match type is what its input is linked to, which changes
    const type = typeof declared !== 'string' ? 'COMBO' : typeof matches[at] === 'string' ? '*' : declared;
    return {
      name: textOf(names[at]) ?? type,
      type: type === 'COMFY_MATCHTYPE_V3' ? '*' : type,
      isList: lists[at] === true,
      tooltip: textOf(tooltips[at]),
    };
  });
}
