/** Opening, saving and downloading workflows: what the menu and a drop on the page do. */
import { stringifyJson } from '@snug/protocol/json';
import { writeWorkflow } from '../document/index.ts';
import { EXAMPLE_WORKFLOW } from '../session/example.ts';
import { download, readDropped } from '../session/read-dropped.ts';
import { fileNameOf, readWorkflow, saveWorkflow } from '../session/server-files.ts';
import type { Session } from '../session/session.ts';
import { addTrouble } from '../session/troubles.ts';
import { documentOf } from '../session/workspace.ts';
import type { ShellStrings } from '../strings/shell.ts';

/** Opens a workflow in any form; says so, or why it cannot. */
export function openSource(
  session: Session,
  t: ShellStrings,
  source: unknown,
  name: string,
  savedAs?: string,
): boolean {
  const catalogue = session.catalogue.get();
  if (!catalogue) return false;
  const opened = session.workspace.open(source, name, catalogue, savedAs);
  if (opened.kind === 'refused') {
    const [first] = opened.problems;
    addTrouble(session.state, { kind: 'file', message: t.notOpened(name, first?.message ?? '') });
    session.notice(t.notOpened(name, first?.message ?? ''));
    return false;
  }
  session.notice(t.opened(name));
  return true;
}

export function openExample(session: Session, t: ShellStrings): void {
  const catalogue = session.catalogue.get();
  if (catalogue) session.workspace.open(EXAMPLE_WORKFLOW, t.exampleName, catalogue);
}

/** A file that was chosen or dropped. */
export async function openFile(session: Session, t: ShellStrings, file: File): Promise<void> {
  const dropped = await readDropped(file);
  if (dropped.kind === 'workflow') openSource(session, t, dropped.source, dropped.name);
  else session.notice(dropped.kind === 'picture' ? t.noWorkflowInside(file.name) : t.unknownFile(dropped.name));
}

export async function openFromServer(session: Session, t: ShellStrings, path: string): Promise<void> {
  const name = path.replace(/^.*\//, '').replace(/\.json$/, '');
  try {
    openSource(session, t, await readWorkflow(session.client, path), name, path);
  } catch (error) {
    session.notice(t.notOpened(name, reasonOf(error)));
  }
}

const textOf = (session: Session): string => stringifyJson(writeWorkflow(documentOf(session.workspace.store.get())));

export async function saveToServer(session: Session, t: ShellStrings, name: string): Promise<boolean> {
  const path = fileNameOf(name);
  try {
    await saveWorkflow(session.client, path, textOf(session));
  } catch (error) {
    session.notice(t.notSaved(reasonOf(error)));
    return false;
  }
  session.workspace.rename(path.replace(/\.json$/, ''));
  session.workspace.markSaved(path);
  session.notice(t.saved(path));
  return true;
}

export function downloadWorkflow(session: Session): void {
  download(textOf(session), fileNameOf(session.workspace.store.get().name));
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
