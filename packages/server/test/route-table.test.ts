import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as FastifyModule from 'fastify';
import type { FastifyInstance, FastifyServerOptions, RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFolders, createNodeFiles } from '@snug/executor';
import { errors, routePaths, routes } from '@snug/protocol';
import type { RouteSpec } from '@snug/protocol';
import { Catalogue, createInlineCode, createInlineRunner, createMemoryBroker, createServer } from '@snug/server';
import type { SnugServer } from '@snug/server';

const registered = vi.hoisted((): RouteOptions[] => []);

// the app is set up before anybody outside can hook into it
vi.mock('fastify', async (load) => {
  const original = await load<typeof FastifyModule>();
  const watched = (options: FastifyServerOptions): FastifyInstance => {
    const app = original.default(options);
    app.addHook('onRoute', (route) => void registered.push(route));
    return app;
  };
  return { ...original, default: watched };
});

const TABLE = Object.entries<RouteSpec>(routes);
const base = mkdtempSync(join(tmpdir(), 'snug-route-table-'));
let server: SnugServer;
let counts = { withPage: 0, without: 0 };

function start(frontEnd?: string): SnugServer {
  const folders = createFolders({ baseDirectory: base });
  const files = createNodeFiles(folders);
  return createServer({
    broker: createMemoryBroker(),
    catalogue: new Catalogue(createInlineCode([], { files }, () => {})),
    runner: createInlineRunner({ packs: [], files }),
    folders,
    version: '0.0.0',
    availableMemory: () => 1,
    frontEnd,
  });
}

beforeAll(async () => {
  writeFileSync(join(base, 'index.html'), '<!doctype html>');
  const bare = start();
  await bare.app.ready();
  counts = { ...counts, without: registered.length };
  await bare.close();
  registered.length = 0;
  server = start(base);
  await server.app.ready();
  counts = { ...counts, withPage: registered.length };
});

afterAll(async () => {
  await server.close();
  rmSync(base, { recursive: true, force: true });
});

/** A path of the table as the router has it: `{id}` is a parameter, `{file*}` the rest. */
const shape = (path: string): string => path.replace(/\{\w+\*\}/g, '*').replace(/\{\w+\}/g, ':');

/** What the table says is served, and what is: `GET /history/:`. */
function told(): string[] {
  const served = TABLE.filter(([name, { within }]) => within === undefined && name !== 'socket');
  return served.flatMap(([, spec]) =>
    routePaths(spec).flatMap((path) => spec.methods.map((method) => `${method} ${shape(path)}`)),
  );
}
function actual(): string[] {
  return registered.flatMap(({ method, url }) =>
    [method]
      .flat()
      .filter((one) => one !== 'HEAD')
      .map((one) => `${one} ${url.replace(/:\w+/g, ':')}`),
  );
}

describe('the table of routes', () => {
  it('[HT1] names every route of the app, with its twins, and no other', () => {
    expect(actual().toSorted()).toEqual(told().toSorted());
    expect(told().length).toBeGreaterThan(100);
    expect(new Set(told()).size).toBe(told().length);
  });

  it('[HT6] lets HEAD ask wherever GET may', () => {
    const of = (method: string): string[] =>
      registered.filter((route) => [route.method].flat().includes(method)).map(({ url }) => url);
    expect(new Set(of('HEAD'))).toEqual(new Set(of('GET')));
  });

  it('names what answers narrower paths', () => {
    const paths = new Set(TABLE.map(([, { path }]) => path));
    const narrower = TABLE.filter(([, { within }]) => within !== undefined);
    expect(narrower.length).toBe(3);
    for (const [name, { within }] of narrower) expect(paths.has(within!), name).toBe(true);
  });

  it('counts one route less without a front end: the page itself stays', () => {
    // each with its HEAD
    expect(counts.withPage - counts.without).toBe(2);
  });

  it('tells for each reply what it holds', () => {
    for (const [name, { replies, rules }] of TABLE) {
      expect(Object.keys(replies).length, name).toBeGreaterThan(0);
      expect(rules.length, name).toBeGreaterThan(0);
    }
    const problems = Object.values(errors).filter(({ family }) => family === 'prompt');
    const submit: Readonly<Record<number, string>> = routes.submitPrompt.replies;
    expect(problems.length).toBe(14);
    for (const { status } of problems) expect(submit[status ?? 0]).toBe('problem');
  });
});

describe('replies', () => {
  const plain = TABLE.filter(
    ([name, { path, methods }]) => methods[0] === 'GET' && !path.includes('{') && name !== 'socket',
  );

  it.each(plain.map(([name, spec]) => ({ name, spec })))('$name is as the table says', async ({ spec }) => {
    for (const url of routePaths(spec)) {
      const reply = await server.app.inject({ url, headers: { host: 'localhost' } });
      const kind = spec.replies[reply.statusCode];
      expect(kind, `${url} answered ${reply.statusCode}`).toBeDefined();
      const type = reply.headers['content-type'] ?? '';
      if (kind === 'json') expect(() => JSON.parse(reply.body) as unknown, url).not.toThrow();
      if (kind === 'json') expect(type).toBe('application/json; charset=utf-8');
      if (kind === 'text') expect(type).toBe('text/plain; charset=utf-8');
      if (kind === 'nothing') expect(reply.body).toBe('');
    }
  });

  it('[HT2] twins answer the same', async () => {
    const twins = plain.filter(([name, { prefixes }]) => prefixes.length === 2 && name !== 'systemStats');
    expect(twins.length).toBeGreaterThan(15);
    for (const [name, spec] of twins) {
      const [bare, twin] = await Promise.all(routePaths(spec).map((url) => server.app.inject({ url })));
      expect([twin!.statusCode, twin!.body], name).toEqual([bare!.statusCode, bare!.body]);
    }
  });

  it('[HT3] the jobs are under /api and /api/api, and at no bare path', async () => {
    const status = async (url: string): Promise<number> => (await server.app.inject({ url })).statusCode;
    expect(await Promise.all(['/api/jobs', '/api/api/jobs', '/jobs'].map(status))).toEqual([200, 200, 404]);
  });

  it('[HT4] what belongs to front ends alone has no twin', async () => {
    const status = async (url: string): Promise<number> => (await server.app.inject({ url })).statusCode;
    expect(await Promise.all(['/internal/logs', '/api/internal/logs'].map(status))).toEqual([200, 404]);
  });

  it('[HT5] OPTIONS is answered with 200 and nothing, whatever the path', async () => {
    for (const url of ['/prompt', '/api/jobs', '/no/such/path']) {
      const reply = await server.app.inject({ method: 'OPTIONS', url });
      expect([reply.statusCode, reply.body], url).toEqual([200, '']);
    }
  });

  it('[HT7] what is not there is 404 for readers and 405 for the others, with no body', async () => {
    const ask = async (method: 'GET' | 'HEAD' | 'POST' | 'DELETE' | 'PUT') => {
      const { statusCode, body } = await server.app.inject({ method, url: '/no/such/path' });
      return [method, statusCode, body];
    };
    expect(await Promise.all((['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const).map(ask))).toEqual([
      ['GET', 404, ''],
      ['HEAD', 404, ''],
      ['POST', 405, ''],
      ['PUT', 405, ''],
      ['DELETE', 405, ''],
    ]);
  });
});
