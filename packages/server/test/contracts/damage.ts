import type { Db } from '../../src/broker/sqlite-driver.ts';

/** What is wrong in a store: texts that nothing uses, texts that are missing, and what SQLite itself finds. */
export function damage(db: Db): string[] {
  const owners = 'SELECT arrival FROM jobs UNION ALL SELECT arrival FROM records';
  const faults = {
    'prompt of nothing': `SELECT arrival AS n FROM prompts WHERE arrival NOT IN (${owners})`,
    'no prompt for': `SELECT arrival AS n FROM (${owners}) WHERE arrival NOT IN (SELECT arrival FROM prompts)`,
    'prompt of two': `SELECT arrival AS n FROM (${owners}) GROUP BY arrival HAVING count(*) > 1`,
    'result of nothing': 'SELECT arrival AS n FROM results WHERE arrival NOT IN (SELECT arrival FROM records)',
    'no result for': 'SELECT arrival AS n FROM records WHERE arrival NOT IN (SELECT arrival FROM results)',
    sqlite: `SELECT integrity_check AS n FROM pragma_integrity_check WHERE integrity_check <> 'ok'`,
  };
  return Object.entries(faults).flatMap(([fault, sql]) =>
    db
      .prepare(sql)
      .all()
      .map(({ n }) => `${fault} ${String(n)}`),
  );
}
