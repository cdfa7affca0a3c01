/** What every part of the page reaches: the session, and what is open on the screen. */
import type { FileOutput } from '@snug/client';
import { createContext, useContext } from 'react';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/session-state.ts';
import { useStore } from '../session/store.ts';
import type { Store } from '../session/store.ts';
import type { WorkspaceState } from '../session/workspace.ts';

export const PANELS = ['queue', 'gallery', 'problems', 'inspector', 'health'] as const;
export type PanelName = (typeof PANELS)[number];

/** A picture of a run, with what the run tells of it. */
export interface Picture {
  /** Stays the same over reloads. */
  readonly key: string;
  readonly file: FileOutput;
  readonly runId: string;
  readonly nodeTitle: string;
  readonly durationMs: number | undefined;
  /** In API form. */
  readonly prompt: unknown;
  /** As the front end saves it. */
  readonly workflow: unknown;
}

export type Opened =
  | { readonly kind: 'picture'; readonly pictures: readonly Picture[]; readonly at: number }
  | { readonly kind: 'compare'; readonly left: Picture; readonly right: Picture }
  | { readonly kind: 'files' }
  | { readonly kind: 'save' }
  | { readonly kind: 'server' };

export interface ScreenState {
  readonly panel: PanelName | undefined;
  readonly opened: Opened | undefined;
  /** The node that the canvas should bring into view, by its id in prompts; a new object for every wish. */
  readonly wanted: { readonly promptId: string } | undefined;
}

export interface PageParts {
  readonly session: Session;
  readonly screen: Store<ScreenState>;
  /** Address of another server, when the page does not talk to its own. */
  readonly otherServer: string | undefined;
}

const Parts = createContext<PageParts | undefined>(undefined);
export const PageProvider = Parts.Provider;

export function usePage(): PageParts {
  const parts = useContext(Parts);
  if (!parts) throw new Error('The page stands inside of a PageProvider.');
  return parts;
}

export const useSession = (): Session => usePage().session;
export const useSessionState = <T,>(select: (state: SessionState) => T): T => useStore(usePage().session.state, select);
export const useWorkspace = <T,>(select: (state: WorkspaceState) => T): T =>
  useStore(usePage().session.workspace.store, select);
export const useScreen = <T,>(select: (state: ScreenState) => T): T => useStore(usePage().screen, select);
