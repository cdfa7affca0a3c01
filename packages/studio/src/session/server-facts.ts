/** Keeps queue and history as the server has them: asked again when it says that something moved. */
import type { Client, HistoryItem } from '@snug/client';
import type { SessionState } from './session-state.ts';
import type { Store } from './store.ts';

const FIRST_HISTORY = 64;
const NEW_HISTORY = 8;
const MAX_HISTORY = 400;

export interface ServerFacts {
  refreshQueue(): void;
  refreshHistory(): void;
  /** All of it anew: after a time without connection, or when entries were removed. */
  reload(): void;
}

export function createServerFacts(
  client: Client,
  store: Store<SessionState>,
  onFault: (error: unknown) => void,
): ServerFacts {
  let isComplete = false;
  const queue = oneAtATime(async () => {
    const read = await client.queue();
    store.set((state) => ({ ...state, queue: read }));
  }, onFault);
  const history = oneAtATime(async () => {
    const items = await client.history({ maxItems: isComplete ? NEW_HISTORY : FIRST_HISTORY });
    const isFirst = !isComplete;
    isComplete = true;
    store.set((state) => ({ ...state, history: merge(isFirst ? [] : state.history, items) }));
  }, onFault);
  let remaining = -1;
  client.on('status', ({ status }) => {
    queue();
    const now = status.exec_info.queue_remaining;
    if (now < remaining) history();
    remaining = now;
  });
  return {
    refreshQueue: queue,
    refreshHistory: history,
    reload() {
      isComplete = false;
      queue();
      history();
    },
  };
}

/** Newest first. @param items oldest first, as they come */
function merge(known: readonly HistoryItem[], items: readonly HistoryItem[]): readonly HistoryItem[] {
  const ids = new Set(items.map(({ id }) => id));
  return [...items.toReversed(), ...known.filter(({ id }) => !ids.has(id))].slice(0, MAX_HISTORY);
}

/** Runs it once more after a run that was asked for meanwhile, however often. */
export function oneAtATime(task: () => Promise<void>, onFault: (error: unknown) => void): () => void {
  let isRunning = false;
  let isWanted = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      try {
        await task();
      } catch (error) {
        onFault(error);
      }
    }
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
