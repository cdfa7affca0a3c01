import { usedFrom } from './nesting.ts';
import type { WorkflowDocument } from './types.ts';

/** The document without the definitions that nothing in it uses. */
export function withoutUnused(document: WorkflowDocument): WorkflowDocument {
  const used = usedFrom(document, [document.root]);
  if (used.size === document.subgraphs.size) return document;
  const subgraphs = new Map([...document.subgraphs].filter(([id]) => used.has(id)));
  return { ...document, subgraphs };
}
