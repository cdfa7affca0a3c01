/** The run that is shown, node by node: each node of the canvas hears of itself alone. */
import type { NodeRun, NodeRuns } from '../canvas/index.ts';
import type { RunNode } from './run-node.ts';
import type { RunView } from './run-view.ts';
import { shownRunOf } from './session-state.ts';
import type { FailureReport, SessionState } from './session-state.ts';
import type { Store } from './store.ts';

const IDLE: NodeRun = {
  state: 'idle',
  share: undefined,
  preview: undefined,
  text: undefined,
  outputs: [],
  failure: undefined,
};
const STATES = {
  waiting: 'waiting',
  running: 'running',
  finished: 'done',
  cached: 'cached',
  failed: 'failed',
  interrupted: 'idle',
} as const satisfies Record<RunNode['state'], NodeRun['state']>;

export function createNodeRuns(store: Store<SessionState>): NodeRuns {
  const listeners = new Map<string, Set<() => void>>();
  /** What was given for which state of a node. */
  const given = new Map<string, { readonly source: unknown; readonly key: string; readonly run: NodeRun }>();
  const get = (promptId: string): NodeRun => {
    const state = store.get();
    const run = shownRunOf(state);
    const node = run?.nodes.get(promptId);
    const failure = run && node?.state === 'failed' ? failureOf(state, run.id) : undefined;
    const isWaiting = isIdle(node) && run !== undefined && run.end === undefined;
    const key = `${isWaiting} ${run?.end ?? ''} ${failure?.message ?? ''}`;
    const last = given.get(promptId);
    if (last && last.source === node && last.key === key) return last.run;
    const made = project(node, run, failure);
    given.set(promptId, { source: node, key, run: made });
    return made;
  };
  store.subscribe(() => {
    for (const [promptId, heard] of listeners) {
      const before = given.get(promptId)?.run;
      if (get(promptId) === before) continue;
      for (const listener of heard) listener();
    }
  });
  return {
    get,
    subscribe(promptId, listener) {
      const heard = listeners.get(promptId) ?? new Set();
      listeners.set(promptId, heard.add(listener));
      return () => {
        heard.delete(listener);
        if (!heard.size) listeners.delete(promptId);
      };
    },
  };
}

const isIdle = (node: RunNode | undefined): boolean => node === undefined || node.state === 'waiting';

const failureOf = ({ troubles }: SessionState, runId: string): FailureReport | undefined =>
  troubles.find((trouble) => trouble.runId === runId && trouble.failure)?.failure;

function project(node: RunNode | undefined, run: RunView | undefined, failure: FailureReport | undefined): NodeRun {
  const isLive = run !== undefined && run.end === undefined;
  if (!node) return isLive ? { ...IDLE, state: 'waiting' } : IDLE;
  const { state, steps, previewUrl, text, outputs } = node;
  const share = steps && state === 'running' ? Math.min(1, steps.value / steps.max) : undefined;
  return {
    state: state === 'waiting' && !isLive ? 'idle' : STATES[state],
    share,
    preview: previewUrl,
    text,
    outputs,
    failure,
  };
}
