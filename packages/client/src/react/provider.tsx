/** The client that the components below use. */
import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';

const ClientContext = createContext<Client | undefined>(undefined);

export interface ComfyProviderProps {
  readonly client: Client;
  readonly children?: ReactNode;
}

/** Gives a client to the components below. It neither connects nor closes it: that is for whoever made it. */
export function ComfyProvider({ client, children }: ComfyProviderProps): ReactNode {
  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>;
}

/** The client of the nearest provider. @throws {ClientError} `invalid_option` when there is none. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client) return client;
  throw new ClientError('invalid_option', 'There is no <ComfyProvider> above this component.');
}
