/** One class in the table of a generated file: names of its outputs, and how members of dynamic inputs are called. */
import { asObject, DYNAMIC_TYPES } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { memberName, quoted } from './code-text.ts';

const WIDTH = 120;
const MAX_DEPTH = 8;

export function tableLines(
  classType: string,
  description: NodeDescription,
  outputs: readonly { readonly name: string }[],
): string[] {
  const names = outputs.map(({ name }) => quoted(name));
  const members = dynamicInputs(asObject(description.get('input')));
  // written plainly, it would be the prototype of the table
  const key = classType === '__proto__' ? "['__proto__']" : memberName(classType);
  const parts = [`outputs: ${list(names)}`];
  if (members.length)
    parts.push(`members: { ${members.map(({ name, names }) => `${keyOf(name)}: ${names.flat}`).join(', ')} }`);
  const line = `  ${key}: { ${parts.join(', ')} },`;
  if (line.length <= WIDTH) return [line];
  const lines = [`  ${key}: {`, ...listLines('outputs', names, '    ')];
  if (members.length) {
    lines.push('    members: {');
    for (const { name, names } of members) {
      const member = `      ${keyOf(name)}: ${names.flat},`;
      if (member.length <= WIDTH) lines.push(member);
      else lines.push(`      ${keyOf(name)}: {`, ...names.lines, '      },');
    }
    lines.push('    },');
  }
  return [...lines, '  },'];
}

const keyOf = (name: string): string => (name === '__proto__' ? "['__proto__']" : memberName(name));
const list = (items: readonly string[]): string => `[${items.join(', ')}]`;

function listLines(name: string, items: readonly string[], indent: string): string[] {
  const line = `${indent}${name}: ${list(items)},`;
  if (line.length <= WIDTH) return [line];
  return [`${indent}${name}: [`, ...items.map((item) => `${indent}  ${item},`), `${indent}],`];
}

interface DynamicInput {
  /** Dotted where it is inside another. */
  readonly name: string;
  readonly names: { readonly flat: string; readonly lines: readonly string[] };
}

function dynamicInputs(groups: JsonObject | undefined, prefix = '', depth = 0): DynamicInput[] {
  const found = new Map<string, DynamicInput>();
  for (const group of ['required', 'optional']) {
    for (const [key, input] of asObject(groups?.get(group)) ?? []) {
      if (!Array.isArray(input)) continue;
      const options = asObject(input[1]);
      const name = prefix + key;
      const inner = innerGroups(input[0], options);
      if (!inner || depth > MAX_DEPTH || found.has(name)) continue;
      found.set(name, { name, names: memberNames(input[0], options) });
      for (const one of inner.flatMap((groups) => dynamicInputs(groups, `${name}.`, depth + 1)))
        if (!found.has(one.name)) found.set(one.name, one);
    }
  }
  return [...found.values()];
}

/** The inputs that a dynamic input brings along, by choice; undefined when it is none. */
function innerGroups(type: Json | undefined, options: JsonObject | undefined): (JsonObject | undefined)[] | undefined {
  if (type === DYNAMIC_TYPES.autogrow) return [];
  if (type === DYNAMIC_TYPES.slot) return [asObject(options?.get('inputs'))];
  if (type !== DYNAMIC_TYPES.combo) return undefined;
  const choices = options?.get('options');
  return (Array.isArray(choices) ? choices : []).map((choice) => asObject(asObject(choice)?.get('inputs')));
}

function memberNames(type: Json | undefined, options: JsonObject | undefined): DynamicInput['names'] {
  if (type !== DYNAMIC_TYPES.autogrow) return { flat: '{}', lines: [] };
  const template = asObject(options?.get('template'));
  const names = template?.get('names');
  if (Array.isArray(names)) {
    const items = names.map(String).map(quoted);
    return { flat: `{ names: ${list(items)} }`, lines: listLines('names', items, '        ') };
  }
  const prefix = template?.get('prefix');
  const text = `prefix: ${quoted(typeof prefix === 'string' ? prefix : '')}`;
  return { flat: `{ ${text} }`, lines: [`        ${text},`] };
}
