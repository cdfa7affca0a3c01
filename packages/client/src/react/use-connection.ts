import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { ConnectionInfo } from '../connection-view.ts';
import { useClient } from './provider.tsx';

const IDLE: ConnectionInfo = { phase: 'idle', attempt: 0, reason: undefined };
const idle = (): ConnectionInfo => IDLE;

/** The connection of the client. It is looked at, and not opened for that. */
export function useConnection(): ConnectionInfo {
  const client = useClient();
  const last = useRef(IDLE);
  const subscribe = useCallback((listener: () => void) => client.connection.on('state', listener), [client]);
  const read = useCallback((): ConnectionInfo => {
    const { state } = client.connection;
    const { phase, attempt, reason } = last.current;
    // a new object would be news
    if (state.phase !== phase || state.attempt !== attempt || state.reason !== reason) last.current = state;
    return last.current;
  }, [client]);
  return useSyncExternalStore(subscribe, read, idle);
}
