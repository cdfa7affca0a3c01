/** Answers that are no success, as errors that say what to do. Bodies may be JSON, a proxy's page, or nothing. */
import { ClientError, RequestError } from './errors.ts';
import type { ClientErrorCode } from './errors.ts';
import { parseText } from './json-text.ts';
import { textAt } from './wire.ts';

const MAX_BODY = 2000;
/** The same request can succeed later. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The error for an answer; reads its body. */
export async function refusalOf(response: Response, path: string): Promise<RequestError> {
  const { status } = response;
  const text = await response.text().catch(() => '');
  const [code, hint] = meaningOf(status, response.type, text);
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
  const body = readJson(text) ?? text.slice(0, MAX_BODY);
  const said = messageOf(body, text);
  const message = `${path}: the server answers ${status === 0 ? 'with a redirect' : status}${said ? `: ${said}` : ''}`;
  return new RequestError(code, message, { status, body, hint, retryAfterMs, retryable: RETRYABLE.has(status) });
}

export function connectionFailed(path: string, error: unknown): ClientError {
  const hint = 'Is the server running, and is the address right? Does it allow the origin of the page?';
  return new ClientError('connection_failed', `${path}: ${reasonOf(error)}`, { cause: error, retryable: true, hint });
}

function meaningOf(status: number, type: string, text: string): [ClientErrorCode, string?] {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400))
    return ['redirected', 'Give the address that the server redirects to.'];
  if (status === 401) return ['unauthorized', 'Give credentials in `auth`.'];
  // the reference refuses foreign origins with an empty body
  if (status === 403 && text.trim() === '')
    return ['origin_rejected', 'Open the page at the address of the server, or let the server allow its origin.'];
  if (status === 403) return ['unauthorized'];
  if (status === 413) return ['too_large', 'Raise the limit of the server, or of a proxy.'];
  return ['request_failed'];
}

function messageOf(body: unknown, text: string): string {
  const said = textAt(body, 'error') ?? textAt(body, 'message');
  if (said !== undefined) return said.slice(0, 200);
  const title = /<title>([^<]*)<\/title>/i.exec(text)?.[1];
  return (title ?? (text.trimStart().startsWith('<') ? '' : text)).trim().slice(0, 200);
}

function readJson(text: string): unknown {
  try {
    return parseText(text);
  } catch {
    return undefined;
  }
}

/** Milliseconds; the header has seconds or a date. */
export function readRetryAfter(value: string | null, nowMs = Date.now()): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** What went wrong, as the innermost error has it: `fetch failed` says nothing. */
export function reasonOf(error: unknown): string {
  let inner = error;
  for (let depth = 0; depth < 10 && inner instanceof Error && inner.cause instanceof Error; depth++)
    inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message || inner.name;
}
