/** Headers of requests, as they are written: programs read them in their hooks. */
import type { Settings } from '../options.ts';

/** Later headers win, in whatever case they are written. */
export function mergedHeaders(...parts: (HeadersInit | undefined)[]): Record<string, string> {
  const merged = new Map<string, [name: string, value: string]>();
  for (const part of parts) for (const [name, value] of entriesOf(part)) merged.set(name.toLowerCase(), [name, value]);
  return Object.fromEntries(merged.values());
}

function entriesOf(headers: HeadersInit | undefined): [string, string][] {
  // `Headers` would change the case of names
  if (headers === undefined) return [];
  return Symbol.iterator in headers ? [...new Headers(headers)] : Object.entries(headers);
}

/** The headers that are known without asking anybody. */
export function knownHeaders({ auth, headers }: Pick<Settings, 'auth' | 'headers'>): Record<string, string> {
  const { basic, bearer, cookie, headers: more } = auth;
  const text = basic && String.fromCharCode(...new TextEncoder().encode(`${basic.user}:${basic.password}`));
  return {
    ...headers,
    ...(text === undefined ? {} : { Authorization: `Basic ${btoa(text)}` }),
    ...(typeof bearer === 'string' ? { Authorization: `Bearer ${bearer}` } : {}),
    ...(typeof cookie === 'string' ? { Cookie: cookie } : {}),
    ...(typeof more === 'function' ? more() : more),
  };
}
