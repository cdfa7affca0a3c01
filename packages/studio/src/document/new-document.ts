import type { Json } from '@snug/protocol/json';
import { mintUuid } from '@snug/protocol/ids';
import type { WorkflowDocument } from './types.ts';

/** A random id for a workflow or a subgraph. */
export function newUuid(): string {
  return mintUuid((bytes) => crypto.getRandomValues(bytes));
}

/** An empty workflow. */
export function newDocument(id: string = newUuid()): WorkflowDocument {
  return emptyDocument(id);
}

export function emptyDocument(id: string): WorkflowDocument {
  return {
    root: { nodes: new Map(), links: new Map(), groups: [], lastNodeId: 0, lastLinkId: 0 },
    subgraphs: new Map(),
    version: 0.4,
    extra: new Map<string, Json>([
      ['id', id],
      ['revision', 0],
      ['config', new Map()],
      ['extra', new Map()],
    ]),
  };
}
