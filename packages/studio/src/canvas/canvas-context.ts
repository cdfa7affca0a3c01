/** What the parts of the canvas share. None of it changes while the canvas is there, so that nodes are drawn anew only for reasons of their own. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from '../session/store.ts';
import type { Store } from '../session/store.ts';
import { canvasStrings } from '../strings/canvas.ts';
import type { CanvasStrings } from '../strings/canvas.ts';
import { useStrings } from '../strings/language.tsx';
import type { CanvasActions } from './canvas-actions.ts';
import type { CanvasProps, NodeRun, NodeRuns } from './canvas-props.ts';
import type { CanvasState } from './canvas-state.ts';

export interface CanvasShared {
  readonly state: Store<CanvasState>;
  readonly actions: CanvasActions;
  /** The newest props. */
  readonly props: () => CanvasProps;
  readonly runs: NodeRuns;
}

const Shared = createContext<CanvasShared | undefined>(undefined);
export const CanvasSharedProvider = Shared.Provider;

export function useCanvas(): CanvasShared {
  const shared = useContext(Shared);
  if (!shared) throw new Error('This stands inside of a Canvas.');
  return shared;
}

export const useCanvasStrings = (): CanvasStrings => useStrings<CanvasStrings>(canvasStrings);

/** A part of what the canvas remembers. @param select the same function each time, or one that is cheap */
export function useCanvasState<T>(select: (state: CanvasState) => T): T {
  return useStore(useCanvas().state, select);
}

export function useNodeRun(promptId: string): NodeRun {
  const { runs } = useCanvas();
  return useSyncExternalStore(
    (listener) => runs.subscribe(promptId, listener),
    () => runs.get(promptId),
  );
}
