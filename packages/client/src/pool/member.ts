/** One server of a pool: its client, its health, what it offers, and the jobs that it has. */
import type { Client } from '../client.ts';
import type { JobEndEvent } from '../job-events.ts';
import type { ClientOptions } from '../options.ts';
import { Health } from './health.ts';
import type { MemberInfo } from './member-info.ts';
import { readSupply } from './needs.ts';
import type { Supply } from './needs.ts';
import { atLeast } from './pool-options.ts';
import type { MemberOptions, PoolSettings } from './pool-options.ts';
import { SubmissionWatch } from './submission-watch.ts';

/** A job that a member has, as far as the member cares. */
export interface ActiveRun {
  /** The server's own count may not have it yet. */
  readonly isUnaccepted: boolean;
}

export interface MemberHost {
  readonly settings: PoolSettings;
  readonly shared: Omit<ClientOptions, 'url'>;
  readonly createClient: (options: ClientOptions) => Client;
  readonly onChange: () => void;
}

/** So many failed jobs in a row, and others are preferred for a while. */
const FAILING_AFTER = 3;
const FAILING_MS = 30_000;

export class Member {
  readonly name: string;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly maxActive: number;
  readonly client: Client;
  readonly health: Health;
  readonly submissions: SubmissionWatch;
  readonly runs = new Set<ActiveRun>();
  isDraining = false;
  chosenAt = 0;
  /** Undefined while it was not read, or cannot be. */
  supply: Supply | undefined;
  suppliedAt = -Infinity;
  readonly #host: MemberHost;
  #isReading = false;
  #failed = 0;
  #failedAt = 0;

  /** @throws {ClientError} `invalid_option` */
  constructor({ name, weight = 1, tags = [], maxActive, ...own }: MemberOptions, host: MemberHost) {
    const { settings, shared, onChange } = host;
    this.#host = host;
    this.weight = weight;
    this.tags = tags;
    this.maxActive = maxActive ?? settings.maxActive;
    atLeast('maxActive', this.maxActive, 1);
    atLeast('weight', weight, Number.MIN_VALUE);
    this.submissions = new SubmissionWatch(onChange);
    const options = { ...shared, ...own };
    const send = options.fetch ?? ((...request) => globalThis.fetch(...request));
    this.client = host.createClient({ ...options, fetch: this.submissions.wrap(send) });
    this.name = name ?? this.client.url;
    this.health = new Health(this.client, settings, onChange);
  }

  get info(): MemberInfo {
    const { name, weight, tags, isDraining, load, runs } = this;
    const { state, error, remaining } = this.health;
    const { url } = this.client;
    const facts = { name, url, state, isDraining, weight, tags, load, error, isFailing: this.#isFailing };
    return { ...facts, active: runs.size, queueRemaining: remaining };
  }

  /** Jobs before a new one: those that the server told of, and those that it has not counted yet. */
  get load(): number {
    let unaccepted = 0;
    for (const run of this.runs) if (run.isUnaccepted) unaccepted++;
    return Math.max(this.health.remaining + unaccepted, this.runs.size);
  }

  get isUp(): boolean {
    return this.health.state === 'up' && !this.isDraining;
  }

  get #isFailing(): boolean {
    return this.#failed >= FAILING_AFTER && this.#host.settings.clock.now() - this.#failedAt < FAILING_MS;
  }

  /** Reads what it offers, unless that is under way or younger than `since`. */
  readSupply(since = this.#host.settings.clock.now() - this.#host.settings.describeMs): void {
    if (this.#isReading || this.suppliedAt > since || this.health.state !== 'up') return;
    this.#isReading = true;
    const at = this.#host.settings.clock.now();
    void this.client
      .objectInfo()
      .then(
        (info) => (this.supply = readSupply(info)),
        // a server that cannot describe itself may run jobs nevertheless
        () => (this.supply = undefined),
      )
      .finally(() => {
        this.#isReading = false;
        this.suppliedAt = at;
        this.#host.onChange();
      });
  }

  /** A job of the pool ended here. */
  noteEnd({ type }: JobEndEvent): void {
    if (type === 'succeeded') this.#failed = 0;
    if (type === 'failed') {
      this.#failed++;
      this.#failedAt = this.#host.settings.clock.now();
    }
    if (type === 'rejected' || type === 'lost') void this.health.probe();
  }

  close(): void {
    this.health.rest();
    this.client.close();
  }
}
