/** Where credentials go: into headers where there are some, else into the address. Only the server's own address has them. */
import type { Settings } from './options.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The address of a route. Paths under `/api/` and bare ones have no twin under the prefix. */
export function requestUrl(
  { base, apiPrefix, auth }: Settings,
  path: string,
  query: Query = {},
  isBare = false,
): string {
  const parts: string[] = [];
  for (const [key, value] of [...Object.entries(query), ...Object.entries(auth.query ?? {})]) {
    if (value !== undefined) parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  }
  const prefix = isBare || path.startsWith('/api/') ? '' : apiPrefix;
  return base + prefix + path + (parts.length ? `?${parts.join('&')}` : '');
}

/** The address of the socket: http becomes ws, https wss. */
export function socketUrl(settings: Settings, query: Query): string {
  return requestUrl(settings, '/ws', query, true).replace(/^http/, 'ws');
}

export async function authHeaders(
  { auth, headers }: Settings,
  more: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const bearer = typeof auth.bearer === 'function' ? await auth.bearer() : auth.bearer;
  return {
    ...headers,
    ...(auth.basic ? { authorization: `Basic ${base64(`${auth.basic.user}:${auth.basic.password}`)}` } : {}),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...(typeof auth.cookie === 'string' ? { cookie: auth.cookie } : {}),
    ...(typeof auth.headers === 'function' ? auth.headers() : auth.headers),
    ...more,
  };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
