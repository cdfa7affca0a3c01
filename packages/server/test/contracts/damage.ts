import type { Db } from '../../src/broker/sqlite-driver.ts';

/** What is wrong in a store: texts that nothing uses, texts that are missing, and what SQLite itself finds. */
export function damage(db: Db) {
  const count = (sql: string) => db.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.['n'];
  const owners = 'SELECT arrival FROM jobs UNION ALL SELECT arrival FROM records';
  return {
    strayPrompts: count(`prompts WHERE arrival NOT IN (${owners})`),
    lostPrompts: count(`(${owners}) WHERE arrival NOT IN (SELECT arrival FROM prompts)`),
    strayResults: count('results WHERE arrival NOT IN (SELECT arrival FROM records)'),
    lostResults: count('records WHERE arrival NOT IN (SELECT arrival FROM results)'),
    check: db.prepare('PRAGMA integrity_check').get()?.['integrity_check'],
  };
}
