/** Why there is no connection, for those who wait for one. */
import type { ConnectionInfo } from '../connection-view.ts';
import { member, textAt } from '../wire.ts';
import { ConnectError } from './errors.ts';

export interface ConnectionFault {
  /** The HTTP status of a refused handshake, a code of the platform (`ECONNREFUSED`), or `error`. */
  readonly type: string;
  readonly message: string;
}

/** What a socket's `error` event tells. Browsers tell nothing. */
export function faultOf(event: object): ConnectionFault {
  const message = textAt({ ...event, message: (event as { message?: unknown }).message }, 'message') ?? '';
  const code = textAt({ code: member({ ...(event as { error?: object }).error }, 'code') }, 'code');
  return { type: statusIn(message) ?? code ?? 'error', message: message || code || 'The socket failed.' };
}

/** A status that a text names. */
export function statusIn(text: string | undefined): string | undefined {
  return /\b[345]\d\d\b/.exec(text ?? '')?.[0];
}

/** The error for a connection that is not there and of which nothing is to be expected soon. */
export function failureOf(
  { phase, attempt, reason }: ConnectionInfo,
  fault: ConnectionFault | undefined,
): ConnectError | undefined {
  const status = statusIn(reason) ?? statusIn(fault?.type);
  const code = status === '401' || status === '403' ? 'unauthorized' : 'connection_failed';
  if (phase === 'blocked' || phase === 'stopped') return new ConnectError(reason ?? phase, code);
  if (phase === 'offline') return new ConnectError('The platform says that there is no network');
  if (phase === 'closed') return new ConnectError('Client is closed', 'client_closed');
  if (phase !== 'reconnecting' || attempt === 0) return undefined;
  return new ConnectError(fault?.message ?? 'The socket could not be opened', code, { retryable: true });
}
