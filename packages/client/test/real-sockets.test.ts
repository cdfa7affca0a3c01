/** The client over real sockets, against a server that can be told to misbehave. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConnectionInfo } from '../src/connection-view.ts';
import { createClient } from '../src/node.ts';
import type { NodeClient } from '../src/node.ts';
import type { ClientOptions } from '../src/options.ts';
import type { FakeOptions } from './fake/fake-comfy.ts';
import { frame } from './fake/fake-comfy.ts';
import { FakeServer } from './fake/fake-server.ts';
import { promptOf } from './fake/harness.ts';

async function start(
  { path = '', ...server }: Partial<FakeOptions> & { path?: string } = {},
  options: Partial<ClientOptions> = {},
): Promise<{ server: FakeServer; client: NodeClient }> {
  const fake = await FakeServer.start(server, path);
  const client = createClient({ url: fake.url, reconnect: { minMs: 5, maxMs: 20 }, ...options });
  onTestFinished(async () => {
    client.close();
    await fake.stop();
  });
  return { server: fake, client };
}

const stateOf = (client: NodeClient, phase: ConnectionInfo['phase']): Promise<ConnectionInfo> =>
  new Promise((resolve) => {
    if (client.connection.phase === phase) resolve(client.connection.state);
    else client.connection.on('state', (info) => info.phase === phase && resolve(info));
  });

it('runs a job from its workflow to the bytes of its picture', async () => {
  const { client } = await start();
  const job = client.run(promptOf('Text', 'Save'));
  const types = [];
  for await (const event of job) types.push(event.type);
  const { outputs } = await job.result();
  expect(new TextDecoder().decode(await outputs.images[0]!.bytes())).toBe(`file ${job.id}.png`);
  expect(types.at(-1)).toBe('succeeded');
});

describe('a socket', () => {
  it('is opened at the path of the server, with the credentials', async () => {
    const { server, client } = await start(
      { path: '/comfy' },
      { auth: { basic: { user: 'a', password: 'b' }, query: { token: 't' } } },
    );
    await client.generate(promptOf('Save'));
    const [request] = server.upgrades;
    expect(request?.url).toBe(`/comfy/ws?clientId=${client.connection.clientId}&token=t`);
    expect(request?.headers.authorization).toBe(`Basic ${btoa('a:b')}`);
  });

  it('greets first, with what this client understands', async () => {
    const { server, client } = await start();
    await client.generate(promptOf('Save'));
    expect([...server.comfy.flags.values()]).toMatchObject([
      { supports_preview_metadata: true, supports_event_sequence: true },
    ]);
    expect(await client.features()).toMatchObject({ max_upload_size: 1e8 });
  });

  it('takes a message of 20 MB', async () => {
    const { server, client } = await start();
    const got = new Promise<Blob>((resolve) => client.once('b_preview', resolve));
    await stateOf(client, 'open');
    const image = new Uint8Array(20 * 2 ** 20);
    const told = frame(1, 1, []);
    server.comfy.tellBytes(client.connection.clientId, Buffer.concat([told, image]));
    expect((await got).size).toBe(image.length);
  });

  it('that is cut in the middle of a frame is opened again', async () => {
    const { server, client } = await start();
    client.connect();
    await stateOf(client, 'open');
    const again = stateOf(client, 'reconnecting').then(() => stateOf(client, 'open'));
    for (const socket of server.sockets) {
      // the head of a frame of 100 bytes, and two of them
      (socket as typeof socket & { _socket: NodeJS.WritableStream })._socket.write(new Uint8Array([0x82, 100, 1, 2]));
      socket.terminate();
    }
    expect((await again).phase).toBe('open');
  });

  it('that sends what is no frame is opened again', async () => {
    const { server, client } = await start();
    client.connect();
    await stateOf(client, 'open');
    const again = stateOf(client, 'reconnecting').then(() => stateOf(client, 'open'));
    for (const socket of server.sockets)
      (socket as typeof socket & { _socket: NodeJS.WritableStream })._socket.write(
        new Uint8Array([0xff, 0xff, 0xff, 0xff]),
      );
    expect((await again).phase).toBe('open');
  });

  it.each([401, 403, 404])(
    'that is refused as requests are (%i) blocks the connection, with the reason',
    async (status) => {
      const { server, client } = await start();
      server.faults.refuseSocket = () => status;
      server.faults.request = () => ({ status, body: '' });
      client.connect();
      expect(await stateOf(client, 'blocked')).toMatchObject({
        reason: expect.stringContaining(String(status)) as string,
      });
    },
  );

  it('that alone is refused leaves the jobs to be asked about', async () => {
    const { server, client } = await start({}, { timeouts: { pollMs: 5 } });
    server.faults.refuseSocket = () => 503;
    const { outputs } = await client.generate(promptOf('Save'));
    expect(outputs.images).toHaveLength(1);
    expect(client.connection.phase).toBe('reconnecting');
  });

  it('that a newer client with the same id took over is not opened again', async () => {
    const { server, client } = await start();
    client.connect();
    await stateOf(client, 'open');
    for (const socket of server.sockets) socket.close(4409);
    expect(await stateOf(client, 'stopped')).toMatchObject({ reason: 'a newer connection has the same client id' });
    client.connect();
    await stateOf(client, 'open');
  });

  it('follows the id that the server gives', async () => {
    const { server, client } = await start();
    const renamed = new Promise((resolve) => client.connection.on('renamed', resolve));
    client.connect();
    await stateOf(client, 'open');
    const before = client.connection.clientId;
    server.comfy.tell(before, 'status', { sid: 'other', status: {} });
    expect(await renamed).toEqual({ clientId: 'other', before });
  });
});

describe('a submission over real requests', () => {
  it.each([
    [413, 'too_large'],
    [403, 'origin_rejected'],
  ])('that is refused with %i says why', async (status, code) => {
    const { server, client } = await start();
    server.faults.request = ({ method }) => (method === 'POST' ? { status, body: '' } : undefined);
    await expect(client.generate(promptOf('Save'))).rejects.toMatchObject({ code });
  });

  it('that is redirected is not sent on', async () => {
    const { server, client } = await start();
    server.faults.request = ({ method }) =>
      method === 'POST' ? { status: 302, body: '', headers: { location: '/' } } : undefined;
    await expect(client.generate(promptOf('Save'))).rejects.toMatchObject({ code: 'redirected' });
  });

  it('keeps all digits of seeds', async () => {
    const { server, client } = await start();
    let body = '';
    const answer = server.comfy.answer.bind(server.comfy);
    server.comfy.answer = (method, path, query, sent) => {
      if (method === 'POST' && path === '/api/prompt') body = sent;
      return answer(method, path, query, sent);
    };
    const seeds = '"10":{"class_type":"Save","inputs":{"a":9223372036854775807,"b":18446744073709551615,"c":5.0}}';
    await client.generate(`{${seeds},"2":{"class_type":"Text","inputs":{}}}`);
    expect(body).toContain(`{${seeds},"2"`);
    await client.generate({ 1: { class_type: 'Save', inputs: { seed: 18_446_744_073_709_551_615n } } });
    expect(body).toContain('"seed":18446744073709551615');
  });
});

describe('a program', () => {
  it('ends when its jobs have, although nobody closed the client', async () => {
    const { server } = await start();
    const source = `
      import { createClient } from ${JSON.stringify(new URL('../dist/node.js', import.meta.url).href)};
      const comfy = createClient(${JSON.stringify(server.url)});
      const { outputs } = await comfy.generate({ 1: { class_type: 'Save', inputs: {} } });
      console.log(outputs.images.length, comfy.connection.phase);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', source], {
      timeout: 15_000,
    });
    expect(stdout.trim()).toBe('1 open');
  });
});
