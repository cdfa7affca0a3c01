/** The workflow that is open: its edits and their undoing, where it was saved, and the draft that survives the page. */
import type { Catalogue } from '../catalogue/index.ts';
import type { MakeEdit } from '../canvas/index.ts';
import {
  newDocument,
  openWorkflow,
  problemsAfter,
  readDraft,
  record,
  redo,
  reopen,
  seal,
  startHistory,
  undo,
  writeDraft,
} from '../document/index.ts';
import type { DocumentProblem, DocumentView, Edit, History, Opened } from '../document/index.ts';
import { ROOT } from '../document/types.ts';
import type { GraphPath, WorkflowDocument } from '../document/types.ts';
import { readKept, writeKept } from './settings.ts';
import type { Keep } from './settings.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';

export interface WorkspaceState {
  readonly history: History<WorkflowDocument>;
  readonly name: string;
  /** The file on the server that it was read from or written to. */
  readonly savedAs: string | undefined;
  /** As it was when it was saved or opened. */
  readonly saved: WorkflowDocument;
  readonly path: GraphPath;
  readonly view: Pick<DocumentView, 'pan' | 'zoom'> | undefined;
  /** Of the last run, on nodes and inputs. */
  readonly problems: readonly DocumentProblem[];
  /** Another workflow was opened when it is another number. */
  readonly opening: number;
}

export interface Workspace {
  readonly store: Store<WorkspaceState>;
  /** @returns why it was refused */
  readonly open: (source: unknown, name: string, catalogue: Catalogue, savedAs?: string) => Opened;
  /** Whether there was a draft of this page, or of the last one. */
  readonly restore: (catalogue: Catalogue) => boolean;
  /** The catalogue is another one. */
  readonly recatalogue: (catalogue: Catalogue) => void;
  readonly startAnew: (name: string) => void;
  readonly edit: (make: MakeEdit, mergeKey?: string) => Edit;
  /** A change that is no edit of the person's: seeds that go on. */
  readonly replace: (document: WorkflowDocument) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly rename: (name: string) => void;
  readonly markSaved: (savedAs: string) => void;
  readonly setPath: (path: GraphPath) => void;
  readonly setView: (view: Pick<DocumentView, 'pan' | 'zoom'>) => void;
  readonly setProblems: (problems: readonly DocumentProblem[]) => void;
  /** Writes the draft now. */
  readonly keep: () => void;
}

interface KeptDraft {
  readonly name: string;
  readonly savedAs?: string | undefined;
  readonly text: string;
}

const KEY = 'snug.draft';
const NO_VIEW = { pan: { x: 0, y: 0 }, zoom: 0 };

/** @param keeps where drafts lie: the tab's own first, then what every tab of this browser sees */
export function createWorkspace(keeps: readonly Keep[]): Workspace {
  const first = newDocument();
  const store = createStore<WorkspaceState>(stateOf(first, '', 0));
  const openDocument = (document: WorkflowDocument, more: Partial<WorkspaceState>): void =>
    store.set((state) => ({ ...stateOf(document, state.name, state.opening + 1), ...more }));

  return {
    store,
    open(source, name, catalogue, savedAs) {
      const opened = openWorkflow(source, catalogue);
      if (opened.kind === 'opened') openDocument(opened.document, { name, savedAs });
      return opened;
    },
    restore(catalogue) {
      for (const keep of keeps) {
        const kept = readKept(keep, KEY) as KeptDraft | undefined;
        const draft = kept && readDraft(kept.text, catalogue);
        if (!kept || !draft) continue;
        const { document, view } = draft;
        openDocument(document, {
          name: kept.name,
          savedAs: kept.savedAs,
          path: view.path,
          view: view.zoom > 0 ? view : undefined,
        });
        return true;
      }
      return false;
    },
    recatalogue: (catalogue) =>
      store.set((state) => {
        const present = reopen(state.history.present, catalogue);
        if (present === state.history.present) return state;
        // read anew is not edited
        const saved = isChanged(state) ? state.saved : present;
        return { ...state, saved, history: { ...state.history, present } };
      }),
    startAnew: (name) => openDocument(newDocument(), { name }),
    edit(make, mergeKey) {
      const edit = make(store.get().history.present);
      if (edit.kind === 'done')
        store.set((state) =>
          edit.document === state.history.present
            ? state
            : withHistory(state, record(state.history, edit.document, mergeKey)),
        );
      return edit;
    },
    replace: (document) =>
      store.set((state) =>
        document === state.history.present
          ? state
          : { ...state, history: seal({ ...state.history, present: document }) },
      ),
    undo: () => store.set((state) => withHistory(state, undo(state.history))),
    redo: () => store.set((state) => withHistory(state, redo(state.history))),
    rename: (name) => store.set((state) => ({ ...state, name })),
    markSaved: (savedAs) => store.set((state) => ({ ...state, savedAs, saved: state.history.present })),
    setPath: (path) => store.set((state) => ({ ...state, path })),
    setView: (view) => store.set((state) => ({ ...state, view })),
    setProblems: (problems) => store.set((state) => ({ ...state, problems })),
    keep() {
      const { history, path, view, name, savedAs } = store.get();
      const text = writeDraft(history.present, { path, ...(view ?? NO_VIEW) });
      const kept = JSON.stringify({ name, savedAs, text } satisfies KeptDraft);
      for (const keep of keeps) writeKept(keep, KEY, kept);
    },
  };
}

function withHistory(state: WorkspaceState, history: WorkspaceState['history']): WorkspaceState {
  return { ...state, history, problems: problemsAfter(state.problems, state.history.present, history.present) };
}

function stateOf(document: WorkflowDocument, name: string, opening: number): WorkspaceState {
  return {
    history: startHistory(document),
    name,
    savedAs: undefined,
    saved: document,
    path: ROOT,
    view: undefined,
    problems: [],
    opening,
  };
}

export const documentOf = ({ history }: WorkspaceState): WorkflowDocument => history.present;
export const isChanged = ({ history, saved }: WorkspaceState): boolean => history.present !== saved;
