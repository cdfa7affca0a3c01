import { parseJson, stringifyJson } from '@snug/protocol';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  makePrompt,
  newDocument,
  readDraft,
  record,
  redo,
  startHistory,
  undo,
  writeDraft,
  writeWorkflow,
} from '../../src/document/index.ts';
import type { WorkflowDocument } from '../../src/document/index.ts';
import { brokenIn } from './invariants.ts';
import { applyStep, steps } from './random-edits.ts';
import type { Step } from './random-edits.ts';
import { fixtureCatalogue as catalogue, opened, workflowFiles } from './workflow-files.ts';

const seed = 20_261_121;

function edited(start: WorkflowDocument, list: readonly Step[], seen: Map<string, number>): WorkflowDocument {
  let document = start;
  for (const step of list) {
    const edit = applyStep(document, step);
    if (edit.kind === 'refused') continue;
    document = edit.document;
    seen.set(step.kind, (seen.get(step.kind) ?? 0) + 1);
  }
  return document;
}

/** Points that links were drawn through are only tidied up when a document is written. */
function undrawn(document: WorkflowDocument): WorkflowDocument {
  const extra = new Map(document.extra);
  extra.delete('reroutes');
  return { ...document, extra };
}

const files = workflowFiles.filter((file) => file.catalogue === catalogue);
const starts = fc.constantFrom(newDocument('empty'), ...files.map(({ workflow }) => opened(workflow, catalogue)));

describe('after any edits', () => {
  test('links point at what is there, one into an input, and what is saved is what is held', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(starts, steps(50), (start, list) => {
        expect(brokenIn(edited(start, list, seen), catalogue)).toEqual([]);
      }),
      { seed, numRuns: 45 },
    );
    // every kind of edit was done, not only tried
    expect([...seen.keys()].sort()).toHaveLength(22);
  });

  test('what is written opens as the same document', () => {
    fc.assert(
      fc.property(starts, steps(50), (start, list) => {
        const document = edited(start, list, new Map());
        const again = opened(parseJson(stringifyJson(writeWorkflow(document))), catalogue);
        expect(undrawn(again)).toEqual(undrawn(document));
      }),
      { seed, numRuns: 45 },
    );
  });

  test('a prompt can be made or is refused with reasons, and a draft brings all of it back', () => {
    let made = 0;
    fc.assert(
      fc.property(starts, steps(40), (start, list) => {
        const document = edited(start, list, new Map());
        const result = makePrompt(document, catalogue);
        made += result.kind === 'made' && result.prompt.size > 0 ? 1 : 0;
        expect(result.kind === 'made' || result.problems.length > 0).toBe(true);
        const view = { path: [], pan: { x: 1, y: 2.5 }, zoom: 0.5 };
        const draft = readDraft(writeDraft(document, view), catalogue);
        expect(draft && { ...draft, document: undrawn(draft.document) }).toEqual({ document: undrawn(document), view });
      }),
      { seed, numRuns: 45 },
    );
    expect(made).toBeGreaterThan(20);
  });

  test('the document before is as it was, and undo and redo go through the same states', () => {
    fc.assert(
      fc.property(starts, steps(30), (start, list) => {
        const text = stringifyJson(writeWorkflow(start));
        let history = startHistory(start);
        const states = [start];
        for (const step of list) {
          const edit = applyStep(history.present, step);
          if (edit.kind === 'refused' || edit.document === history.present) continue;
          history = record(history, edit.document);
          states.push(edit.document);
        }
        for (const state of states.toReversed()) {
          expect(history.present).toBe(state);
          expect(redo(undo(history)).present).toBe(history.past.length ? state : redo(history).present);
          history = undo(history);
        }
        expect(history.present).toBe(start);
        for (const state of states) {
          expect(history.present).toBe(state);
          history = redo(history);
        }
        expect(stringifyJson(writeWorkflow(start))).toBe(text);
      }),
      { seed, numRuns: 45 },
    );
  });
});
