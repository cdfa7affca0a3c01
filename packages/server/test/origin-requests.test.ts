/** Abuse cases A1 to A6 over HTTP: what is refused is refused before anything is done. */
import { afterEach, describe, expect, test } from 'vitest';
import type { OriginRules } from '../src/http/origin.ts';
import { createBareServer } from './fixtures/bare-server.ts';
import type { BareServer } from './fixtures/bare-server.ts';

let bare: BareServer | undefined;
afterEach(() => bare?.close());

async function create(origins: OriginRules = {}): Promise<BareServer> {
  bare = await createBareServer({ origins });
  return bare;
}

const host = '127.0.0.1:8188';
const payload = JSON.stringify({ prompt: { 1: { class_type: 'Bare', inputs: {} } } });
type Asked = { method?: 'GET' | 'POST' | 'OPTIONS'; url?: string; headers?: Record<string, string> };

async function ask({ server }: BareServer, { method = 'POST', url = '/prompt', headers = {} }: Asked) {
  const body = method === 'POST' ? { payload } : {};
  const answer = await server.app.inject({ method, url, headers: { host, ...headers }, ...body });
  const allowed = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
  return { status: answer.statusCode, allowed, headers: answer.headers, text: answer.body };
}

describe('a request of another site', () => {
  test.each<[string, Record<string, string>]>([
    ['A1: with a foreign origin', { origin: 'https://evil.example' }],
    ['A1: with the origin of another port', { origin: 'http://127.0.0.1:9999' }],
    ['A2: with the origin null', { origin: 'null' }],
    ['A3: under a name that points here', { host: 'evil.example:8188', origin: 'http://evil.example:8188' }],
    ['A4: as text, with the mark of a browser', { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' }],
    ['A4: as a form, with a foreign origin', { 'content-type': 'multipart/form-data', origin: 'http://evil.example' }],
  ])('%s: 403 on every route, nothing is queued', async (_what, headers) => {
    const server = await create();
    for (const url of [
      '/prompt',
      '/api/prompt',
      '/interrupt',
      '/queue',
      '/api/jobs/cancel',
      '/upload/image',
      '/nowhere',
    ])
      expect((await ask(server, { url, headers })).status).toBe(403);
    for (const url of ['/', '/history', '/object_info', '/view?filename=a.png', '/internal/logs'])
      expect((await ask(server, { method: 'GET', url, headers })).status).toBe(403);
    expect(server.broker.counts()).toEqual({ pending: 0, running: 0 });
  });

  test('A6: its preflight gets no permission', async () => {
    const server = await create();
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    expect(await ask(server, { method: 'OPTIONS', headers })).toMatchObject({ status: 403, allowed: [] });
  });
});

describe('a request of our own page, or of a script', () => {
  test.each<[string, Record<string, string>]>([
    ['without an origin', {}],
    ['with our origin', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }],
    ['as a form, as scripts send it', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['by a name of the local network', { host: 'workstation.local', origin: 'http://workstation.local' }],
  ])('%s: is queued', async (_what, headers) => {
    const server = await create();
    expect((await ask(server, { headers })).status).toBe(200);
    expect(server.broker.counts().pending).toBe(1);
  });

  test('OPTIONS on any path: 200 and empty, without permissions for others', async () => {
    const server = await create();
    for (const url of ['/prompt', '/nowhere'])
      expect(await ask(server, { method: 'OPTIONS', url })).toMatchObject({ status: 200, text: '', allowed: [] });
  });
});

describe('with --enable-cors-header', () => {
  test('the origin that is named may ask, also after a preflight, and others may not', async () => {
    const server = await create({ allowedOrigin: 'https://app.example' });
    const headers = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' };
    for (const method of ['OPTIONS', 'POST'] as const) {
      const answer = await ask(server, { method, headers });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-credentials': 'true',
      });
    }
    expect(await ask(server, { headers: { origin: 'https://evil.example' } })).toMatchObject({
      status: 403,
      allowed: [],
    });
  });

  test('* never comes with credentials; errors carry the headers, too', async () => {
    const server = await create({ allowedOrigin: '*' });
    const answer = await ask(server, { method: 'GET', url: '/nowhere', headers: { origin: 'https://evil.example' } });
    expect(answer.status).toBe(404);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.allowed).not.toContain('access-control-allow-credentials');
  });
});
