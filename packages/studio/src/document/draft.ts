/** The document and where one looks at it, as text that outlives the page. */
import { asObject, parseJson, stringifyJson } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import type { Catalogue } from '../catalogue/types.ts';
import { graphAt } from './look.ts';
import { openWorkflow } from './open.ts';
import { listOf, numberOf } from './json-field.ts';
import { ROOT } from './types.ts';
import type { GraphPath, Point, WorkflowDocument } from './types.ts';
import { writeWorkflow } from './write-workflow.ts';

export interface DocumentView {
  /** The graph that is open. */
  readonly path: GraphPath;
  readonly pan: Point;
  readonly zoom: number;
}

export interface Draft {
  readonly document: WorkflowDocument;
  readonly view: DocumentView;
}

export const FIRST_VIEW: DocumentView = { path: ROOT, pan: { x: 0, y: 0 }, zoom: 1 };

/** Changes when older pages could not read it. */
const FORMAT = 1;

/** Compact JSON. History is not kept. */
export function writeDraft(document: WorkflowDocument, { path, pan, zoom }: DocumentView): string {
  return stringifyJson(
    new Map<string, Json>([
      ['draft', FORMAT],
      ['path', [...path]],
      ['view', [pan.x, pan.y, zoom]],
      ['workflow', writeWorkflow(document)],
    ]),
  );
}

/** Undefined for what no {@link writeDraft} wrote. A graph that is not there any more gives way to the workflow itself. */
export function readDraft(text: string, catalogue: Catalogue): Draft | undefined {
  const draft = asObject(readJson(text));
  const opened = openWorkflow(draft?.get('workflow'), catalogue);
  if (draft?.get('draft') !== FORMAT || opened.kind === 'refused') return undefined;
  const { document } = opened;
  const path = listOf(draft.get('path')).filter((id) => typeof id === 'string');
  const [x = 0, y = 0, zoom = 1] = listOf(draft.get('view')).map((one) => numberOf(one) ?? undefined);
  const isThere = graphAt(document, path) !== undefined;
  return { document, view: isThere ? { path, pan: { x, y }, zoom: zoom > 0 ? zoom : 1 } : FIRST_VIEW };
}

function readJson(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
