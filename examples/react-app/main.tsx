import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '@snug/client';
import { ComfyProvider } from '@snug/client/react';
import { App } from './app.tsx';

const container = document.getElementById('root');
if (!container) throw new Error('The page has no place for the app.');

const server = new URLSearchParams(location.search).get('server') ?? location.origin;
const comfy = createClient({ url: server, clientId: { persist: 'session' } });

createRoot(container).render(
  <StrictMode>
    <ComfyProvider client={comfy}>
      <App />
    </ComfyProvider>
  </StrictMode>,
);
