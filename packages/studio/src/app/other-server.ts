/**
 * `?server=`: the page talks to another server than the one it came from. The person is asked first; then the page is
 * loaded again with `confirmed`, so that its policy names that origin and no other.
 */
export type ServerChoice =
  | { readonly kind: 'own' }
  | { readonly kind: 'ask'; readonly url: string; readonly origin: string }
  | { readonly kind: 'other'; readonly url: string; readonly origin: string };

/** @param allowed origins that the person has agreed to: a link alone confirms nothing */
export function chooseServer(search: string, allowed: readonly string[], home: string): ServerChoice {
  const query = new URLSearchParams(search);
  const given = query.get('server');
  if (given === null) return { kind: 'own' };
  const full = /^[a-z]+:\/\//i.test(given) ? given : `http://${given}`;
  if (!URL.canParse(full) || !/^https?:$/.test(new URL(full).protocol)) return { kind: 'own' };
  const { origin, pathname } = new URL(full);
  if (origin === home) return { kind: 'own' };
  const url = origin + pathname.replace(/\/+$/, '');
  const isAllowed = query.has('confirmed') && allowed.includes(origin);
  return { kind: isAllowed ? 'other' : 'ask', url, origin };
}

/** The query that asks for a server. */
export function serverQuery(url: string, isConfirmed = false): string {
  const query = new URLSearchParams({ server: url });
  if (isConfirmed) query.set('confirmed', '1');
  return `?${query}`;
}
