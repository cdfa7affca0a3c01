/** A body of `POST /prompt`, taken apart before anything in it is trusted. */
import { problem } from '@snug/graph';
import type { Problem } from '@snug/graph';
import { asObject, Float, float, isCanonicalUuid, stringifyJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';

export interface Submission {
  readonly prompt: Json;
  /** Minted when the client gave none. */
  readonly promptId: string;
  readonly clientId: string | undefined;
  /** The place in the queue that the client asked for; a float on the wire. */
  readonly number: number | undefined;
  /** To the front of the queue, when no number was given. */
  readonly front: boolean;
  readonly targets: Json;
  /** `extra_data` without credentials, with the client's id and the time. */
  readonly extraData: JsonObject;
  /** Credentials, kept apart from everything that is shown or stored with the result. */
  readonly secrets: JsonObject;
}

export type ReadSubmission =
  | { readonly kind: 'read'; readonly submission: Submission }
  | { readonly kind: 'refused'; readonly error: Problem };

export interface SubmissionContext {
  readonly newId: () => string;
  readonly now: () => number;
  /** The header `Comfy-Usage-Source`. */
  readonly usageSource: string | undefined;
}

const SECRETS = ['auth_token_comfy_org', 'api_key_comfy_org'];
/** Ids of clients go into registries and logs: longer ones are no ids. */
const MAX_CLIENT_ID = 1000;

const refuse = (type: string, message: string, details = ''): ReadSubmission => ({
  kind: 'refused',
  error: problem(type, message, details),
});

export function readSubmission(body: Json, { newId, now, usageSource }: SubmissionContext): ReadSubmission {
  if (Array.isArray(body) || (body instanceof Map && !body.has('prompt'))) {
    return refuse('no_prompt', 'No prompt provided', 'No prompt provided');
  }
  if (!(body instanceof Map)) return refuse('invalid_prompt', 'The body must be a JSON object with a member `prompt`.');

  const number = body.has('number') ? readNumber(body.get('number')!) : undefined;
  if (number === null)
    return refuse('invalid_number', 'number must be a finite number', stringifyJson(body.get('number')!).slice(0, 100));
  const id = body.get('prompt_id') ?? null;
  if (id !== null && !isCanonicalUuid(id)) {
    const details = 'Use a UUID in lower case with hyphens, or leave prompt_id out: the server then makes one.';
    return refuse('invalid_prompt_id', 'prompt_id must be a valid UUID', details);
  }
  const given = body.get('extra_data') ?? null;
  const extra = given === null ? new Map<string, Json>() : asObject(given);
  if (!extra) return refuse('invalid_extra_data', 'extra_data must be an object');
  const clientId = body.get('client_id') ?? extra.get('client_id');
  if (typeof clientId === 'string' && clientId.length > MAX_CLIENT_ID) {
    return refuse('invalid_client_id', `client_id must have at most ${MAX_CLIENT_ID} characters`);
  }
  const client = typeof clientId === 'string' && clientId !== '' ? clientId : undefined;
  const secrets: JsonObject = new Map();
  for (const name of SECRETS) {
    const secret = extra.get(name);
    if (secret !== undefined) secrets.set(name, secret);
    extra.delete(name);
  }
  if (client !== undefined) extra.set('client_id', client);
  if (usageSource !== undefined && !extra.has('comfy_usage_source')) extra.set('comfy_usage_source', usageSource);
  extra.set('create_time', now());
  return {
    kind: 'read',
    submission: {
      prompt: body.get('prompt')!,
      promptId: id ?? newId(),
      clientId: client,
      number,
      front: body.get('front') === true,
      targets: body.get('partial_execution_targets') ?? null,
      extraData: extra,
      secrets,
    },
  };
}

/** The number as a float; null when it is none. */
function readNumber(value: Json): number | null {
  const number =
    value instanceof Float
      ? value.value
      : typeof value === 'bigint' || typeof value === 'boolean'
        ? Number(value)
        : value;
  const read = typeof number === 'string' && number.trim() !== '' ? Number(number) : number;
  return typeof read === 'number' && Number.isFinite(read) ? read : null;
}

/** A client's number as the wire shows it: always a float. */
export function numberText(number: number): string {
  return stringifyJson(float(number));
}
