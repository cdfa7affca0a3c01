/** Requests to a server: each one bounded in time, each failure told apart. */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asObject, JsonError, parseJson, stringifyJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { OutputFile } from './prompt-host.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8188';

/** Where a server is. `base` has no slash at its end; `headers` carry the credentials that stood in the address. */
export interface ServerAddress {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The address as a person writes it, or undefined: the scheme may be left out, a path is kept. */
export function parseAddress(text: string): ServerAddress | undefined {
  const given = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers: Record<string, string> = {};
  if (login !== ':') headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
  return { base: url.origin + url.pathname.replace(/\/+$/, ''), headers };
}

/** No answer, or none from a server that speaks our language. It may come back. */
export class NoAnswer extends Error {
  readonly code = 'no_answer';
}

export interface Answer {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly json: Json | undefined;
}

/** Milliseconds for an answer. */
const QUICK_MS = 10_000;
/** Descriptions of nodes, and prompts that are checked. */
const SLOW_MS = 120_000;
/** Files, whatever their size. */
const FILE_MS = 30 * 60_000;

export class ServerHttp {
  readonly address: ServerAddress;

  constructor(address: ServerAddress) {
    this.address = address;
  }

  /** @throws {NoAnswer} */
  get(path: string, { slow = false } = {}): Promise<Answer> {
    return this.#json(path, {}, slow ? SLOW_MS : QUICK_MS);
  }

  /** @throws {NoAnswer} */
  post(path: string, body: JsonObject, { slow = false } = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.#json(path, { method: 'POST', headers, body: stringifyJson(body) }, slow ? SLOW_MS : QUICK_MS);
  }

  /** Sends a picture to the input folder. @throws {NoAnswer} */
  async upload(path: string): Promise<Answer> {
    const form = new FormData();
    form.set('image', new Blob([await readFile(path)]), basename(path));
    form.set('type', 'input');
    return this.#json('/upload/image', { method: 'POST', body: form }, FILE_MS);
  }

  /** The address of a file for a person. */
  viewUrl(file: OutputFile): string {
    return this.address.base + viewPath(file);
  }

  /** Bytes of a file on the server, or undefined. */
  async fileSize(file: OutputFile): Promise<number | undefined> {
    try {
      const response = await this.#request(viewPath(file), { method: 'HEAD' }, QUICK_MS);
      const length = response.headers.get('content-length');
      return response.ok && length !== null ? Number(length) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes a file of the server to a path. @throws {NoAnswer} */
  async download(file: OutputFile, path: string): Promise<void> {
    try {
      const response = await this.#request(viewPath(file), {}, FILE_MS);
      if (!response.ok || !response.body)
        throw new NoAnswer(`${file.filename}: the server answers ${response.status}.`);
      await pipeline(chunksOf(response.body.getReader()), createWriteStream(path));
    } catch (error) {
      if (error instanceof NoAnswer) throw error;
      throw new NoAnswer(`${file.filename} could not be downloaded: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #json(path: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
    let text: string;
    let status: number;
    try {
      const response = await this.#request(path, init, timeoutMs);
      ({ status } = response);
      text = await response.text();
    } catch (error) {
      throw new NoAnswer(reasonOf(error), { cause: error });
    }
    // a proxy speaks for a server that is away
    if (status === 502 || status === 503 || status === 504) {
      const json = readJson(text);
      if (!asObject(json)) throw new NoAnswer(`it answers ${status}`);
      return { status, json };
    }
    return { status, json: readJson(text) };
  }

  #request(path: string, init: RequestInit, timeoutMs: number): Promise<Response> {
    return fetch(this.address.base + path, {
      ...init,
      headers: { ...this.address.headers, ...(init.headers as Record<string, string> | undefined) },
      signal: AbortSignal.timeout(timeoutMs),
    });
  }
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterable<Uint8Array> {
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

function viewPath({ filename, subfolder, type }: OutputFile): string {
  return `/view?${new URLSearchParams({ filename, subfolder, type }).toString()}`;
}

function readJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** What went wrong, as the innermost error has it: `fetch failed` says nothing. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (!(cause instanceof Error)) return message;
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message || code || message;
}
