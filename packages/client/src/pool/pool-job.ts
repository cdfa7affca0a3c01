/** The handle of one job of a pool: a client's, and where it is. */
import { Job } from '../job.ts';
import type { JobHost } from '../job.ts';

/** `refused`: not accepted. `busy`: its queue is full. `down`: before it was sent. `taken-back`: out of its queue. */
export type MoveReason = 'refused' | 'busy' | 'down' | 'taken-back' | 'lost';

export interface Move {
  /** The member that the job left. */
  readonly from: string;
  readonly reason: MoveReason;
  /** What went wrong there, if anything did. */
  readonly error: unknown;
}

export interface PoolJobHost extends JobHost {
  readonly member: string | undefined;
  readonly moves: readonly Move[];
}

export class PoolJob extends Job {
  readonly #where: PoolJobHost;

  /** Made by the pool. */
  constructor(host: PoolJobHost) {
    super(host, 'live');
    this.#where = host;
  }

  /** The member that has the job, or had it at its end; undefined while it waits in the pool. */
  get member(): string | undefined {
    return this.#where.member;
  }
  /** Members that it left. */
  get moves(): readonly Move[] {
    return this.#where.moves;
  }
}
