/** A whole server on a free port, with nodes that tests hold in their hands, and sockets that know nothing of our client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { createFolders, createNodeFiles } from '@snug/executor';
import { defineNode, definePack, input, output, STRING, withUi } from '@snug/node-kit';
import { pack as conformance } from '@snug/pack-conformance';
import {
  Catalogue,
  createInlineCode,
  createInlineRunner,
  createMemoryBroker,
  createServer,
  encodePreview,
} from '@snug/server';
import type { ServerOptions, SnugServer } from '@snug/server';

export interface WireServer {
  readonly server: SnugServer;
  readonly url: string;
  /** Lets the nodes `TestHeld` that run go on. */
  release(): void;
  /** Resolves when a node `TestHeld` runs. */
  held(): Promise<void>;
  connect(query?: string, path?: string): Promise<WireSocket>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  submit(prompt: object, more?: object): Promise<{ prompt_id: string; number: number; node_errors: object }>;
  close(): Promise<void>;
}

export async function startWireServer(options: Partial<ServerOptions> = {}): Promise<WireServer> {
  const base = mkdtempSync(join(tmpdir(), 'snug-wire-'));
  const folders = createFolders({ baseDirectory: base });
  const files = createNodeFiles(folders);
  const waiting: (() => void)[] = [];
  const watching: (() => void)[] = [];
  const held = defineNode({
    type: 'TestHeld',
    category: 'tests',
    inputs: { text: input.string({ default: '' }) },
    outputs: { text: output.of(STRING) },
    outputNode: true,
    async run({ text }, context) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        context.signal.addEventListener('abort', () => resolve());
        for (const watcher of watching.splice(0)) watcher();
      });
      context.throwIfInterrupted();
      return withUi({ text: [text] }, { text });
    },
  });
  const packs = [conformance, definePack({ name: 'tests', nodes: [held] })];
  const catalogue = new Catalogue(createInlineCode(packs, { files }, (line) => expect.fail(line)));
  await catalogue.load();
  const server = createServer({
    broker: createMemoryBroker(),
    catalogue,
    runner: createInlineRunner({ packs, files, encodePreview }),
    folders,
    version: '0.0.0',
    availableMemory: () => 1,
    ...options,
  });
  const [url = ''] = await server.listen({ hosts: ['127.0.0.1'], port: 0 });
  const sockets: WireSocket[] = [];

  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url + path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return {
    server,
    url,
    release: () => waiting.splice(0).forEach((resolve) => resolve()),
    held: () => (waiting.length ? Promise.resolve() : new Promise((resolve) => watching.push(resolve))),
    async connect(query = '', path = '/ws') {
      const socket = new WireSocket(`${url.replace('http', 'ws')}${path}${query}`);
      sockets.push(socket);
      await socket.opened;
      return socket;
    },
    post,
    async submit(prompt, more = {}) {
      const answer = await post('/prompt', { prompt, ...more });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as { prompt_id: string; number: number; node_errors: object };
    },
    async close() {
      for (const socket of sockets) socket.socket.terminate();
      await server.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export interface TextMessage {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** Keeps everything that arrives, in order: objects for texts, bytes for frames. */
export class WireSocket {
  readonly socket: WebSocket;
  readonly opened: Promise<void>;
  readonly received: (TextMessage | Buffer)[] = [];
  /** The code of its end. */
  readonly closed: Promise<number>;
  #watchers = new Set<() => void>();

  constructor(url: string) {
    this.socket = new WebSocket(url, { perMessageDeflate: true });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', resolve).once('error', reject);
      this.socket.once('unexpected-response', (_request, answer) => reject(new Error(`status ${answer.statusCode}`)));
    });
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => void this.socket.once('close', resolve));
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.received.push(isBinary ? data : (JSON.parse(data.toString()) as TextMessage));
      for (const watcher of this.#watchers) watcher();
    });
  }
  get texts(): TextMessage[] {
    return this.received.filter((one): one is TextMessage => !Buffer.isBuffer(one));
  }
  get frames(): Buffer[] {
    return this.received.filter((one): one is Buffer => Buffer.isBuffer(one));
  }
  /** Types in order; frames as their number. */
  get types(): (string | number)[] {
    return this.received.map((one) => (Buffer.isBuffer(one) ? one.readUInt32BE(0) : one.type));
  }
  of(type: string): TextMessage[] {
    return this.texts.filter((one) => one.type === type);
  }
  /** Resolves when the received messages are as wanted. */
  async until(test: (socket: this) => boolean): Promise<void> {
    if (test(this)) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!test(this)) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }
  /** Resolves when a prompt has ended. */
  ended(promptId: string): Promise<void> {
    return this.until(() =>
      this.of('executing').some(({ data }) => data['node'] === null && data['prompt_id'] === promptId),
    );
  }
  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  /** Resolves when everything that was sent before has been answered and has arrived. */
  async settled(): Promise<void> {
    const pong = new Promise((resolve) => void this.socket.once('pong', resolve));
    this.socket.ping();
    await pong;
  }
}

/** A prompt of one output node. */
export const shown = (text: string): object => ({ 1: { class_type: 'ConformUi', inputs: { text } } });
export const heldPrompt = (text: string): object => ({ 1: { class_type: 'TestHeld', inputs: { text } } });
