/**
 * Runs a workflow of the server's own a few times before the first one of a user: code that never ran takes ten times as
 * long, and the user would wait for that. It goes the whole way of a prompt, over HTTP and back over a socket.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createMemoryBroker } from '../broker/memory-broker.ts';
import { createServer } from '../create-server.ts';
import type { ServerOptions } from '../create-server.ts';
import { createRehearsal } from './rehearsal-prompt.ts';
import type { Rehearsal } from './rehearsal-prompt.ts';

const ROUNDS = 40;
/** Nodes of the workflows, by turns: large ones tell their progress in another way. */
const SIZES = [60, 160] as const;
const CLIENT_ID = 'warm-up';
const LAST_MESSAGE = /"execution_(success|error|interrupted)"/;
/** A user waits for no longer than this. */
const MAX_WAIT_MS = 5000;

export type WarmUpParts = Pick<ServerOptions, 'catalogue' | 'runner' | 'folders' | 'availableMemory'>;

/** Does nothing on a server without those nodes; what goes wrong here is left for the first prompt to meet. */
export async function warmUp(parts: WarmUpParts): Promise<void> {
  const { catalogue, runner } = parts;
  const rehearsal = createRehearsal((classType) => catalogue.typeOf(classType) !== undefined);
  if (!rehearsal) return;
  const signal = AbortSignal.timeout(MAX_WAIT_MS);
  // nothing of this is on disk or in a history
  const server = createServer({ ...parts, broker: createMemoryBroker(), keepsParts: true, version: '0' });
  try {
    const [address] = await server.listen({ hosts: ['127.0.0.1'], port: 0 });
    await rehearse(address!, rehearsal, signal);
  } catch {
    // the first prompt meets it again
  } finally {
    await server.close();
    runner.free();
  }
}

async function rehearse(address: string, rehearsal: Rehearsal, signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/ws?clientId=${CLIENT_ID}`);
  try {
    await once(socket, 'open', { signal });
    for (let round = 0; round < ROUNDS; round++) {
      const ended = untilEnd(socket, signal);
      // heard before it is waited for: the time may run out meanwhile
      ended.catch(() => undefined);
      const body = JSON.stringify({
        ...rehearsal(`${round >> 2}`, SIZES[round % SIZES.length]!),
        client_id: CLIENT_ID,
      });
      const { ok } = await fetch(`${address}/prompt`, { method: 'POST', body, signal });
      if (!ok) return;
      await ended;
    }
  } finally {
    socket.terminate();
  }
}

/** Not by waiting for one message after the other: several come at once. */
async function untilEnd(socket: WebSocket, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  socket.on('message', (data: Buffer) => {
    if (LAST_MESSAGE.test(data.toString('latin1', 0, 60))) done.abort();
  });
  await once(done.signal, 'abort', { signal });
  socket.removeAllListeners('message');
}
