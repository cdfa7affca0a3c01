/** The run on a node, and on all nodes inside when it stands for a subgraph. */
import { useMemo, useSyncExternalStore } from 'react';
import { useCanvas } from './canvas-context.ts';
import type { NodeRun, NodeRuns } from './canvas-props.ts';

/** @param ids the node's own first */
export function useRunOf(ids: readonly string[]): NodeRun {
  const { runs } = useCanvas();
  const source = useMemo(() => sourceOf(runs, ids), [runs, ids]);
  return useSyncExternalStore(source.subscribe, source.get);
}

function sourceOf(
  runs: NodeRuns,
  ids: readonly string[],
): { readonly get: () => NodeRun; readonly subscribe: (listener: () => void) => () => void } {
  const [own = '', ...inner] = ids;
  if (!inner.length) return { get: () => runs.get(own), subscribe: (listener) => runs.subscribe(own, listener) };
  let last: { readonly parts: readonly NodeRun[]; readonly run: NodeRun } | undefined;
  return {
    get() {
      const parts = inner.map((id) => runs.get(id));
      if (last?.parts.every((part, at) => part === parts[at])) return last.run;
      last = { parts, run: together(parts) };
      return last.run;
    },
    subscribe(listener) {
      const stops = inner.map((id) => runs.subscribe(id, listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function together(parts: readonly NodeRun[]): NodeRun {
  const isOver = ({ state }: NodeRun): boolean => state === 'done' || state === 'cached';
  const failed = parts.find(({ state }) => state === 'failed');
  const running = parts.find(({ state }) => state === 'running');
  const over = parts.filter(isOver).length;
  const all = parts.length > 0 && over === parts.length;
  return {
    state: failed
      ? 'failed'
      : running
        ? 'running'
        : all
          ? stateOfAll(parts)
          : over || parts.some(isWaiting)
            ? 'waiting'
            : 'idle',
    share: running ? (over + (running.share ?? 0)) / parts.length : undefined,
    preview: running?.preview,
    text: running?.text,
    outputs: parts.flatMap(({ outputs }) => outputs),
    failure: failed?.failure,
  };
}

const isWaiting = ({ state }: NodeRun): boolean => state === 'waiting';
const stateOfAll = (parts: readonly NodeRun[]): 'cached' | 'done' =>
  parts.every(({ state }) => state === 'cached') ? 'cached' : 'done';
