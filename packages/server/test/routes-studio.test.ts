import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyOrigin, studioRoutes } from '../src/routes/studio.ts';

const base = mkdtempSync(join(tmpdir(), 'snug-studio-'));
const app = fastify();
beforeAll(() => {
  mkdirSync(join(base, 'studio'));
  writeFileSync(join(base, 'index.html'), '<title>Studio</title>');
  writeFileSync(join(base, 'studio/index-abc.js'), 'page()');
  writeFileSync(join(base, 'secret.txt'), 'secret');
  studioRoutes(app, { directory: base });
});
afterAll(async () => {
  await app.close();
  rmSync(base, { recursive: true, force: true });
});

const get = (url: string) => app.inject({ method: 'GET', url });
/** The policy of the page by directive. */
async function policyOf(url: string): Promise<Record<string, string>> {
  const { headers } = await get(url);
  const directives = String(headers['content-security-policy']).split('; ');
  return Object.fromEntries(directives.map((one) => [one.slice(0, one.indexOf(' ')), one.slice(one.indexOf(' ') + 1)]));
}

test('[FI30] the page is never kept and allows its own origin alone', async () => {
  const answer = await get('/');
  expect(answer.body).toBe('<title>Studio</title>');
  expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  expect(await policyOf('/')).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' blob: data:",
    'media-src': "'self' blob: data:",
    'connect-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  });
});

test('[FI30] another server is named once it is confirmed, with its sockets', async () => {
  const address = encodeURIComponent('https://gpu.example:8443/comfy');
  expect(await policyOf(`/?server=${address}`)).toMatchObject({ 'connect-src': "'self'" });
  expect(await policyOf(`/?server=${address}&confirmed=1`)).toMatchObject({
    'connect-src': "'self' https://gpu.example:8443 wss://gpu.example:8443",
    'img-src': "'self' blob: data: https://gpu.example:8443",
    'script-src': "'self'",
  });
});

test.each([
  "http://a;script-src 'unsafe-inline'",
  'http://a;b/',
  'http://a,b/',
  "http://a'b/",
  'http://*',
  '*',
  'javascript:alert(1)',
  'data:,x',
  'file:///etc',
  '',
  'nonsense',
])('[FI30] %j is no origin that a policy names', async (address) => {
  expect(policyOrigin(address)).toBeUndefined();
  expect(await policyOf(`/?server=${encodeURIComponent(address)}&confirmed=1`)).toEqual(await policyOf('/'));
});

test('addresses in other forms are named by their origin', () => {
  expect(policyOrigin('http://[::1]:8188/x?y')).toBe('http://[::1]:8188');
  expect(policyOrigin('HTTP://USER:pass@Host:80/')).toBe('http://host');
});

test('[FI30] what the page loads is kept for ever; nothing else of the folder is sent', async () => {
  const script = await get('/studio/index-abc.js');
  expect(script.body).toBe('page()');
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const missing = await get('/studio/none.js');
  expect([missing.statusCode, missing.headers['cache-control']]).toEqual([404, 'no-store']);
  for (const path of ['/studio/../secret.txt', '/studio/..%2fsecret.txt', '/studio/%2e%2e/secret.txt', '/secret.txt'])
    expect((await get(path)).statusCode).toBe(404);
});
