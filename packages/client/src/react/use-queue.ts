import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from './provider.tsx';
import { queueStoreOf, UNKNOWN } from './queue-store.ts';
import type { QueueView } from './queue-store.ts';

const unknown = (): QueueView => UNKNOWN;

/** What runs and waits on the server, whoever it is of, and a way to read it now. The socket is open for it. */
export function useQueue(): QueueView & { readonly refresh: () => Promise<void> } {
  const store = queueStoreOf(useClient());
  const view = useSyncExternalStore(store.subscribe, store.view, unknown);
  return useMemo(() => ({ ...view, refresh: store.refresh }), [view, store]);
}
