import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import type { ServerEvents } from '../src/server-events.ts';
import { frame } from './fake/fake-comfy.ts';
import { createHarness, promptOf } from './fake/harness.ts';
import type { Harness } from './fake/harness.ts';

declare module '../src/server-events.ts' {
  interface ServerEvents {
    'my_pack.tile': { readonly x: number };
  }
}

async function connected(options = {}): Promise<Harness & { tell: (type: string, data: unknown) => Promise<void> }> {
  const harness = createHarness({}, options);
  harness.client.connect();
  await harness.clock.pass(100);
  const tell = async (type: string, data: unknown): Promise<void> => {
    harness.comfy.tell(harness.client.connection.clientId, type, data);
    await harness.clock.pass(10);
  };
  return { ...harness, tell };
}

describe('server events', () => {
  it('reach those who listen, until they stop', async () => {
    const { client, tell } = await connected();
    const heard: number[] = [];
    const off = client.on('my_pack.tile', ({ x }) => heard.push(x));
    client.once('my_pack.tile', ({ x }) => heard.push(x * 10));
    await tell('my_pack.tile', { x: 1 });
    await tell('my_pack.tile', { x: 2 });
    off();
    await tell('my_pack.tile', { x: 3 });
    expect(heard).toEqual([1, 10, 2]);
  });

  it('have types, custom ones by declaration merging', async () => {
    const { client } = await connected();
    client.on('executing', (data) => expectTypeOf(data).toEqualTypeOf<ServerEvents['executing']>());
    client.on('my_pack.tile', (data) => expectTypeOf(data).toEqualTypeOf<{ readonly x: number }>());
    client.on('not_declared', (data) => expectTypeOf(data).toEqualTypeOf<unknown>());
    expect(client.listened).toEqual(['executing', 'my_pack.tile', 'not_declared']);
  });

  it('come as event objects to listeners of the other kind, whose detail is the data', async () => {
    const { client, tell } = await connected();
    const events: unknown[] = [];
    const stop = new AbortController();
    client.addEventListener('custom', (event) => events.push(event), { signal: stop.signal });
    const object = { handleEvent: ({ detail }: { detail: unknown }) => events.push(['object', detail]) };
    client.addEventListener('custom', object, { once: true });
    await tell('custom', { a: 1 });
    stop.abort();
    await tell('custom', { a: 2 });
    expect(events).toEqual([{ type: 'custom', detail: { a: 1 } }, ['object', { a: 1 }]]);
    const listener = vi.fn<() => void>();
    client.addEventListener('custom', listener);
    client.removeEventListener('custom', listener);
    await tell('custom', {});
    expect(listener).not.toHaveBeenCalled();
  });

  it('of unknown types are told as unhandled while nobody listens to them', async () => {
    const { client, tell } = await connected();
    const unhandled: unknown[] = [];
    const all: string[] = [];
    client.on('unhandled', (event) => unhandled.push(event));
    client.on('*', (_data, type) => all.push(type));
    await tell('odd', 1);
    client.on('odd', () => {});
    await tell('odd', 2);
    expect(unhandled).toEqual([{ type: 'odd', data: 1 }]);
    expect(all).toEqual(['odd', 'unhandled', 'odd']);
  });

  it('named like life-cycle events are no life-cycle events', async () => {
    const { client, tell } = await connected();
    const phases: string[] = [];
    client.connection.on('state', ({ phase }) => phases.push(phase));
    await tell('state', { phase: 'closed' });
    await tell('close', {});
    expect(phases).toEqual([]);
    expect(client.connection.phase).toBe('open');
  });

  it('are not disturbed by a listener that throws, whose error is reported', async () => {
    const errors: unknown[] = [];
    const { client, tell } = await connected({ onError: (error: unknown) => errors.push(error) });
    const heard: unknown[] = [];
    client.on('x', () => {
      throw new Error('mine');
    });
    client.on('x', (data) => heard.push(data));
    await tell('x', 1);
    expect(heard).toEqual([1]);
    expect(errors).toMatchObject([{ message: 'mine' }]);
  });

  it('as frames: previews with and without what they are of, texts, and frames that nobody knows', async () => {
    const { client, comfy, clock } = await connected();
    const told: unknown[] = [];
    client.on('*', (data, type) => told.push([type, data]));
    const send = (bytes: Uint8Array): void => comfy.tellBytes(client.connection.clientId, bytes);
    send(frame(1, 2, [0x89, 0x50, 0x4e, 0x47]));
    send(frame(3, 1, [53, 104, 105]));
    send(frame(9, 0, [1]));
    const meta = [...new TextEncoder().encode('{"node_id":"5","prompt_id":"p"}')];
    send(frame(4, meta.length, [...meta, 0xff, 0xd8, 0xff]));
    await clock.pass(10);
    expect(told).toMatchObject([
      ['b_preview', { type: 'image/png', size: 4 }],
      ['progress_text', { nodeId: '5', text: 'hi' }],
      ['unknown_binary', { number: 9 }],
      ['b_preview_with_metadata', { nodeId: '5', promptId: 'p', blob: { type: 'image/jpeg' } }],
      ['b_preview', { type: 'image/jpeg' }],
    ]);
  });
});

