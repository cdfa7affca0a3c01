/** Nodes that exist only in the front end: they shape the graph and never run. */
import type { NodeDescription } from '@snug/protocol';
import type { WorkflowNode } from './workflow.ts';

/** `reroute` passes a link on, `primitive` holds a value, `set` and `get` are a link without a line, `note` is text. */
export type FrontEndRole = 'reroute' | 'primitive' | 'set' | 'get' | 'note';

const OWN: ReadonlyMap<string, FrontEndRole> = new Map([
  ['Reroute', 'reroute'],
  ['PrimitiveNode', 'primitive'],
  ['Note', 'note'],
  ['MarkdownNote', 'note'],
]);
/** Of extensions in wide use; a server that has such a class runs it. */
const EXTENSIONS: ReadonlyMap<string, FrontEndRole> = new Map([
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

/** What a node does for the front end; undefined for nodes that run. */
export function roleOf(
  node: WorkflowNode,
  descriptions: ReadonlyMap<string, NodeDescription>,
): FrontEndRole | undefined {
  return OWN.get(node.type) ?? (descriptions.has(node.type) ? undefined : EXTENSIONS.get(node.type));
}
