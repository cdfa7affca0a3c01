/** What widgets ask of the server and of chance. */
import type { Client } from '@snug/client';
import { createContext, useContext } from 'react';

export interface WidgetServices {
  readonly client: Pick<Client, 'upload' | 'viewUrl' | 'request' | 'file'>;
  readonly randomBytes: (count: number) => Uint8Array;
}

const Services = createContext<WidgetServices | undefined>(undefined);
export const WidgetServicesProvider = Services.Provider;

export function useWidgetServices(): WidgetServices {
  const services = useContext(Services);
  if (!services) throw new Error('Widgets stand inside of a WidgetServicesProvider.');
  return services;
}
