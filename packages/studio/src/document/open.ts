import { isApiPrompt, isWorkflow } from '@snug/graph';
import type { WorkflowProblem } from '@snug/graph';
import { asObject, parseJson, toJson } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import type { Catalogue } from '../catalogue/types.ts';
import { newUuid } from './new-document.ts';
import { readPrompt } from './read-prompt.ts';
import { readWorkflow, withNamedValues } from './read-workflow.ts';
import type { NodeId, WorkflowDocument } from './types.ts';

/** Something that was read, yet not as it stands in the file. */
export interface OpenNote {
  /** A link led nowhere; a prompt has no places, which were chosen. */
  readonly type: 'link_dropped' | 'laid_out';
  /** Of the node that lost a link: its id, and the id of the subgraph definition that it is in. */
  readonly node?: NodeId | undefined;
  readonly subgraph?: string | undefined;
}

export type Opened =
  | { readonly kind: 'opened'; readonly document: WorkflowDocument; readonly notes: readonly OpenNote[] }
  | { readonly kind: 'refused'; readonly problems: readonly WorkflowProblem[] };

/**
 * Opens a workflow as front ends save it (version 0.4 or 1) or in API form: JSON text, plain data, or our lossless JSON.
 * Only texts and lossless JSON keep integers past 2^53, and 5.0 apart from 5. Never throws for what it is given.
 *
 * @param newId id of the workflow that a prompt in API form becomes
 */
export function openWorkflow(source: unknown, catalogue: Catalogue, newId: string = newUuid()): Opened {
  const json = jsonOf(source);
  const members = asObject(json);
  if (members && !isWorkflow(members) && isApiPrompt(members)) {
    return { kind: 'opened', document: readPrompt(members, catalogue, newId), notes: [{ type: 'laid_out' }] };
  }
  const read = readWorkflow(json, catalogue);
  if (!('document' in read)) return { kind: 'refused', problems: read };
  const notes = read.dropped.map(({ node, subgraph }): OpenNote => ({ type: 'link_dropped', node, subgraph }));
  return { kind: 'opened', document: read.document, notes };
}

function jsonOf(source: unknown): Json {
  if (source instanceof Map) return source as Map<string, Json>;
  if (typeof source !== 'string') return toJson(source);
  try {
    return parseJson(source);
  } catch {
    return null;
  }
}

/** The document as another catalogue sees it: values of nodes that were unknown get their names. */
export function reopen(document: WorkflowDocument, catalogue: Catalogue): WorkflowDocument {
  return withNamedValues(document, catalogue);
}
