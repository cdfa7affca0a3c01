/** What the clients take, and what they make of it. */
import { ClientError } from '../errors.ts';
import { readOptions } from '../options.ts';
import type { ClientOptions, IdStore, Settings } from '../options.ts';
import type { ClientHooks } from './client-hooks.ts';
import type { Loose } from './loose.ts';

export interface Logger {
  warn(message: string, ...details: unknown[]): void;
}

type CoreOptions = Pick<
  ClientOptions,
  'auth' | 'headers' | 'reconnect' | 'timeouts' | 'socketOutputs' | 'onError' | 'openSocket' | 'clock' | 'chance'
>;

/** Every member may be left out. What the core takes besides is told of in docs/client.md. */
export interface IComfyApiConfig extends CoreOptions {
  /** The whole address, in the place of `api_host`, `api_base` and `ssl`. */
  url?: string | URL | undefined;
  /** Default `127.0.0.1:8188`. */
  api_host?: string | undefined;
  /** What goes before every path, that of the socket too. Default none. */
  api_base?: string | undefined;
  /** Default: a new one. `{ persist }` keeps it over reloads of a page. */
  clientId?: string | { persist: 'session' | 'memory' | IdStore } | undefined;
  /** Accepted and not used. */
  sessionName?: string | undefined;
  /** Sent as `Comfy-User`. Default none, since stock servers with CORS refuse requests that have it. */
  user?: string | undefined;
  /** Default false. */
  ssl?: boolean | undefined;
  /** Default: the platform's. Node before 22 has none: give that of `ws`. */
  WebSocket?: typeof WebSocket | undefined;
  /** Default: the platform's. */
  fetch?: typeof fetch | undefined;
  /** Accepted and not used: descriptions are held against the server's validators. */
  cache?: Loose;
  /** `poll`: as `connect({ polling: { enabled: true } })` by default. Default `auto`. */
  transport?: 'auto' | 'poll' | undefined;
  /** Further things that the client tells the server it understands. */
  features?: Readonly<Record<string, unknown>> | undefined;
  /** `safe`: integers past 2^53 are `bigint`. Default `number`: they are rounded, as `JSON.parse` does. */
  json?: { bigints: 'safe' | 'number' } | undefined;
  /** The method of live previews that every prompt asks for. Default false: what the server is set to. */
  previews?: string | false | undefined;
  /** Default: the platform's console. */
  logger?: Logger | undefined;
  /** Called in the order given. */
  hooks?: readonly ClientHooks[] | undefined;
}

/** With `fetch` and `WebSocket` of any make: those of `node-fetch` and `ws` have types of their own. */
export type ClientConfig = Omit<IComfyApiConfig, 'fetch' | 'WebSocket'> & { fetch?: Loose; WebSocket?: Loose };

/** Where the server is, in the parts that programs can read and set. */
export interface ServerPlace {
  readonly api_host: string;
  readonly api_base: string;
  readonly ssl: boolean;
}

/** @throws {ClientError} `invalid_option` */
export function readPlace(
  config: Pick<IComfyApiConfig, 'url' | 'api_host' | 'api_base' | 'ssl'>,
  defaults: ServerPlace,
): ServerPlace {
  const { url, api_host = defaults.api_host, api_base = defaults.api_base, ssl = defaults.ssl } = config;
  const text = String(url ?? api_host);
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http${ssl ? 's' : ''}://${text}`;
  if (!URL.canParse(full)) throw new ClientError('invalid_option', `api_host: ${text} is no address.`);
  const { protocol, host, pathname } = new URL(full);
  if (!/^(?:http|ws)s?:$/.test(protocol))
    throw new ClientError('invalid_option', `url: ${text} must begin with http:// or https://.`);
  const path = pathname.replace(/\/+$/, '');
  return { api_host: host, api_base: path + (url === undefined ? api_base : ''), ssl: protocol.endsWith('s:') };
}

/** As the core has them: addresses, credentials in addresses and the user are the client's own. */
export function readSettings(config: IComfyApiConfig, { api_host, api_base, ssl }: ServerPlace): Settings {
  const { auth, headers, reconnect, timeouts, onError, clock, chance, previews = false } = config;
  const base = api_base.replace(/^\/*/, '/').replace(/\/+$/, '');
  return readOptions({
    url: `http${ssl ? 's' : ''}://${api_host}${base}`,
    auth: { ...auth, query: undefined },
    headers,
    reconnect,
    timeouts,
    onError,
    clock,
    chance,
    previews,
    apiPrefix: '',
    // a node of others that sends its results as previews
    socketOutputs: ['ETN_SendImageWebSocket', ...(config.socketOutputs ?? [])],
  });
}
