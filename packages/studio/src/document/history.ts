/** Undo and redo over values: any state that shares structure will do. */

export interface History<State> {
  /** Oldest first. */
  readonly past: readonly State[];
  readonly present: State;
  /** What was undone, the next to redo last. */
  readonly future: readonly State[];
  readonly mergeKey: string | undefined;
}

/** Older steps are forgotten. */
export const MAX_STEPS = 200;

export function startHistory<State>(present: State): History<State> {
  return { past: [], present, future: [], mergeKey: undefined };
}

/**
 * The next step; the same state again is none. Changes with the same key, one right after the other, are one step: a drag,
 * a text that is typed.
 */
export function record<State>(history: History<State>, next: State, mergeKey?: string): History<State> {
  const { past, present } = history;
  if (next === present) return history;
  if (mergeKey !== undefined && mergeKey === history.mergeKey) return { past, present: next, future: [], mergeKey };
  return { past: [...past.slice(1 - MAX_STEPS), present], present: next, future: [], mergeKey };
}

/** Ends a merged change: what comes next is a step of its own. */
export function seal<State>(history: History<State>): History<State> {
  return history.mergeKey === undefined ? history : { ...history, mergeKey: undefined };
}

/** The same history when there is nothing to undo. */
export function undo<State>(history: History<State>): History<State> {
  const { past, present, future } = history;
  if (!past.length) return history;
  return { past: past.slice(0, -1), present: past.at(-1) as State, future: [...future, present], mergeKey: undefined };
}

/** The same history when there is nothing to redo. */
export function redo<State>(history: History<State>): History<State> {
  const { past, present, future } = history;
  if (!future.length) return history;
  return {
    past: [...past, present],
    present: future.at(-1) as State,
    future: future.slice(0, -1),
    mergeKey: undefined,
  };
}
