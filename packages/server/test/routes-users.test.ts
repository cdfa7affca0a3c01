import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createUsers, UsersFileError } from '../src/routes/index.ts';
import { createTestApp } from './routes-app.ts';
import type { TestApp } from './routes-app.ts';

let fixture: TestApp;
beforeEach(async () => {
  fixture = await createTestApp();
});
afterEach(() => fixture.close());

const get = (url: string, headers: Record<string, string> = {}) => fixture.app.inject({ url, headers });
const post = (url: string, payload: string, headers: Record<string, string> = {}) =>
  fixture.app.inject({ method: 'POST', url, payload, headers });

describe('/settings', () => {
  test('keeps one value, and merges several', async () => {
    const one = await post('/settings/Conform.Test', '"value"', { 'content-type': 'application/json' });
    expect([one.statusCode, one.body, one.headers['content-type']]).toEqual([200, '', undefined]);
    expect((await get('/settings/Conform.Test')).json()).toBe('value');
    await post('/api/settings', '{"Conform.Other": 3, "A/b c": {"deep": [1.0, 18446744073709551615]}}');
    expect((await get('/settings')).body).toBe(
      '{"Conform.Test": "value", "Conform.Other": 3, "A/b c": {"deep":[1.0,18446744073709551615]}}',
    );
    expect((await get('/settings/A%2Fb%20c')).body).toBe('{"deep":[1.0,18446744073709551615]}');
  });

  test('are empty at first; what is not set is null', async () => {
    expect((await get('/settings')).body).toBe('{}');
    for (const id of ['nothing', '__proto__', 'toString']) expect((await get(`/settings/${id}`)).body).toBe('null');
  });

  test('keys of objects are ids like others', async () => {
    await post('/settings', '{"__proto__": {"polluted": 1}, "constructor": 2}');
    expect((await get('/settings')).body).toBe('{"__proto__": {"polluted":1}, "constructor": 2}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each([
    ['/settings', '[1]', 400],
    ['/settings', '{', 400],
    ['/settings', '', 400],
    ['/settings/x', 'NaN', 400],
    ['/settings/x', '', 400],
    ['/settings/', '1', 400],
    [`/settings/${'x'.repeat(600)}`, '1', 400],
    ['/settings', `{"${'x'.repeat(600)}": 1}`, 400],
    ['/settings/x', '['.repeat(1000), 400],
    ['/settings', '\xff', 400],
  ])('POST %s with %j answers %i and changes nothing', async (url, body, status) => {
    expect((await post(url, body)).statusCode).toBe(status);
    expect((await get('/settings')).body).toBe('{}');
  });

  test('more than four megabytes at once are refused', async () => {
    await fixture.close();
    fixture = await createTestApp({ maxBodyBytes: 10_000_000 });
    const answer = await post('/settings/x', `"${'x'.repeat(5_000_000)}"`);
    expect([answer.statusCode, answer.body]).toEqual([413, 'Maximum request body size 4194304 exceeded.']);
  });

  test('an unknown user is 401; users have their own', async () => {
    await fixture.close();
    fixture = await createTestApp({ multiUser: true });
    const id = (await post('/users', '{"username":"Zoë & co"}')).json<string>();
    await post('/settings/x', '1', { 'comfy-user': id });
    expect((await get('/settings', { 'comfy-user': id })).body).toBe('{"x": 1}');
    for (const user of ['', 'nobody', '__x']) {
      for (const url of ['/settings', '/settings/x']) {
        const answer = await get(url, { 'comfy-user': user });
        expect([answer.statusCode, answer.body]).toEqual([401, '401: Unauthorized']);
        expect((await post(url, '{}', { 'comfy-user': user })).statusCode).toBe(401);
      }
    }
  });
});

describe('/users', () => {
  test('one user: told as migrated; the header is ignored', async () => {
    expect((await get('/users')).json()).toEqual({ storage: 'server', migrated: true });
    expect((await get('/settings', { 'comfy-user': 'nobody' })).statusCode).toBe(200);
  });

  test('several: lists them, and keeps them over a restart', async () => {
    await fixture.close();
    fixture = await createTestApp({ multiUser: true });
    const answer = await post('/users', '{"username":" Zoë & co "}');
    expect(answer.json()).toMatch(/^Zo-co_[0-9a-f-]{36}$/);
    expect((await get('/users')).json()).toEqual({ storage: 'server', users: { [answer.json<string>()]: 'Zoë & co' } });
    expect([...createUsers({ directory: fixture.folders.user, multiUser: true }).list().values()]).toEqual([
      'Zoë & co',
    ]);
  });

  test('adding many at once keeps them all', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => post('/users', `{"username":"u${index}"}`)));
    const kept = JSON.parse(readFileSync(join(fixture.folders.user, 'users.json'), 'utf8')) as object;
    expect(Object.keys(kept)).toHaveLength(20);
  });

  test.each([
    ['{"username":"x"}', 'Duplicate username.'],
    ['{"username":"  "}', 'username not provided'],
    ['{"username":5}', 'username not provided'],
    ['{}', 'username not provided'],
    ['not json', 'username not provided'],
    ['{"username":"__x"}', 'System User prefix not allowed'],
    [`{"username":"${'x'.repeat(129)}"}`, 'Username over 128 characters.'],
  ])('refuses %s', async (body, error) => {
    await post('/users', '{"username":"x"}');
    const answer = await post('/users', body);
    expect([answer.statusCode, answer.json()]).toEqual([400, { error }]);
  });

  test.each(['{', '[]', '{"a":1}', '{"../x":"y"}', '{"__x":"y"}'])('a users file with %s stops the start', (text) => {
    const directory = mkdtempSync(join(tmpdir(), 'snug-users-'));
    try {
      writeFileSync(join(directory, 'users.json'), text);
      expect(() => createUsers({ directory, multiUser: true })).toThrow(UsersFileError);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
