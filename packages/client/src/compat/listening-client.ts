/** The half of a client that tells its program what happens. */
import type { ListenOptions } from '../emitter.ts';
import { isObject, member } from '../wire.ts';
import type { IComfyApiConfig, ServerPlace } from './client-config.ts';
import { OWN_EVENTS } from './client-events.ts';
import type { ComfyUIClientEvents } from './client-events.ts';
import type { ServerMessage } from './client-hooks.ts';
import { EventEmitter } from './event-emitter.ts';
import type { EventListener } from './event-emitter.ts';
import { withoutBigints } from './plain-json.ts';
import { RequestingClient } from './requesting-client.ts';

export abstract class ListeningClient extends RequestingClient {
  /** What the server sends and what becomes of the connection, each under its own name. */
  readonly events: EventEmitter<ComfyUIClientEvents>;
  /** What the server sends alone, under any name: also under those that the client's own events have. */
  readonly server_events: EventEmitter;

  /** @throws {ClientError} `invalid_option` */
  constructor(config: IComfyApiConfig, defaults: ServerPlace & { readonly user: string }) {
    super(config, defaults);
    this.events = new EventEmitter(this.settings.report);
    this.server_events = new EventEmitter(this.settings.report);
  }

  /** Types that somebody listens to. */
  get registered(): string[] {
    return this.events.eventNames();
  }

  /** Calls the listener for events of a type. Returns what ends that. */
  on<T extends keyof ComfyUIClientEvents>(
    type: T,
    callback: (...args: ComfyUIClientEvents[T]) => void,
    options?: ListenOptions,
  ): () => void;
  on(type: string, callback: EventListener, options?: ListenOptions): () => void;
  on(type: string, callback: EventListener, options?: ListenOptions): () => void {
    return this.events.listen(type, callback, options);
  }
  once<T extends keyof ComfyUIClientEvents>(
    type: T,
    callback: (...args: ComfyUIClientEvents[T]) => void,
    options?: ListenOptions,
  ): () => void;
  once(type: string, callback: EventListener, options?: ListenOptions): () => void;
  once(type: string, callback: EventListener, options?: ListenOptions): () => void {
    return this.events.listen(type, callback, { ...options, once: true });
  }
  addEventListener<T extends keyof ComfyUIClientEvents>(
    type: T,
    callback: (...args: ComfyUIClientEvents[T]) => void,
    options?: ListenOptions,
  ): () => void;
  addEventListener(type: string, callback: EventListener, options?: ListenOptions): () => void;
  addEventListener(type: string, callback: EventListener, options?: ListenOptions): () => void {
    return this.on(type, callback, options);
  }
  off(type: string, callback?: EventListener): void {
    this.events.off(type, callback);
  }

  /** A message of the server, after the jobs heard it. */
  protected hear(message: ServerMessage): void {
    if (message.type === 'unhandled' || isBinary(message)) return;
    let heard: ServerMessage | null = message;
    for (const hook of this.hooks) {
      const changed: ServerMessage | null | undefined | void = hook.event?.(heard);
      if (changed === null) return;
      heard = changed ?? heard;
    }
    const { type } = heard;
    const data = this.bigints === 'safe' ? heard.data : withoutBigints(heard.data);
    const isOurs = this.server_events.emit(type, data);
    const isTheirs = !OWN_EVENTS.has(type) && this.events.emit(type, type === 'status' ? member(data, 'status') : data);
    if (!isOurs && !isTheirs) this.events.emit('unhandled', { type, data });
  }
}

/** What the core makes of binary messages, which are told of as they come. No JSON has such members. */
function isBinary({ type, data }: ServerMessage): boolean {
  if (type === 'b_preview') return data instanceof Blob;
  if (type === 'b_preview_with_metadata') return member(data, 'blob') instanceof Blob;
  if (type === 'unknown_binary') return member(data, 'bytes') instanceof Uint8Array;
  return type === 'progress_text' && isObject(data) && 'promptId' in data && data['promptId'] === undefined;
}
