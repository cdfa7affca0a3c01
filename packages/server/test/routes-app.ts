/** A small app with every route family of files, set up as the server sets it up. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { createFolders, createModelFiles } from '@snug/executor';
import type { Folders } from '@snug/executor';
import { acceptAnyBody } from '../src/http/body.ts';
import * as routes from '../src/routes/index.ts';
import type { PackStatics, Users } from '../src/routes/index.ts';

export interface TestApp {
  readonly app: FastifyInstance;
  /** The base directory; `outside` lies beside the folders. */
  readonly base: string;
  readonly folders: Folders;
  readonly users: Users;
  readonly logs: routes.LogRing;
  readonly subscriptions: [string, boolean][];
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly maxBodyBytes?: number;
  readonly multiUser?: boolean;
  readonly reserveBytes?: number;
  readonly prepare?: (base: string) => void;
  readonly packs?: (base: string) => PackStatics[];
}

export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { maxBodyBytes = 1_000_000, multiUser = false, reserveBytes = 0 } = options;
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'snug-routes-')));
  const folders = createFolders({ baseDirectory: base });
  options.prepare?.(base);
  const models = createModelFiles(folders);
  const users = routes.createUsers({ directory: folders.user, multiUser });
  const stored = new Map<string, Map<string, string>>();
  const broker = {
    settings: async (user: string) => stored.get(user) ?? new Map<string, string>(),
    saveSettings: async (user: string, changes: ReadonlyMap<string, string>) => {
      stored.set(user, new Map([...(stored.get(user) ?? []), ...changes]));
    },
  };
  const packs = options.packs?.(base) ?? [];
  const frontEnd = join(base, 'web');
  const logs = new routes.LogRing({ now: () => new Date(2026, 0, 2, 3, 4, 5) });
  const subscriptions: [string, boolean][] = [];

  const app = fastify({
    frameworkErrors: (_error, _request, reply) => {
      // a URL that cannot be decoded; the stock answer repeats it
      reply.hijack().raw.writeHead(400).end();
    },
  });
  acceptAnyBody(app, { maxBodyBytes });
  for (const prefix of ['', '/api']) {
    void app.register(
      (twin, _options, done) => {
        routes.registerView(twin, { folders, models });
        routes.registerUploads(twin, { folders, maxBodyBytes, reserveBytes });
        routes.registerUserdata(twin, { users, maxBodyBytes });
        routes.registerSettings(twin, { users, broker });
        routes.registerUsers(twin, { users });
        routes.registerModels(twin, { folders, models });
        routes.registerExtensions(twin, { packs, frontEnd });
        done();
      },
      { prefix },
    );
  }
  routes.registerExtensionFiles(app, { packs, frontEnd });
  routes.registerLogs(app, { logs, subscribe: (clientId, enabled) => subscriptions.push([clientId, enabled]) });
  routes.registerInternalFolders(app, { folders });
  routes.registerFrontEnd(app, { directory: frontEnd });
  await app.ready();
  return {
    app,
    base,
    folders,
    users,
    logs,
    subscriptions,
    async close() {
      await app.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface RawClient {
  send(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; payload?: Uint8Array },
  ): Promise<RawAnswer>;
  close(): void;
}

/** Sends requests over a socket with the path as it is given; `inject` would tidy up dots in it. */
export async function connectRaw(app: FastifyInstance): Promise<RawClient> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  return {
    send: (method, path, { headers = {}, payload = new Uint8Array() } = {}) =>
      new Promise((resolve, reject) => {
        const length = { 'content-length': String(payload.length) };
        const request = httpRequest({ port, agent, method, path, headers: { ...length, ...headers } }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
          response.on('end', () => {
            const body = Buffer.concat(chunks).toString('latin1');
            resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
          });
        });
        request.on('error', reject).end(payload);
      }),
    close: () => agent.destroy(),
  };
}

export interface Part {
  readonly name: string;
  readonly value: string | Uint8Array;
  readonly filename?: string;
  readonly type?: string;
}

const BOUNDARY = 'snug-boundary';

/** A form as browsers send it; names go in as they are, unlike those of FormData. */
export function form(...parts: Part[]): { headers: Record<string, string>; payload: Buffer } {
  const chunks: Buffer[] = [];
  for (const { name, value, filename, type } of parts) {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const kind = type ?? (filename === undefined ? undefined : 'image/png');
    chunks.push(
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n`),
      Buffer.from(kind === undefined ? '\r\n' : `Content-Type: ${kind}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    );
  }
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    payload: Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]),
  };
}

/** The form of an upload. */
export function upload(filename: string, bytes: Uint8Array, fields: Record<string, string> = {}) {
  const more = Object.entries(fields).map(([name, value]) => ({ name, value }));
  return form({ name: 'image', value: bytes, filename }, ...more);
}
