import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { decodeFrame, decodeMessage } from '@snug/protocol';
import { heldPrompt, shown, startWireServer } from './wire-server.ts';
import type { WireServer } from './wire-server.ts';

let wire: WireServer;
beforeAll(async () => {
  wire = await startWireServer();
});
afterAll(() => wire.close());

const hello = (data?: object): object => ({ type: 'feature_flags', ...(data ? { data } : {}) });

describe('a socket', () => {
  it('[SE1] [SE5] [TX4] is opened at two paths and greeted with status and its id', async () => {
    for (const path of ['/ws', '/api/ws']) {
      const socket = await wire.connect('?clientId=a%20b%2Fc', path);
      await socket.settled();
      expect(socket.received).toEqual([
        { type: 'status', data: { status: { exec_info: { queue_remaining: 0 } }, sid: 'a b/c' } },
      ]);
    }
    expect((await fetch(`${wire.url}/ws`)).status).toBe(404);
  });

  it('[SE2] without an id is given one of 32 hexadecimal digits', async () => {
    for (const query of ['', '?clientId=', '?clientid=x']) {
      const socket = await wire.connect(query);
      await socket.settled();
      expect(socket.texts[0]?.data['sid']).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it('[SE3] is refused elsewhere, with an id too long, and for what other requests are refused', async () => {
    await expect(wire.connect('', '/socket')).rejects.toThrow('status 404');
    await expect(wire.connect(`?clientId=${'x'.repeat(1001)}`)).rejects.toThrow('status 400');
    const small = await startWireServer({ maxConnections: 1 });
    await small.connect();
    await expect(small.connect()).rejects.toThrow('status 503');
    await small.close();
  });

  it('[SE4] agrees to no compression and no subprotocol', async () => {
    const { socket } = await wire.connect();
    expect([socket.extensions, socket.protocol]).toEqual(['', '']);
  });

  it('[SE20] [SE23] takes one byte less than 4 MiB, and is closed with 1009 for one more', async () => {
    const socket = await wire.connect();
    socket.say('x'.repeat(4 * 1024 * 1024 - 1));
    await socket.settled();
    socket.say('x'.repeat(4 * 1024 * 1024));
    expect(await socket.closed).toBe(1009);
  });

  it('[SE25] is closed with 1001 when the server stops', async () => {
    const stopping = await startWireServer();
    onTestFinished(() => stopping.close());
    const socket = await stopping.connect();
    const closing = stopping.server.close();
    expect(await socket.closed).toBe(1001);
    await closing;
  });
});

describe('what a client says', () => {
  it('[HT11] [TX22] [TX24] [EXT3] is its flags; the answer is what GET /features has', async () => {
    const features: unknown = await (await fetch(`${wire.url}/features`)).json();
    for (const flags of [undefined, { supports_preview_metadata: true, of_tomorrow: 1 }]) {
      const socket = await wire.connect();
      socket.say(hello(flags));
      await socket.settled();
      expect(socket.texts.slice(1)).toEqual([{ type: 'feature_flags', data: features }]);
    }
    expect(features).toMatchObject({ supports_takeover_close: true });
  });

  it('[TX25] [SE8] counts from the first JSON object on, and once', async () => {
    const socket = await wire.connect();
    for (const noise of ['junk', '[1]', '"feature_flags"', '5']) socket.say(noise);
    socket.socket.send(Buffer.from(JSON.stringify(hello())), { binary: true });
    await socket.settled();
    expect(socket.types).toEqual(['status']);
    socket.say(hello());
    socket.say(hello());
    await socket.settled();
    expect(socket.types).toEqual(['status', 'feature_flags']);
  });

  it('[SE9] is too late after another object', async () => {
    const socket = await wire.connect();
    socket.say({ type: 'other' });
    socket.say(hello());
    await socket.settled();
    expect(socket.types).toEqual(['status']);
  });

  it('[EXT4] is ignored where it is unknown; the server’s own flags cannot be changed from outside', async () => {
    const flagged = await startWireServer({ features: { of_mine: 'x', max_upload_size: 1, assets: true } });
    const features: unknown = await (await fetch(`${flagged.url}/features`)).json();
    expect(features).toMatchObject({ of_mine: 'x', max_upload_size: 104_857_600, assets: false });
    await flagged.close();
  });
});

describe('a second socket with the same id', () => {
  it('[SE7] [SE11] [SE12] takes over without flags; the first hears nothing more, and its end changes nothing', async () => {
    const [older, newer] = [await wire.connect('?clientId=twice'), await wire.connect('?clientId=twice')];
    const { prompt_id } = await wire.submit(shown('twice'), { client_id: 'twice' });
    await newer.ended(prompt_id);
    await older.settled();
    expect(older.types).toEqual(['status']);
    older.socket.close();
    await older.closed;
    const again = await wire.submit(shown('again'), { client_id: 'twice' });
    await newer.ended(again.prompt_id);
    expect(newer.of('execution_success').length).toBe(2);
  });

  it('[EXT1] [EXT2] closes the first with 4409 only when it asked for that', async () => {
    const older = await wire.connect('?clientId=modern');
    older.say(hello({ supports_takeover_close: true }));
    await older.settled();
    await wire.connect('?clientId=modern');
    expect(await older.closed).toBe(4409);
    const stock = await wire.connect('?clientId=stock');
    stock.say(hello({ supports_takeover_close: 'true' }));
    await stock.settled();
    await wire.connect('?clientId=stock');
    await stock.settled();
    expect(stock.types).toEqual(['status', 'feature_flags']);
  });
});

describe('a run', () => {
  it('[EX1] [TX6] [TX7] [TX8] [TX9] [TX15] [TX16] is told to its client in this order', async () => {
    const socket = await wire.connect('?clientId=run');
    const { prompt_id } = await wire.submit(shown('run'), { client_id: 'run' });
    await socket.ended(prompt_id);
    const during = ['execution_start', 'execution_cached', 'progress_state', 'executing', 'executed', 'progress_state'];
    expect(socket.types.filter((type) => type !== 'status')).toEqual([...during, 'execution_success', 'executing']);
    expect(socket.of('execution_cached')[0]?.data['nodes']).toEqual([]);
    expect(socket.of('executing').map(({ data }) => data)).toEqual([
      { node: '1', display_node: '1', prompt_id },
      { node: null, prompt_id },
    ]);
    expect(socket.of('executed')[0]?.data).toEqual({
      node: '1',
      display_node: '1',
      output: { text: ['run'] },
      prompt_id,
    });
    for (const one of socket.texts) expect(decodeMessage(JSON.stringify(one)).type).toBe(one.type);
  });

  it('[TX3] [TX5] tells everybody how many wait or run', async () => {
    const bystander = await wire.connect();
    const { prompt_id } = await wire.submit(shown('count'));
    await bystander.until(({ texts }) => texts.length >= 4 && texts.at(-1)?.type === 'status');
    const told = bystander.of('status').map(({ data }) => data['status']);
    const left = (count: number): object => ({ exec_info: { queue_remaining: count } });
    expect(told).toEqual([left(0), left(1), left(1), left(0)]);
    expect(bystander.of('status').filter(({ data }) => 'sid' in data).length).toBe(1);
    expect(prompt_id).toBeTypeOf('string');
  });

  it('[TX9] [QU26] can be read in the history when its end is told', async () => {
    const socket = await wire.connect('?clientId=record');
    const { prompt_id } = await wire.submit(shown('record'), { client_id: 'record' });
    await socket.ended(prompt_id);
    const history = (await (await fetch(`${wire.url}/history/${prompt_id}`)).json()) as Record<string, object>;
    expect(history[prompt_id]).toMatchObject({
      outputs: { 1: { text: ['record'] } },
      status: { status_str: 'success', completed: true },
      meta: { 1: { node_id: '1', display_node: '1', parent_node: null, real_node_id: '1' } },
    });
  });

  it('[TX12] [TX13] has a state for each node, from 0 of 1 to its maximum', async () => {
    const socket = await wire.connect('?clientId=state');
    const { prompt_id } = await wire.submit(shown('state'), { client_id: 'state' });
    await socket.ended(prompt_id);
    const ids = { node_id: '1', prompt_id, display_node_id: '1', parent_node_id: null, real_node_id: '1' };
    expect(socket.of('progress_state').map(({ data }) => data['nodes'])).toEqual([
      { 1: { value: 0, max: 1, state: 'running', ...ids } },
      { 1: { value: 1, max: 1, state: 'finished', ...ids } },
    ]);
  });

  it('[TX10] [SE6] greets a client that comes in the middle with the node, and with nothing that was before', async () => {
    const { prompt_id } = await wire.submit(heldPrompt('middle'), { client_id: 'late' });
    await wire.held();
    const socket = await wire.connect('?clientId=late');
    await socket.settled();
    expect(socket.types).toEqual(['status', 'executing']);
    expect(socket.texts[1]?.data).toEqual({ node: '1' });
    wire.release();
    await socket.ended(prompt_id);
  });

  it('[EX23] [BF12] without a client is told to everybody as progress and nothing else', async () => {
    const socket = await wire.connect();
    await wire.submit(preview('nobody', 'JPEG'));
    await socket.until(({ types }) => types.filter((type) => type === 'status').length === 4);
    expect(new Set(socket.types)).toEqual(new Set(['status', 'progress_state', 'progress', 1]));
  });

  it('[TX29] [SE14] tells what a node sends in its place', async () => {
    const socket = await wire.connect('?clientId=custom');
    const emit = { class_type: 'ConformEmit', inputs: { value: 1, text: 'own' } };
    const prompt = { 1: emit, 2: { class_type: 'ConformUi', inputs: { text: ['1', 0] } } };
    const { prompt_id } = await wire.submit(prompt, { client_id: 'custom' });
    await socket.ended(prompt_id);
    const at = socket.types.indexOf('conform.message');
    expect(socket.types.slice(at - 1, at + 2)).toEqual(['executing', 'conform.message', 'progress_state']);
    expect(socket.of('conform.message')[0]?.data).toEqual({ node: '1', text: 'own' });
  });
});

function preview(text: string, format: 'JPEG' | 'PNG', maxSize = 512): object {
  const inputs = { text, steps: 1, format, width: 64, height: 32, max_size: maxSize };
  return {
    1: { class_type: 'ConformPreview', inputs },
    2: { class_type: 'ConformUi', inputs: { text: ['1', 0] } },
  };
}

describe('pictures of a run', () => {
  it('[BF8] [BF11] [BF16] [SE10] come as type 4 before the progress for a client with the flag', async () => {
    const socket = await wire.connect('?clientId=flag');
    socket.say(hello({ supports_preview_metadata: true }));
    const { prompt_id } = await wire.submit(preview('flag', 'PNG'), { client_id: 'flag' });
    await socket.ended(prompt_id);
    const at = socket.types.indexOf(4);
    expect(socket.types.slice(at - 1, at + 2)).toEqual(['progress_state', 4, 'progress']);
    expect(socket.types).not.toContain(1);
    const ids = { node_id: '1', prompt_id, display_node_id: '1', parent_node_id: null, real_node_id: '1' };
    expect(decodeFrame(socket.frames[0]!)).toMatchObject({
      type: 'preview-with-metadata',
      metadata: { ...ids, image_type: 'image/png' },
    });
  });

  it('[BF11] [BF16] [SE10] come as type 1 after the progress for any other', async () => {
    const socket = await wire.connect('?clientId=plain');
    socket.say(hello({ supports_preview_metadata: 1 }));
    const { prompt_id } = await wire.submit(preview('plain', 'JPEG'), { client_id: 'plain' });
    await socket.ended(prompt_id);
    const at = socket.types.indexOf(1);
    expect(socket.types.slice(at - 2, at)).toEqual(['progress_state', 'progress']);
    expect(socket.types).not.toContain(4);
    expect(decodeFrame(socket.frames[0]!)).toMatchObject({ type: 'preview', mime: 'image/jpeg' });
  });

  it.each([
    [512, 512, 256],
    [16, 16, 8],
    [64, 64, 32],
  ])('[BF14] fit a square of %i, up or down', async (side, width, height) => {
    const socket = await wire.connect('?clientId=size');
    const { prompt_id } = await wire.submit(preview(`size ${side}`, 'PNG', side), { client_id: 'size' });
    await socket.ended(prompt_id);
    const frame = decodeFrame(socket.frames[0]!);
    expect(await sharp('image' in frame ? frame.image : undefined).metadata()).toMatchObject({ width, height });
  });

  it('[BF5] [BF15] texts come as type 3, to the client alone', async () => {
    const [socket, bystander] = [await wire.connect('?clientId=text'), await wire.connect()];
    const prompt = {
      '1é': { class_type: 'ConformText', inputs: { text: 'progreß ✓' } },
      2: { class_type: 'ConformUi', inputs: { text: ['1é', 0] } },
    };
    const { prompt_id } = await wire.submit(prompt, { client_id: 'text' });
    await socket.ended(prompt_id);
    await bystander.settled();
    expect(socket.frames.map(decodeFrame)).toEqual([{ type: 'text', node: '1é', text: 'progreß ✓' }]);
    expect(bystander.frames).toEqual([]);
  });
});
