/** From a node's definition to what clients read at `GET /object_info`. */
import { toJson } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import type { DescribeContext } from './context.ts';
import type { AnyNode } from './define-node.ts';
import type { InputSpec, InputSpecs } from './input.ts';
import type { OutputSpec } from './output.ts';

type Form = 'classic' | 'schema';

/** Describes a node; asks for choices that depend on files, so it may wait and may fail. */
export async function describeNode(node: AnyNode, module: string, context: DescribeContext): Promise<NodeDescription> {
  const form: Form = node.form ?? 'classic';
  const groups = await describeInputs(node.inputs, form, context);
  const order: JsonObject = new Map([...groups].map(([group, inputs]) => [group, [...(inputs as JsonObject).keys()]]));
  const outputs = Object.entries(node.outputs as Record<string, OutputSpec>);

  const description: NodeDescription = new Map<string, Json>([
    ['input', groups],
    ['input_order', order],
    ['is_input_list', node.takesLists === true],
    ['output', outputs.map(([, spec]) => toJson(spec.type))],
    ['output_is_list', outputs.map(([, spec]) => spec.list)],
    ['output_name', outputs.map(([key, spec]) => spec.name ?? key)],
    ['name', node.type],
    ['display_name', node.displayName ?? (form === 'classic' ? node.type : null)],
    ['description', node.description ?? ''],
    ['python_module', module],
    ['category', node.category],
    ['output_node', node.outputNode === true],
    ['has_intermediate_output', node.intermediateOutput === true],
  ]);
  const tooltips = outputs.map(([, spec]) => spec.tooltip ?? null);
  if (form === 'schema') {
    description.set('output_tooltips', tooltips);
    const templates = outputs.map(([, spec]) => spec.template ?? null);
    description.set('output_matchtypes', templates.some(Boolean) ? templates : null);
    description.set('deprecated', node.deprecated === true);
    description.set('experimental', node.experimental === true);
    description.set('dev_only', node.devOnly === true);
    description.set('api_node', false);
    description.set('search_aliases', toJson(node.searchAliases));
    description.set('essentials_category', node.essentialsCategory ?? null);
    description.set('price_badge', null);
  } else {
    if (tooltips.some(Boolean)) description.set('output_tooltips', tooltips);
    if (node.deprecated) description.set('deprecated', true);
    if (node.experimental) description.set('experimental', true);
    if (node.devOnly) description.set('dev_only', true);
    description.set('search_aliases', toJson(node.searchAliases ?? []));
    if (node.essentialsCategory) description.set('essentials_category', node.essentialsCategory);
  }
  return description;
}

async function describeInputs(inputs: InputSpecs, form: Form, context: DescribeContext): Promise<JsonObject> {
  const groups: JsonObject = new Map();
  if (form === 'schema') groups.set('required', new Map());
  for (const group of ['required', 'optional', 'hidden']) {
    const members: JsonObject = new Map();
    for (const [name, spec] of Object.entries(inputs)) {
      if (spec.group === group) members.set(name, await describeInput(spec, form, context));
    }
    if (members.size) groups.set(group, members);
  }
  return groups;
}

async function describeInput(spec: InputSpec, form: Form, context: DescribeContext): Promise<Json> {
  if (spec.group === 'hidden') return form === 'schema' ? [spec.type] : spec.type;
  const options: JsonObject = new Map(spec.options);
  const choices = spec.choices ? [...(await spec.choices(context))] : Array.isArray(spec.type) ? spec.type : undefined;
  let type: Json = spec.type;
  if (choices) {
    const combo = (spec.choiceForm ?? (form === 'schema' ? 'combo' : 'list')) === 'combo';
    type = combo ? 'COMBO' : choices;
    if (combo) {
      if (!options.has('multiselect') && form === 'schema') options.set('multiselect', false);
      if (!options.has('options')) options.set('options', choices);
    }
  }
  await describeMembers(spec, options, context);
  return options.size || form === 'schema' ? [type, options] : [type];
}

/** Members of a dynamic input are always told in the schema form. */
async function describeMembers(spec: InputSpec, options: JsonObject, context: DescribeContext): Promise<void> {
  const { members } = spec;
  if (!members) return;
  if (members.by === 'autogrow') {
    const template: JsonObject = new Map(options.get('template') as JsonObject);
    const prefix = template.get('prefix');
    const name = typeof prefix === 'string' ? prefix : 'input';
    const required: JsonObject = new Map([[name, await describeInput(members.template, 'schema', context)]]);
    options.set('template', new Map<string, Json>([['input', new Map([['required', required]])], ...template]));
  } else if (members.by === 'combo') {
    const choices: Json[] = [];
    for (const { key, inputs } of members.options) {
      choices.push(
        new Map<string, Json>([
          ['key', key],
          ['inputs', await describeInputs(inputs, 'schema', context)],
        ]),
      );
    }
    options.set('options', choices);
  } else {
    options.set('inputs', await describeInputs(members.inputs, 'schema', context));
  }
}
