/**
 * Runs workflows of the server's own a few times before the first one of a user: code that never ran takes ten times as
 * long, and the user would wait for that. It goes the whole way of a prompt, over HTTP and back over a socket.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createNodeFiles } from '@snug/executor';
import { createMemoryBroker } from '../broker/memory-broker.ts';
import { Catalogue } from '../catalogue/catalogue.ts';
import { createInlineCode } from '../catalogue/inline-code.ts';
import { createServer } from '../create-server.ts';
import type { ServerOptions } from '../create-server.ts';
import { rehearsalPack } from './rehearsal-pack.ts';
import { rehearsalSubmission } from './rehearsal-prompt.ts';

const ROUNDS = 120;
/** Steps of the workflows, by turns: large ones tell their progress in another way. */
const SIZES = [20, 160, 160, 160] as const;
/** The turn that is the one before once more: its results are known. */
const AGAIN = 2;
const CLIENT_ID = 'warm-up';
const LAST_MESSAGE = /"execution_(success|error|interrupted)"/;
/** A user waits for no longer than this. */
const MAX_WAIT_MS = 5000;

export type WarmUpParts = Pick<ServerOptions, 'runner' | 'folders' | 'availableMemory'>;

/** The runner knows {@link rehearsalPack}; what goes wrong here is left for the first prompt to meet. */
export async function warmUp(parts: WarmUpParts): Promise<void> {
  const signal = AbortSignal.timeout(MAX_WAIT_MS);
  const files = createNodeFiles(parts.folders);
  const catalogue = new Catalogue(createInlineCode([rehearsalPack], { files }, () => {}));
  // nothing of this is on disk or in a history
  const broker = createMemoryBroker();
  const server = createServer({ ...parts, catalogue, broker, keepsParts: true, version: '0' });
  try {
    await catalogue.load();
    const [address] = await server.listen({ hosts: ['127.0.0.1'], port: 0 });
    await rehearse(address!, signal);
  } catch {
    // the first prompt meets it again
  } finally {
    await server.close();
    parts.runner.free();
  }
}

async function rehearse(address: string, signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/ws?clientId=${CLIENT_ID}`);
  let onEnd = (): void => {};
  socket.on('message', (data: Buffer) => {
    if (LAST_MESSAGE.test(data.toString('latin1', 0, 60))) onEnd();
  });
  socket.on('close', () => onEnd());
  signal.addEventListener('abort', () => socket.terminate());
  try {
    await once(socket, 'open', { signal });
    for (let round = 0; round < ROUNDS && !signal.aborted; round++) {
      // several messages come at once: it is listened for before anything is sent
      const ended = new Promise<void>((resolve) => (onEnd = resolve));
      const turn = round % SIZES.length;
      const submission = rehearsalSubmission(`${turn === AGAIN ? round - 1 : round}`, SIZES[turn]!);
      const body = JSON.stringify({ ...submission, client_id: CLIENT_ID });
      const { ok } = await fetch(`${address}/prompt`, { method: 'POST', body, signal });
      if (!ok) return;
      await ended;
    }
  } finally {
    socket.terminate();
  }
}
