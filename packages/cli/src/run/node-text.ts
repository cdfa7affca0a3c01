/** Nodes as text: one line each, or one node with everything that can be set. */
import { DYNAMIC_TYPES, asObject, plainText, pythonStr, stringifyJson } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { columnsOf } from './columns.ts';

/** Choices past this are counted. */
const MAX_CHOICES = 20;
/** Columns of a listing are not made wider for one long name. */
const MAX_COLUMN = 40;

/** Nodes whose class, name, category or other names hold the text, by class. */
export function findNodes(
  descriptions: ReadonlyMap<string, NodeDescription>,
  search: string,
): [string, NodeDescription][] {
  const wanted = search.toLowerCase();
  const found = [...descriptions].filter(([classType, description]) => {
    const aliases = description.get('search_aliases');
    const texts = [classType, description.get('display_name'), description.get('category')];
    const all = Array.isArray(aliases) ? [...texts, ...aliases] : texts;
    return all.some((text) => typeof text === 'string' && text.toLowerCase().includes(wanted));
  });
  return found.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

/** The node that is meant by a name: its class, whatever the case of the letters. */
export function namedNode(
  descriptions: ReadonlyMap<string, NodeDescription>,
  name: string,
): NodeDescription | undefined {
  const exact = descriptions.get(name);
  if (exact) return exact;
  const alike = [...descriptions].filter(([classType]) => classType.toLowerCase() === name.toLowerCase());
  return alike.length === 1 ? alike[0]![1] : undefined;
}

/** One line a node: class, category, name. */
export function nodeLines(nodes: readonly (readonly [string, NodeDescription])[]): string[] {
  const rows = nodes.map(([classType, description]) => [
    classType,
    textOf(description.get('category')),
    textOf(description.get('display_name')),
  ]);
  return table(rows);
}

/** Everything about one node. */
export function nodeDetails(description: NodeDescription): string[] {
  const classType = textOf(description.get('name'));
  const displayName = textOf(description.get('display_name'));
  const about = textOf(description.get('description'));
  const lines = [displayName && displayName !== classType ? `${classType}: ${displayName}` : classType];
  lines.push(`  ${textOf(description.get('category'))}`);
  if (about) lines.push(`  ${about}`);
  const inputs = inputRows(asObject(description.get('input')), '');
  lines.push('', 'Inputs', ...(inputs.length ? table(inputs).map((line) => `  ${line}`) : ['  none']));
  const outputs = outputRows(description);
  lines.push('', 'Outputs', ...(outputs.length ? table(outputs).map((line) => `  ${line}`) : ['  none']));
  return lines.map((line) => line.trimEnd());
}

function inputRows(groups: JsonObject | undefined, prefix: string): string[][] {
  const rows: string[][] = [];
  const open = [{ groups, prefix }];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const group of ['required', 'optional']) {
      for (const [name, spec] of asObject(next.groups?.get(group)) ?? []) {
        if (!Array.isArray(spec)) continue;
        const options = asObject(spec[1]) ?? new Map<string, Json>();
        const full = next.prefix + name;
        const limits = inputFacts(spec[0], options, group === 'optional');
        rows.push([full, typeName(spec[0]), limits]);
        // what comes with each choice, or again and again
        if (spec[0] === DYNAMIC_TYPES.combo) {
          for (const choice of listOf(options.get('options')).toReversed()) {
            const key = textOf(asObject(choice)?.get('key'));
            open.push({ groups: asObject(asObject(choice)?.get('inputs')), prefix: `${full}[${key}].` });
          }
        } else if (spec[0] === DYNAMIC_TYPES.autogrow) {
          open.push({ groups: asObject(asObject(options.get('template'))?.get('input')), prefix: `${full}.` });
        }
      }
    }
  }
  return rows;
}

function typeName(type: Json | undefined): string {
  if (Array.isArray(type) || type === 'COMBO' || type === DYNAMIC_TYPES.combo) return 'choice';
  if (type === DYNAMIC_TYPES.autogrow) return 'several';
  return type === DYNAMIC_TYPES.match ? '*' : textOf(type);
}

function inputFacts(type: Json | undefined, options: JsonObject, isOptional: boolean): string {
  const facts = isOptional ? ['optional'] : [];
  const standard = options.get('default');
  if (standard !== undefined && standard !== null) facts.push(`default ${valueText(standard)}`);
  const [min, max] = [options.get('min'), options.get('max')];
  if (min !== undefined && max !== undefined) facts.push(`${valueText(min)} to ${valueText(max)}`);
  else if (min !== undefined) facts.push(`from ${valueText(min)}`);
  else if (max !== undefined) facts.push(`up to ${valueText(max)}`);
  const isDynamic = type === DYNAMIC_TYPES.combo;
  const choices = Array.isArray(type) ? type : listOf(options.get('options'));
  if (Array.isArray(type) || type === 'COMBO' || isDynamic) {
    const told = choices.slice(0, MAX_CHOICES).map((choice) => textOf(asObject(choice)?.get('key') ?? choice));
    if (choices.length > MAX_CHOICES) told.push(`and ${choices.length - MAX_CHOICES} more`);
    facts.push(told.length ? told.join(' | ') : 'no choices yet');
  }
  const tooltip = textOf(options.get('tooltip'));
  if (tooltip) facts.push(tooltip);
  return facts.join('; ');
}

function outputRows(description: NodeDescription): string[][] {
  const names = listOf(description.get('output_name'));
  const lists = listOf(description.get('output_is_list'));
  const tooltips = listOf(description.get('output_tooltips'));
  return listOf(description.get('output')).map((type, at) => {
    const facts = [lists[at] === true ? 'a list' : '', textOf(tooltips[at])].filter(Boolean);
    return [String(at), textOf(names[at]), typeName(type), facts.join('; ')];
  });
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    rows.reduce((widest, row) => Math.max(widest, Math.min(MAX_COLUMN, columnsOf(row[at]!))), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat(Math.max(0, widths[at]! - columnsOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

function valueText(value: Json): string {
  return typeof value === 'string' ? stringifyJson(value) : textOf(value);
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? '' : plainText(pythonStr(value));
}
