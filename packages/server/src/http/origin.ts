/**
 * Who may ask at all. A page of another site that is open in the user's browser must not queue prompts here, nor read
 * anything, nor open a socket; a name that was made to point here must not pass for ours.
 */
import { isIP } from 'node:net';

export interface OriginRules {
  /** The value of `--enable-cors-header`: `*`, or the one origin that may ask across sites. Replaces the other rules. */
  readonly allowedOrigin?: string | undefined;
  /** Host names, beside addresses and localhost, by which the server is known. */
  readonly hostNames?: readonly string[] | undefined;
}

export interface RequestFacts {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Why a request is refused, as a sentence with the remedy; undefined when it is let through. */
export function refusalOf({ host, origin, fetchSite }: RequestFacts, rules: OriginRules): string | undefined {
  const { allowedOrigin, hostNames = [] } = rules;
  if (allowedOrigin === '*') return undefined;
  const isAllowedOrigin = allowedOrigin !== undefined && origin === allowedOrigin;
  if (host !== undefined && !isKnownHost(hostOf(host), hostNames)) {
    return `The host name ${JSON.stringify(host)} is not known to this server: start it with --host-name to allow it.`;
  }
  if (isAllowedOrigin) return undefined;
  if (fetchSite === 'cross-site')
    return 'A page of another site may not ask this server: start it with --enable-cors-header to allow it.';
  if (origin === undefined) return undefined;
  const from = originParts(origin);
  const at = host === undefined ? undefined : splitHost(host);
  if (!from || !at)
    return `The origin ${JSON.stringify(origin)} may not ask this server: start it with --enable-cors-header to allow it.`;
  const isSamePort = from.port === undefined || at.port === undefined || from.port === at.port;
  if (from.name === at.name && isSamePort) return undefined;
  return `A page of ${origin} may not ask this server: start it with --enable-cors-header to allow it.`;
}

interface HostParts {
  readonly name: string;
  readonly port: string | undefined;
}

function splitHost(host: string): HostParts {
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host.toLowerCase());
  return { name: found?.[1] ?? host.toLowerCase(), port: found?.[2] };
}

const hostOf = (host: string): string => splitHost(host).name;

/** Host and port as the origin writes them; undefined for `null` and what is no origin. */
function originParts(origin: string): HostParts | undefined {
  const found = /^https?:\/\/([^/?#@]+)$/i.exec(origin);
  return found ? splitHost(found[1]!) : undefined;
}

/** Endings of names that only the local network gives out. */
const LOCAL_NAME = /^[^.]+$|\.(?:localhost|local|internal|lan|home\.arpa)$/;

/** An address or a local name cannot be made to point here from outside; any other name can. */
function isKnownHost(name: string, hostNames: readonly string[]): boolean {
  if (LOCAL_NAME.test(name) || isIP(name.replace(/^\[|\]$/g, ''))) return true;
  return hostNames.some((known) => known.toLowerCase() === name);
}

/** Headers of `--enable-cors-header`. Credentials are only allowed to a named origin: browsers refuse them with `*`. */
export function corsHeaders(allowedOrigin: string): Record<string, string> {
  return {
    'access-control-allow-origin': allowedOrigin,
    'access-control-allow-methods': 'POST, GET, DELETE, PUT, OPTIONS, PATCH',
    'access-control-allow-headers':
      'Content-Type, Authorization, Comfy-User, Comfy-Usage-Source, Idempotency-Key, Last-Event-ID, Range, Cache-Control',
    ...(allowedOrigin === '*' ? {} : { 'access-control-allow-credentials': 'true', vary: 'Origin' }),
  };
}
