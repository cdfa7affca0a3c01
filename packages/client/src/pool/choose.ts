/** The choice among members that can take a job now; pure. */
import type { MemberInfo } from './member-info.ts';

export interface Candidate {
  readonly info: MemberInfo;
  /** When it was last chosen: a number that grows. */
  readonly chosenAt: number;
  /** It had the last job with the same affinity. */
  readonly isKin: boolean;
}

/** The member where the job would begin first. Of equals, the one that was chosen least recently. */
export function leastQueue<T extends Candidate>(candidates: readonly T[]): T | undefined {
  return candidates.toSorted(
    (a, b) =>
      Number(a.info.isFailing) - Number(b.info.isFailing) ||
      costOf(a) - costOf(b) ||
      Number(b.isKin) - Number(a.isKin) ||
      a.chosenAt - b.chosenAt,
  )[0];
}

/** How long until a job would be done there, in jobs; what it has loaded already is worth one. */
function costOf({ info, isKin }: Candidate): number {
  return (info.load + (isKin ? 0 : 1)) / info.weight;
}
