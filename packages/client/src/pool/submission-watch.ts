/**
 * Follows what becomes of submissions on the wire. A job says only that an answer is missing; whether the request left at
 * all decides whether another server may have the job.
 */
import { member, objectAt, textAt } from '../wire.ts';
import { parseText } from '../json-text.ts';

/** One attempt to give a job to a server. */
export interface Delivery {
  posts: number;
  inFlight: number;
  /** Submissions that arrived, or that may have. */
  uncertain: number;
  /** The last answer was that the queue is full, or that too many requests came. */
  isBusy: boolean;
  /** The last one never reached the server. */
  isUndelivered: boolean;
  /** The job went elsewhere: what its client still sends does not leave. */
  isRevoked: boolean;
}

/** Whether the server certainly does not have the job. */
export function isClean({ inFlight, uncertain }: Delivery): boolean {
  return inFlight === 0 && uncertain === 0;
}

/** What Node says when no connection was made; browsers never say. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A submission that is revoked leaves, if at all, soon after. */
const MAX_REVOKED = 1000;

export class SubmissionWatch {
  readonly #deliveries = new Map<string, Delivery>();
  readonly #revoked = new Set<string>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Follows a job until `forget`. */
  follow(id: string): Delivery {
    const delivery: Delivery = {
      posts: 0,
      inFlight: 0,
      uncertain: 0,
      isBusy: false,
      isUndelivered: false,
      isRevoked: false,
    };
    this.#deliveries.set(id, delivery);
    return delivery;
  }

  forget(id: string, delivery: Delivery): void {
    if (!delivery.isRevoked) {
      if (this.#deliveries.get(id) === delivery) this.#deliveries.delete(id);
      return;
    }
    this.#revoked.add(id);
    if (this.#revoked.size <= MAX_REVOKED) return;
    const [oldest = id] = this.#revoked;
    this.#revoked.delete(oldest);
    this.#deliveries.delete(oldest);
  }

  wrap(send: typeof fetch): typeof fetch {
    return async (input, init) => {
      const delivery = this.#deliveryOf(input, init);
      if (!delivery) return send(input, init);
      if (delivery.isRevoked) throw new TypeError('The job has moved to another server.');
      delivery.posts++;
      delivery.inFlight++;
      delivery.isBusy = false;
      delivery.isUndelivered = false;
      try {
        const response = await send(input, init);
        delivery.inFlight--;
        note(delivery, response, this.#onChange);
        return response;
      } catch (error) {
        delivery.inFlight--;
        if (isNotConnected(error)) delivery.isUndelivered = true;
        else delivery.uncertain++;
        throw error;
      } finally {
        this.#onChange();
      }
    };
  }

  #deliveryOf(input: RequestInfo | URL, init: RequestInit | undefined): Delivery | undefined {
    const body = init?.body;
    if (init?.method !== 'POST' || typeof body !== 'string' || !/\/prompt(?:\?|$)/.test(addressOf(input)))
      return undefined;
    for (const [id, delivery] of this.#deliveries) if (body.includes(`"prompt_id":"${id}"`)) return delivery;
    return undefined;
  }
}

function addressOf(input: RequestInfo | URL): string {
  return typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
}

function note(delivery: Delivery, response: Response, onChange: () => void): void {
  const { status } = response;
  if (status === 429) delivery.isBusy = true;
  if (status >= 400 && status < 500) return;
  delivery.uncertain++;
  if (status !== 503) return;
  // the body tells a full queue from a proxy that knows nothing; the client reads it anyway
  const read = response.text.bind(response);
  const text = async (): Promise<string> => {
    const body = await read();
    if (isQueueFull(body)) {
      delivery.uncertain--;
      delivery.isBusy = true;
      onChange();
    }
    return body;
  };
  Object.defineProperty(response, 'text', { value: text });
}

function isQueueFull(body: string): boolean {
  try {
    return textAt(objectAt(parseText(body), 'error'), 'type') === 'queue_full';
  } catch {
    return false;
  }
}

function isNotConnected(error: unknown): boolean {
  let inner: unknown = error;
  for (let depth = 0; depth < 5 && inner instanceof Error; depth++, inner = inner.cause) {
    if (NOT_CONNECTED.has('code' in inner ? inner.code : undefined)) return true;
    const several: unknown = inner instanceof AggregateError ? inner.errors : undefined;
    if (Array.isArray(several) && several.length)
      return several.every((one: unknown) => NOT_CONNECTED.has(member(one, 'code')));
  }
  return false;
}
