import { Pool } from './pool.ts';
import type { MemberOptions, PoolOptions } from './pool-options.ts';

/**
 * A pool of servers, each given by its address or with options. Nothing is sent before the first job.
 * @throws {ClientError} `invalid_option`
 */
export function createPool(members: readonly (string | URL | MemberOptions)[], options: PoolOptions = {}): Pool {
  return new Pool(members, options);
}
