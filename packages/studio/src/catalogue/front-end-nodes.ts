/** Nodes that exist only in front ends: they shape the graph and never run. */
import { NO_OPTIONS } from './option.ts';
import type { InputDefinition, NodeDefinition, OutputDefinition, WidgetDefinition } from './types.ts';

/** `reroute` passes a link on, `primitive` holds a value, `set` and `get` are a link without a line, `note` is text. */
export type FrontEndRole = 'reroute' | 'primitive' | 'set' | 'get' | 'note';

const OWN: ReadonlyMap<string, FrontEndRole> = new Map([
  ['Reroute', 'reroute'],
  ['PrimitiveNode', 'primitive'],
  ['Note', 'note'],
  ['MarkdownNote', 'note'],
]);
/** Of extensions in wide use; a server that has such a class runs it. */
const OF_EXTENSIONS: ReadonlyMap<string, FrontEndRole> = new Map([
  ['Reroute (rgthree)', 'reroute'],
  ['SetNode', 'set'],
  ['GetNode', 'get'],
  ['easy setNode', 'set'],
  ['easy getNode', 'get'],
  ['Bookmark (rgthree)', 'note'],
  ['Label (rgthree)', 'note'],
  ['Fast Actions Button (rgthree)', 'note'],
  ['Fast Bypasser (rgthree)', 'note'],
  ['Fast Groups Bypasser (rgthree)', 'note'],
  ['Fast Groups Muter (rgthree)', 'note'],
  ['Fast Muter (rgthree)', 'note'],
  ['Mute / Bypass Relay (rgthree)', 'note'],
  ['Mute / Bypass Repeater (rgthree)', 'note'],
  ['Node Collector (rgthree)', 'note'],
  ['Random Unmuter (rgthree)', 'note'],
]);

/** What a node does for front ends; undefined for nodes that run. @param isKnown whether the server has such a class */
export function frontEndRole(type: string, isKnown: boolean): FrontEndRole | undefined {
  return OWN.get(type) ?? (isKnown ? undefined : OF_EXTENSIONS.get(type));
}

const TEXT: WidgetDefinition = { kind: 'multiline', placeholder: undefined, isDynamic: false, default: '' };

/** The name under which values of front-end nodes are held. */
export const PRIMITIVE_VALUE = 'value';
export const NOTE_TEXT = 'text';
export const LINK_NAME = 'name';

const input = (name: string, type: string, widget?: WidgetDefinition): InputDefinition => ({
  name,
  label: name,
  isRequired: false,
  type,
  widget,
  isSocket: !widget,
  control: undefined,
  isLazy: false,
  isAdvanced: false,
  tooltip: undefined,
  dynamic: undefined,
  options: NO_OPTIONS,
});

const output = (name: string): OutputDefinition => ({ name, type: '*', isList: false, tooltip: undefined });

function frontEndNode(
  type: string,
  name: string,
  inputs: readonly InputDefinition[],
  outputs: readonly OutputDefinition[],
): NodeDefinition {
  return {
    type,
    name,
    description: '',
    category: ['utils'],
    inputs,
    outputs,
    isOutput: false,
    isDeprecated: false,
    isExperimental: false,
    isApiNode: false,
    module: '',
    aliases: [],
    hidden: [],
    source: new Map(),
  };
}

/** Those that can be added here, whatever the server has. Their `module` is empty. */
export const FRONT_END_NODES: readonly NodeDefinition[] = [
  frontEndNode('Reroute', 'Reroute', [input('', '*')], [output('')]),
  frontEndNode('PrimitiveNode', 'Primitive', [], [output('connect to widget input')]),
  frontEndNode('Note', 'Note', [input(NOTE_TEXT, 'STRING', TEXT)], []),
  frontEndNode('MarkdownNote', 'Markdown Note', [input(NOTE_TEXT, 'STRING', TEXT)], []),
];
