/** What `createPool` takes, and what it makes of it. */
import type { Client } from '../client.ts';
import { systemChance, systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { ClientError } from '../errors.ts';
import type { RunOptions } from '../job-run.ts';
import type { ClientOptions } from '../options.ts';
import type { InputValues } from '../workflow-source.ts';
import type { Failover } from './failover.ts';
import type { MemberInfo } from './member-info.ts';
import type { Needs } from './needs.ts';

/** One server of a pool, with whatever its client is to be given. */
export interface MemberOptions extends ClientOptions {
  /** What it is called in the pool. Default: its address. */
  readonly name?: string | undefined;
  /** How much faster than others it is: with 2, it gets two jobs where another gets one. Default 1. */
  readonly weight?: number | undefined;
  /** What `require` of a job asks for. */
  readonly tags?: readonly string[] | undefined;
  /** As the pool's. */
  readonly maxActive?: number | undefined;
}

/** Chooses among members that can take a job now; undefined lets the job wait. */
export type ChooseMember = (candidates: readonly MemberInfo[], job: JobFacts) => string | undefined;

/** A job as a chooser sees it. */
export interface JobFacts {
  readonly id: string;
  readonly needs: Needs;
  readonly require: readonly string[];
  readonly affinity: string | undefined;
}

export interface PoolOptions {
  /** Default `least-queue`: the member where the job would begin first, by length of queue and weight. */
  readonly pick?: 'least-queue' | ChooseMember | undefined;
  /** When a job may move to another member. Default `if-not-started`. */
  readonly failover?: Failover | undefined;
  /** Jobs of the pool that a member has at once, running or in its queue; the others wait in the pool. Default 2. */
  readonly maxActive?: number | undefined;
  /** Jobs that wait in the pool at most. Default 1000. */
  readonly maxWaiting?: number | undefined;
  /** Milliseconds that a job waits while no member that could take it is there. Default 30,000. */
  readonly waitMs?: number | undefined;
  /** How often one job is given to a member, at most. Default 5. */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds between two questions about the health of a member, while there are jobs. Default 5000. */
  readonly healthMs?: number | undefined;
  /** Milliseconds for an answer to such a question. Default 5000. */
  readonly probeMs?: number | undefined;
  /** Milliseconds until the descriptions of nodes are read again. Default 300,000. */
  readonly describeMs?: number | undefined;
  /** Whether members must have the nodes and models of a job. Default true. */
  readonly matchNodes?: boolean | undefined;
  /** For the client of every member; what a member has itself comes first. */
  readonly client?: Omit<ClientOptions, 'url'> | undefined;
  /** Makes the clients. Default: the package's own `createClient`. */
  readonly createClient?: ((options: ClientOptions) => Client) | undefined;
}

export interface PoolRunOptions extends Omit<RunOptions, 'inputs'> {
  /**
   * As for a client. A function is called for each member that the job is given to, with that member's client: files
   * can be uploaded to where they are needed.
   */
  readonly inputs?: InputValues | ((client: Client) => InputValues | Promise<InputValues>) | undefined;
  /** Tags that the member must have, all of them. */
  readonly require?: readonly string[] | undefined;
  /** Jobs with the same text go to the same member, unless another would begin more than one job earlier. */
  readonly affinity?: string | undefined;
  /** As the pool's. */
  readonly failover?: Failover | undefined;
  /** As the pool's. */
  readonly waitMs?: number | undefined;
}

export interface PoolSettings {
  readonly pick: 'least-queue' | ChooseMember;
  readonly failover: Failover;
  readonly maxActive: number;
  readonly maxWaiting: number;
  readonly waitMs: number;
  readonly maxAttempts: number;
  readonly healthMs: number;
  readonly probeMs: number;
  readonly describeMs: number;
  readonly matchNodes: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
  readonly bufferSize: number;
  readonly report: (error: unknown) => void;
}

/** @throws {ClientError} `invalid_option` */
export function readPoolOptions(options: PoolOptions): PoolSettings {
  const { client = {} } = options;
  const { clock = systemClock, chance = systemChance } = client;
  const settings: PoolSettings = {
    pick: options.pick ?? 'least-queue',
    failover: options.failover ?? 'if-not-started',
    maxActive: options.maxActive ?? 2,
    maxWaiting: options.maxWaiting ?? 1000,
    waitMs: options.waitMs ?? 30_000,
    maxAttempts: options.maxAttempts ?? 5,
    healthMs: options.healthMs ?? 5000,
    probeMs: options.probeMs ?? 5000,
    describeMs: options.describeMs ?? 300_000,
    matchNodes: options.matchNodes ?? true,
    clock,
    random: () => chance.random(),
    randomBytes: (bytes) => chance.randomBytes(bytes),
    bufferSize: Math.max(2, client.bufferSize ?? 1000),
    report: client.onError ?? reportUncaught,
  };
  for (const name of ['maxActive', 'maxAttempts', 'healthMs', 'probeMs'] as const) atLeast(name, settings[name], 1);
  for (const name of ['maxWaiting', 'waitMs', 'describeMs'] as const) atLeast(name, settings[name], 0);
  return settings;
}

/** @throws {ClientError} `invalid_option` */
export function atLeast(name: string, value: number, least: number): void {
  if (!(value >= least)) throw new ClientError('invalid_option', `${name}: ${value} is not at least ${least}.`);
}

function reportUncaught(error: unknown): void {
  // as an event target of the platform does it
  queueMicrotask(() => {
    throw error;
  });
}
