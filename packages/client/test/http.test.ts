import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../src/node.ts';
import type { ClientOptions } from '../src/options.ts';
import { readRetryAfter } from '../src/http-failure.ts';

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
}

/** A server that answers as it is told, and a client of it. No wait is longer than a millisecond. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  options: Partial<ClientOptions> = {},
  path = '',
) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url!, method: request.method!, headers: request.headers });
    answer(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const chance = { random: () => 0, randomBytes: (bytes: Uint8Array<ArrayBuffer>) => bytes };
  const client = createClient({ url, transport: 'poll', chance, ...options });
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, seen, url };
}

const ok = (_request: IncomingMessage, response: ServerResponse): void => void response.end('{"ok":true}');

describe('the address', () => {
  it.each(['/comfy', '/comfy/', '/a/b//'])('keeps a path: %s', async (path) => {
    const { client, seen } = await serve(ok, {}, path);
    await client.systemStats();
    const base = path.replace(/\/+$/, '');
    expect(seen[0]?.url).toBe(`${base}/api/system_stats`);
    const place = { filename: 'a b.png', subfolder: 'x/ü', folder: 'output' };
    expect(new URL(client.viewUrl(place, { preview: 'webp;80' })).pathname).toBe(`${base}/api/view`);
    expect(Object.fromEntries(new URL(client.viewUrl(place, { preview: 'webp;80' })).searchParams)).toEqual({
      filename: 'a b.png',
      subfolder: 'x/ü',
      type: 'output',
      preview: 'webp;80',
    });
  });

  it('may have no prefix, for old servers', async () => {
    const { client, seen } = await serve(ok, { apiPrefix: '' });
    await client.systemStats();
    expect(seen[0]?.url).toBe('/system_stats');
  });

  it.each(['ftp://x', 'http://', ':::'])('that cannot be used is refused: %s', (url) => {
    expect(() => createClient(url)).toThrow(expect.objectContaining({ code: 'invalid_option' }) as Error);
  });

  it('needs no scheme', () => expect(createClient('127.0.0.1:8188').url).toBe('http://127.0.0.1:8188'));
});

describe('credentials', () => {
  const headersWith = async (options: Partial<ClientOptions>): Promise<Seen> => {
    const { client, seen } = await serve(ok, options);
    await client.queue();
    return seen[0]!;
  };
  it('basic', async () => {
    const { headers } = await headersWith({ auth: { basic: { user: 'ann', password: 'pä:ss' } } });
    expect(Buffer.from(headers.authorization!.split(' ')[1]!, 'base64').toString()).toBe('ann:pä:ss');
  });
  it('basic, out of the address', async () => {
    const { url } = await serve(ok);
    expect(createClient(url.replace('//', '//ann:secret@')).url).toBe(url);
  });
  it('bearer, asked for anew for each request', async () => {
    let count = 0;
    const { client, seen } = await serve(ok, { auth: { bearer: () => Promise.resolve(`t${++count}`) } });
    await client.queue();
    await client.queue();
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });
  it('headers, cookie, user', async () => {
    const { headers } = await headersWith({
      auth: { headers: { 'x-key': '1' }, cookie: 'a=b' },
      headers: { 'x-app': 'me' },
      user: 'ann',
    });
    expect(headers).toMatchObject({ 'x-key': '1', cookie: 'a=b', 'x-app': 'me', 'comfy-user': 'ann' });
  });
  it('in the address, also in links to files', async () => {
    const { client, seen } = await serve(ok, { auth: { query: { token: 'a&b' } } });
    await client.queue();
    expect(seen[0]?.url).toBe('/api/queue?token=a%26b');
    expect(client.viewUrl({ filename: 'x', subfolder: '', folder: 'temp' })).toContain('token=a%26b');
  });
  it('nothing that was not given', async () => {
    const { headers } = await headersWith({});
    expect(Object.keys(headers)).not.toContain('comfy-user');
    expect(headers.authorization).toBeUndefined();
  });
});

describe('requests', () => {
  it.each([429, 502, 503, 504])('are made again after %i when that is safe', async (status) => {
    const { client, seen } = await serve((_request, response, count) => {
      if (count < 3) response.writeHead(status).end('<html><title>Busy</title></html>');
      else response.end('{"system":1}');
    });
    expect(await client.systemStats()).toEqual({ system: 1 });
    expect(seen).toHaveLength(3);
  });

  it('are made again when the answer is cut', async () => {
    const { client, seen } = await serve((_request, response, count) => {
      if (count > 1) return void response.end('{"system":1}');
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"sys');
      setImmediate(() => response.destroy());
    });
    expect(await client.systemStats()).toEqual({ system: 1 });
    expect(seen).toHaveLength(2);
  });

  it('that change something are made once', async () => {
    const { client, seen } = await serve((_request, response) => void response.writeHead(502).end('<html></html>'));
    await expect(client.free()).rejects.toMatchObject({ code: 'request_failed', status: 502, retryable: true });
    expect(seen).toHaveLength(1);
  });

  it('give up after four times', async () => {
    const { client, seen } = await serve((_request, response) => void response.writeHead(503).end());
    await expect(client.queue()).rejects.toMatchObject({ status: 503 });
    expect(seen).toHaveLength(4);
  });

  it('wait as long as they are told, but not two hours', async () => {
    const { client, seen } = await serve(
      (_request, response) => void response.writeHead(503, { 'retry-after': '7200' }).end(),
    );
    await expect(client.queue()).rejects.toMatchObject({ retryAfterMs: 7_200_000 });
    expect(seen).toHaveLength(1);
  });

  it('that never get an answer time out', async () => {
    const { client } = await serve(() => {}, { timeouts: { requestMs: 30 } });
    await expect(client.request('/x', { retry: false })).rejects.toMatchObject({ code: 'timed_out' });
  });

  it('that never get all of the answer time out too', async () => {
    const { client } = await serve((_request, response) => void response.write('{'), { timeouts: { requestMs: 30 } });
    await expect(client.request('/x', { retry: false })).rejects.toMatchObject({ code: 'timed_out' });
  });

  it('end with the reason of their signal', async () => {
    const { client } = await serve(() => {});
    const stop = new AbortController();
    const asked = client.request('/x', { signal: stop.signal });
    stop.abort('enough');
    await expect(asked).rejects.toBe('enough');
  });

  it('end when the client is closed, and may be made after that', async () => {
    const { client } = await serve((_request, response, count) => {
      if (count > 1) response.end('{}');
      else client.close();
    });
    await expect(client.request('/x')).rejects.toMatchObject({ code: 'client_closed' });
    client.connect();
    expect(await client.request('/x')).toEqual({});
  });

  it('that nobody answers say what to look at', async () => {
    const client = createClient({ url: 'http://127.0.0.1:1', transport: 'poll' });
    await expect(client.request('/x', { retry: false })).rejects.toMatchObject({
      code: 'connection_failed',
      hint: expect.stringContaining('Is the server running') as string,
    });
    client.close();
  });
});

describe('answers', () => {
  const answered = async (status: number, body: string): Promise<unknown> => {
    const { client } = await serve((_request, response) => void response.writeHead(status).end(body));
    return client.request('/x', { retry: false }).catch((error: unknown) => error);
  };
  it('may hold NaN and long numbers', async () => {
    expect(await answered(200, '{"a":NaN,"b":9223372036854775807}')).toEqual({ a: NaN, b: 9_223_372_036_854_775_807n });
  });
  it('may be empty', async () => expect(await answered(200, '')).toBeUndefined());
  it.each([
    [200, '<!doctype html><html></html>', 'bad_answer'],
    [401, '', 'unauthorized'],
    [403, '', 'origin_rejected'],
    [403, 'no', 'unauthorized'],
    [413, 'Maximum request body size 1 exceeded.', 'too_large'],
    [500, '<html><title>Oops</title></html>', 'request_failed'],
  ])('%i %j is told as %s', async (status, body, code) => {
    expect(await answered(status, body)).toMatchObject({ code, status });
  });
  it('as pages are told by their title', async () => {
    expect(String(await answered(502, '<html><title>502 Bad Gateway</title>x</html>'))).toContain('502 Bad Gateway');
  });
  it('as JSON are kept', async () =>
    expect(await answered(400, '{"error":"why"}')).toMatchObject({ body: { error: 'why' } }));
});

describe('Retry-After', () => {
  it.each([
    ['3', 3000],
    ['0.5', 500],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j is %j ms', (value, ms) => expect(readRetryAfter(value, 1000)).toBe(ms));
});
