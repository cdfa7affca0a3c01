import { type Db, textIn } from './sqlite-driver.ts';

/** The users' settings in the table `settings`. Synchronous; each call is one transaction. */
export function sqliteSettings(db: Db) {
  const list = db.prepare('SELECT id, value FROM settings WHERE user = ? ORDER BY id');
  const save = db.prepare(
    'INSERT INTO settings (user, id, value) VALUES (?, ?, ?) ON CONFLICT (user, id) DO UPDATE SET value = excluded.value',
  );
  return {
    settings: (user: string): Map<string, string> =>
      new Map(list.all(user).map((row) => [textIn(row, 'id'), textIn(row, 'value')])),
    saveSettings: (user: string, changes: ReadonlyMap<string, string>): void =>
      db.transaction(() => {
        for (const [id, value] of changes) save.run(user, id, value);
      }),
  };
}