describe('pictures of a job', () => {
  it('that come while it runs are previews of their node', async () => {
    const { client, end, eventsOf } = createHarness();
    const job = client.run(promptOf('Preview', 'Save'));
    const events = eventsOf(job);
    await end(job);
    expect(events.filter(({ type }) => type === 'preview')).toMatchObject([{ nodeId: '1', mime: 'image/jpeg' }]);
    expect((await job.result()).outputs.images).toHaveLength(1);
  });

  it.each([true, false])('of SaveImageWebsocket are outputs, with metadata: %s', async (hasMetadata) => {
    const { client, comfy, end, eventsOf } = createHarness();
    if (!hasMetadata) comfy.receive = () => {};
    const job = client.run(promptOf('Text', 'SaveImageWebsocket'));
    const events = eventsOf(job);
    expect(await end(job)).toBe('succeeded');
    const [image] = (await job.result()).outputs.images;
    expect(image).toMatchObject({ source: 'socket', nodeId: '2', mime: 'image/png' });
    expect([...(await image!.bytes())].slice(0, 4)).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(image!.url()).toMatch(/^data:image\/png;base64,iVBOR/);
    expect(events.filter(({ type }) => type === 'preview')).toEqual([]);
    expect(job.warnings).toEqual([]);
  });

  it('through a connection that was lost are warned of', async () => {
    const { client, clock, network, comfy, end } = createHarness();
    const job = client.run(promptOf('Never', 'SaveImageWebsocket'));
    await clock.until(() => job.state === 'running', 60_000);
    network.cut();
    await clock.pass(3000);
    comfy.release();
    expect(await end(job)).toBe('succeeded');
    expect(job.warnings).toMatchObject([{ type: 'socket-outputs-incomplete' }]);
  });
});

describe('numbered messages', () => {
  it('are heard once, leave a cursor in the handle, and are resumed after', async () => {
    const { client, clock, comfy, network } = createHarness();
    const heard: unknown[] = [];
    client.on('n', (data) => heard.push(data));
    await clock.pass(100);
    const socket = comfy.sessions.get(client.connection.clientId)!;
    for (const seq of [1, 2, 2, 3]) socket.deliver(JSON.stringify({ type: 'n', data: seq, seq, epoch: 'e1' }));
    await clock.pass(10);
    expect(heard).toEqual([1, 2, 3]);
    const job = client.run(promptOf('Never'));
    expect(job.handle()).toEqual({ id: job.id, server: 'http://fake', cursor: 'e1:3' });
    network.cut();
    await clock.pass(2000);
    expect(new URL(network.opened.at(-1)!).searchParams.get('since')).toBe('e1:3');
  });

  it('with a gap, and a resync, make every job ask', async () => {
    const { client, clock, comfy, network } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    await clock.pass(2000);
    const socket = comfy.sessions.get(client.connection.clientId)!;
    const asks = async (message: object): Promise<number> => {
      const before = network.requests.length;
      socket.deliver(JSON.stringify(message));
      await clock.pass(100);
      return network.requests.length - before;
    };
    expect(await asks({ type: 'n', seq: 1, epoch: 'e' })).toBe(0);
    expect(await asks({ type: 'n', seq: 5, epoch: 'e' })).toBe(1);
    expect(await asks({ type: 'resync', data: { reason: 'too old' } })).toBe(1);
  });

  it("of a job in the server's own words move its progress", async () => {
    const { client, clock, comfy } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    comfy.tell(client.connection.clientId, 'job', { id: job.id, progress: 0.6, eta_ms: 900 });
    await clock.pass(10);
    expect(job.progress).toMatchObject({ share: 0.6, remainingMs: 900 });
  });
});
