/** The file that `snug codegen` writes: types of nodes, and a table of what a program must know of them at run time. */
import { asObject, DYNAMIC_TYPES } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { docLines, memberLines, memberName } from './code-text.ts';
import type { MemberText } from './code-text.ts';
import { commentLines, nodeDoc, textOf } from './doc-text.ts';
import { inputMembers } from './input-members.ts';
import { matchTypes, outputLink } from './socket-text.ts';
import { tableLines } from './table-text.ts';

const HEAD = [
  '// Written by `snug codegen`. Do not edit: run it again when the nodes of the server change.',
  '/* eslint-disable */',
];

/** What a generated file may need of the client, in the order of its import. */
const IMPORTS = ['Int64', 'Link', 'ListLink', 'Literal', 'NodeTable', 'Several', 'UploadedFile'];

/** The text of the file; the same descriptions give the same text, in whatever order they come. */
export function generateNodes(descriptions: ReadonlyMap<string, NodeDescription>): string {
  const sorted = [...descriptions].sort(([a], [b]) => (a < b ? -1 : 1));
  const nodes = sorted.map(([classType, description]) => ({ classType, description, outputs: outputs(description) }));
  const body = [
    '/** The nodes by class, with what goes in and what comes out. */',
    'export interface Nodes {',
    ...nodes.flatMap(({ classType, description, outputs }) => nodeLines(classType, description, outputs)),
    '}',
    '',
    '/** Give it to `createWorkflow`: it knows the outputs by name. */',
    'export const nodes: NodeTable<Nodes> = {',
    ...nodes.flatMap(({ classType, description, outputs }) => tableLines(classType, description, outputs)),
    '};',
  ];
  const text = `${body.join('\n')}\n`;
  const used = IMPORTS.filter((name) => new RegExp(`\\b${name}\\b(?!\\??:)`).test(withoutTexts(body)));
  return `${HEAD.join('\n')}\nimport type { ${used.join(', ')} } from '@snug/client';\n\n${text}`;
}

/** The code alone: comments and texts may say anything. */
function withoutTexts(lines: readonly string[]): string {
  return lines
    .filter((line) => !/^\s*(?:\/\*\*|\*)/.test(line))
    .map((line) => line.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''"))
    .join('\n');
}

export interface OutputText {
  readonly name: string;
  readonly link: string;
  readonly tooltip: string;
}

function nodeLines(classType: string, description: NodeDescription, outputs: readonly OutputText[]): string[] {
  const inputs = inputMembers(asObject(description.get('input')));
  const members: MemberText[] = [
    { name: 'inputs', type: { kind: 'object', members: inputs } },
    { name: 'outputs', type: { kind: 'object', members: outputMembers(outputs) } },
  ];
  const head = `  ${memberName(classType)}: {`;
  return [...docLines(nodeDoc(classType, description), '  '), head, ...memberLines(members, '    '), '  };'];
}

function outputs(description: NodeDescription): OutputText[] {
  const list = (key: string): readonly Json[] => {
    const value = description.get(key);
    return Array.isArray(value) ? value : [];
  };
  const [names, lists, tooltips, templates] = [
    'output_name',
    'output_is_list',
    'output_tooltips',
    'output_matchtypes',
  ].map(list);
  const groups: JsonObject | undefined = asObject(description.get('input'));
  const inputs = ['required', 'optional'].flatMap((group) => [...(asObject(groups?.get(group))?.values() ?? [])]);
  const matched = matchTypes(inputs);
  return list('output').map((type, at) => {
    const name = names![at];
    const allowed = type === DYNAMIC_TYPES.match ? matched.get(textOf(templates![at])) : undefined;
    return {
      name: [name, type].find((one) => typeof one === 'string') ?? 'COMBO',
      link: outputLink(type, allowed, lists![at] === true),
      tooltip: textOf(tooltips![at]),
    };
  });
}

/** Members of a built node that are no outputs. */
const TAKEN = ['nodeId', 'then', 'constructor', 'toString', 'valueOf', 'toJSON'];

/** By name, and by position; of outputs of one name, the first has it. */
function outputMembers(outputs: readonly OutputText[]): MemberText[] {
  const taken = new Set(TAKEN);
  const named = outputs.flatMap(({ name, link, tooltip }): MemberText[] => {
    if (name === '' || /^\d+$/.test(name) || taken.has(name)) return [];
    taken.add(name);
    return [{ name, type: { kind: 'plain', text: link }, doc: commentLines(tooltip).filter(Boolean) }];
  });
  return [
    ...named,
    ...outputs.map(({ link }, at): MemberText => ({ name: String(at), type: { kind: 'plain', text: link } })),
  ];
}
