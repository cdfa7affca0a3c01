/** Addresses of one server, made of the parts that programs can set. */
import type { Query } from '../credentials.ts';
import type { ServerPlace } from './client-config.ts';

/** Routes of every server. None of them reads `clientId` in its address; those that others add may. */
const KNOWN_ROUTE =
  /^\/(?:api\/)*(?:v2\/)?(?:prompt|queue|history|jobs|interrupt|free|object_info|system_stats|features|extensions|embeddings|models|experiment|users|settings|userdata|view|view_metadata|upload|assets|tags|internal|workflow_templates|i18n|global_subgraphs|node_replacements)(?:[/?]|$)/;

export function wantsClientId(route: string): boolean {
  return !KNOWN_ROUTE.test(collapsed(route));
}

/** @param query what is added, unless the route has it; the rest of the route's own is kept as it is written */
export function addressOf(
  { api_host, api_base, ssl }: ServerPlace,
  route: string,
  query: Query,
  scheme = 'http',
): string {
  const at = route.indexOf('?');
  const path = collapsed(`/${api_base}/${at < 0 ? route : route.slice(0, at)}`);
  const own = at < 0 ? '' : route.slice(at + 1);
  const known = new URLSearchParams(own);
  const parts = own === '' ? [] : [own];
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && !known.has(key)) parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  return `${scheme}${ssl ? 's' : ''}://${api_host}${path}${parts.length ? `?${parts.join('&')}` : ''}`;
}

function collapsed(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}
