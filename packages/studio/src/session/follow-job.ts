/** Follows one job and writes what it tells into the session; owns the addresses of its previews. */
import { isEndEvent } from '@snug/client';
import type { Job, JobEndEvent } from '@snug/client';
import { newRun, withEvent } from './run-view.ts';
import type { Moment, RunNodes, RunView } from './run-view.ts';
import type { SessionState } from './session-state.ts';
import type { Store } from './store.ts';

/** Ended runs that are remembered; the server's history has the others. */
const MAX_RUNS = 60;

export interface FollowOptions {
  readonly store: Store<SessionState>;
  readonly job: Job;
  readonly now: () => number;
  /** What nodes show from before. */
  readonly before?: RunNodes | undefined;
  /** The nodes show this run from now on; otherwise once it starts. */
  readonly isShownAtOnce: boolean;
  readonly onEnd: (run: RunView, event: JobEndEvent) => void;
}

/** Resolves when the job has ended. */
export async function followJob({ store, job, now, before, isShownAtOnce, onEnd }: FollowOptions): Promise<void> {
  const urls = new Map<Blob, string>();
  const moment = (): Moment => ({
    now: now(),
    urlOf(blob) {
      const url = URL.createObjectURL(blob);
      urls.set(blob, url);
      return url;
    },
  });
  store.set((state) => ({
    ...state,
    runs: [...state.runs, newRun(job.id, now(), before)].slice(-MAX_RUNS),
    shownRun: isShownAtOnce ? job.id : state.shownRun,
  }));
  for await (const event of job) {
    let after: RunView | undefined;
    store.set((state) => {
      const run = state.runs.find(({ id }) => id === job.id);
      if (!run) return state;
      after = withEvent(run, event, moment());
      const runs = state.runs.map((one) => (one === run && after ? after : one));
      const isTurn = event.type === 'started' && job.id !== state.shownRun;
      if (!isTurn) return { ...state, runs };
      // what the run before left stays on the nodes until something new comes
      const left = state.runs.find(({ id }) => id === state.shownRun)?.nodes;
      const merged = withLeftovers(after, left);
      return { ...state, runs: runs.map((one) => (one === after ? merged : one)), shownRun: job.id };
    });
    if (after) forgetPreviews(urls, after);
    if (after && isEndEvent(event)) onEnd(after, event);
  }
}

function withLeftovers(run: RunView, left: RunNodes | undefined): RunView {
  const nodes = new Map(run.nodes);
  for (const [id, node] of newRun(run.id, 0, left).nodes) if (!nodes.has(id)) nodes.set(id, node);
  return { ...run, nodes };
}

/** Frees the pictures that no node shows any more. */
function forgetPreviews(urls: Map<Blob, string>, { nodes }: RunView): void {
  if (!urls.size) return;
  const shown = new Set([...nodes.values()].map(({ previewUrl }) => previewUrl));
  for (const [blob, url] of urls) {
    if (shown.has(url)) continue;
    urls.delete(blob);
    // the picture may be on the screen until the next frame
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }
}
