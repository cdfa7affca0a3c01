/** Who a request is from, where that user's files are, and `/users`. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '@snug/executor';
import { asObject, parseJson, stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { readJsonBody } from '../http/body.ts';

export interface UserOptions {
  /** The folder `user`. */
  readonly directory: string;
  /** Tell users apart by the header `Comfy-User`. That separates their files; it keeps nobody out. */
  readonly multiUser: boolean;
}

export interface Users {
  readonly multiUser: boolean;
  /** The id of a request's user; undefined when there is no such user. */
  of(request: FastifyRequest): string | undefined;
  /** The absolute path of a known user's folder. */
  folder(id: string): string;
  /** Id to name. */
  list(): ReadonlyMap<string, string>;
  /** Adds a user and resolves with the id once it is on disk; or with the reason why not. */
  add(name: string): Promise<{ kind: 'added'; id: string } | { kind: 'refused'; reason: string }>;
}

const DEFAULT_USER = 'default';
const MAX_USERS = 10_000;
const MAX_NAME_LENGTH = 128;
const MAX_BODY_BYTES = 64 * 1024;
/** An id names a folder, so it may only be such a text. Names with two underscores in front belong to the system. */
const ID = /^(?!__)[a-zA-Z0-9_-]{1,200}$/;

/** Thrown when `users.json` cannot be understood: going on would overwrite it. */
export class UsersFileError extends Error {
  readonly code = 'bad_users_file';
  constructor(file: string, problem: string) {
    super(`Cannot read the users in ${file}: ${problem}. Repair the file or move it away.`);
    this.name = 'UsersFileError';
  }
}

/**
 * Reads `users.json`.
 * @throws {UsersFileError}
 */
export function createUsers({ directory, multiUser }: UserOptions): Users {
  const file = join(directory, 'users.json');
  const users = readUsers(file);
  let saving: Promise<void> = Promise.resolve();
  mkdirSync(join(directory, DEFAULT_USER), { recursive: true });

  return {
    multiUser,
    of(request) {
      if (!multiUser) return DEFAULT_USER;
      const header = request.headers['comfy-user'];
      const id = typeof header === 'string' && header ? header : DEFAULT_USER;
      return ID.test(id) && users.has(id) ? id : undefined;
    },
    folder: (id) => join(directory, id),
    list: () => users,
    async add(text) {
      const name = text.trim();
      if (!name) return { kind: 'refused', reason: 'username not provided' };
      if (name.length > MAX_NAME_LENGTH)
        return { kind: 'refused', reason: `Username over ${MAX_NAME_LENGTH} characters.` };
      if (name.startsWith('__')) return { kind: 'refused', reason: 'System User prefix not allowed' };
      if ([...users.values()].includes(name)) return { kind: 'refused', reason: 'Duplicate username.' };
      if (users.size >= MAX_USERS) return { kind: 'refused', reason: `No more than ${MAX_USERS} users.` };
      const id = `${name.replace(/[^a-zA-Z0-9_-]+/g, '-')}_${randomUUID()}`;
      users.set(id, name);
      saving = saving
        .catch(() => undefined)
        .then(() => writeWhole(file, Buffer.from(stringifyJson(users, { indent: 2 }))));
      try {
        await saving;
      } catch (error) {
        users.delete(id);
        throw error;
      }
      return { kind: 'added', id };
    },
  };
}

function readUsers(file: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new UsersFileError(file, (error as Error).message);
  }
  let members: Json | undefined;
  try {
    members = asObject(parseJson(text));
  } catch (error) {
    throw new UsersFileError(file, (error as Error).message);
  }
  const users = new Map<string, string>();
  for (const [id, name] of members ?? []) {
    if (!ID.test(id) || typeof name !== 'string')
      throw new UsersFileError(file, `the user ${JSON.stringify(id)} is no user`);
    users.set(id, name);
  }
  if (!members) throw new UsersFileError(file, 'it holds no object');
  return users;
}

export function registerUsers(app: FastifyInstance, { users }: { readonly users: Users }): void {
  app.get('/users', (_request, reply) => {
    const more: [string, Json] = users.multiUser ? ['users', new Map(users.list())] : ['migrated', true];
    return sendJson(reply, new Map<string, Json>([['storage', 'server'], more]));
  });

  app.post('/users', async (request, reply) => {
    const refuse = (reason: string) => sendJson(reply, new Map([['error', reason]]), 400);
    const body = await readJsonBody(request, MAX_BODY_BYTES);
    const name = body.kind === 'json' ? asObject(body.value)?.get('username') : undefined;
    const added = await users.add(typeof name === 'string' ? name : '');
    return added.kind === 'added' ? sendJson(reply, added.id) : refuse(added.reason);
  });
}
