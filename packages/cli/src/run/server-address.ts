/** Where a server is, as a person writes it. */

export const DEFAULT_URL = 'http://127.0.0.1:8188';

/** `base` has no slash at its end; `headers` carry the credentials that stood in the address. */
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
