/** Whether a server answers, and how long its queue is: from its socket, and from a small question now and then. */
import type { Client } from '../client.ts';
import { Alarm } from '../clock.ts';
import type { ConnectionPhase } from '../connection-view.ts';
import { ClientError } from '../errors.ts';
import { numberAt, objectAt } from '../wire.ts';
import type { MemberState } from './member-info.ts';
import type { PoolSettings } from './pool-options.ts';

/** A server that is down is asked again after at most so many milliseconds, then ever more seldom, up to `healthMs`. */
const DOWN_MIN_MS = 500;

/** Phases in which a server may be gone. */
const DOUBTFUL: ReadonlySet<ConnectionPhase> = new Set(['reconnecting', 'blocked', 'offline', 'stopped']);

export class Health {
  readonly #client: Client;
  readonly #settings: PoolSettings;
  readonly #onChange: () => void;
  readonly #alarm: Alarm;
  #state: MemberState = 'unknown';
  #error: unknown;
  #remaining = 0;
  #heardAt = -Infinity;
  #failures = 0;
  #isProbing = false;
  /** Ends listening to the server; undefined while nobody needs to know. */
  #rest: (() => void) | undefined;

  constructor(client: Client, settings: PoolSettings, onChange: () => void) {
    this.#client = client;
    this.#settings = settings;
    this.#onChange = onChange;
    this.#alarm = new Alarm(settings.clock, () => void this.probe());
    client.connection.on('state', ({ phase }) => {
      if (phase === 'open') this.#heard();
      else if (DOUBTFUL.has(phase) && this.#rest) void this.probe();
    });
  }

  /** News that are old are none. */
  get state(): MemberState {
    const { clock, healthMs, probeMs } = this.#settings;
    const isOld = clock.now() - this.#heardAt > healthMs + probeMs;
    return this.#state === 'up' && isOld ? 'unknown' : this.#state;
  }
  get error(): unknown {
    return this.#state === 'down' ? this.#error : undefined;
  }
  /** Jobs on the server, of anybody. */
  get remaining(): number {
    return this.#remaining;
  }

  /** Jobs are there: the server is followed. */
  wake(): void {
    if (this.#rest) return;
    this.#rest = this.#client.on('status', (data) =>
      this.#heard(numberAt(objectAt(objectAt(data, 'status'), 'exec_info'), 'queue_remaining')),
    );
    if (this.state === 'up') this.#ring();
    else void this.probe();
  }

  /** No jobs are there: nothing is asked, and no process goes on for it. */
  rest(): void {
    this.#rest?.();
    this.#rest = undefined;
    this.#alarm.set(undefined);
  }

  /** Asks the server, once at a time. */
  async probe(): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    try {
      const body = await this.#client.request('/prompt', { retry: false, timeoutMs: this.#settings.probeMs });
      const remaining = numberAt(objectAt(body, 'exec_info'), 'queue_remaining');
      if (remaining === undefined) throw new ClientError('bad_answer', '/prompt: the answer tells no queue.');
      this.#heard(remaining);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isProbing = false;
      this.#ring();
    }
  }

  #heard(remaining = this.#remaining): void {
    const isNews = this.state !== 'up' || remaining !== this.#remaining;
    this.#state = 'up';
    this.#failures = 0;
    this.#remaining = remaining;
    this.#heardAt = this.#settings.clock.now();
    if (isNews) this.#onChange();
  }

  #failed(error: unknown): void {
    const isNews = this.#state !== 'down';
    this.#state = 'down';
    this.#failures++;
    this.#error = error;
    if (isNews) this.#onChange();
  }

  #ring(): void {
    if (!this.#rest) return this.#alarm.set(undefined);
    const { clock, healthMs, random } = this.#settings;
    const most = this.#state === 'down' ? Math.min(healthMs, DOWN_MIN_MS * 2 ** (this.#failures - 1)) : healthMs;
    // many pools that lost one server do not come back at once
    const ms = this.#state === 'down' ? most * (0.5 + random() / 2) : most;
    this.#alarm.set(clock.now() + ms, true);
  }
}
