import { expect, it } from 'vitest';
import { playMany, RUNS, SEED } from './fake/random-schedule.ts';

it(
  `ends every job once and rightly, on a server that answers for single jobs: ${RUNS} schedules, SNUG_SEED=${SEED}`,
  { timeout: 300_000 },
  async () => {
    expect(await playMany(true)).toBe(RUNS);
  },
);
