/** A member as users of the pool see it. */

/**
 * `unknown`: it was not asked yet, or not for long. `up`: it answers. `down`: it does not, or refuses; it is asked again
 * while jobs are there.
 */
export type MemberState = 'unknown' | 'up' | 'down';

/** How it was at one moment. */
export interface MemberInfo {
  readonly name: string;
  readonly url: string;
  readonly state: MemberState;
  /** It takes nothing new. */
  readonly isDraining: boolean;
  readonly weight: number;
  readonly tags: readonly string[];
  /** Jobs of the pool that it has, running or waiting there. */
  readonly active: number;
  /** Jobs that run or wait on the server, of anybody, as it last said. */
  readonly queueRemaining: number;
  /** Jobs before a new one, as far as the pool can tell. */
  readonly load: number;
  /** Its last jobs failed, one after another: it is taken only where no other can be. */
  readonly isFailing: boolean;
  /** Why it is down. */
  readonly error: unknown;
}
