import { expect, it } from 'vitest';
import { playMany, RUNS, SEED } from './fake/random-schedule.ts';

it(
  `ends every job once and rightly, on an older server, which has only a queue and a history: ${RUNS} schedules, SNUG_SEED=${SEED}`,
  { timeout: 300_000 },
  async () => {
    expect(await playMany(false)).toBe(RUNS);
  },
);
