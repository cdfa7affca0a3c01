/** A value that is replaced, never changed, and those who want to know. */
import { useCallback, useRef, useSyncExternalStore } from 'react';

export interface Store<S> {
  readonly get: () => S;
  /** Nothing is told when the state is the same one. */
  readonly set: (next: (state: S) => S) => void;
  /** Returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** @param schedule runs the round of listeners; by default at once. `requestAnimationFrame` makes one round of many changes. */
export function createStore<S>(initial: S, schedule: (round: () => void) => void = (round) => round()): Store<S> {
  let state = initial;
  let isScheduled = false;
  const listeners = new Set<() => void>();
  const round = (): void => {
    isScheduled = false;
    for (const listener of listeners) listener();
  };
  return {
    get: () => state,
    set(next) {
      const after = next(state);
      if (Object.is(after, state)) return;
      state = after;
      if (isScheduled) return;
      isScheduled = true;
      schedule(round);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A part of the state; the component is drawn anew when that part is another one. */
export function useStore<S, T>(store: Store<S>, select: (state: S) => T): T {
  const last = useRef<{ readonly state: S; readonly select: (state: S) => T; readonly part: T } | undefined>(undefined);
  const read = useCallback(() => {
    const state = store.get();
    const before = last.current;
    if (before && before.state === state && before.select === select) return before.part;
    const part = select(state);
    last.current = { state, select, part };
    return part;
  }, [store, select]);
  return useSyncExternalStore(store.subscribe, read);
}
