import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BrokerError } from './broker.ts';
import { JournalSync } from './journal-sync.ts';
import { type Db, type EngineName, numberIn, openDb, SqliteError, type SqliteProblem } from './sqlite-driver.ts';

const SCHEMA_VERSION = 2;
/** `Snug` in the file's header: it tells our files from other SQLite files. */
const APPLICATION_ID = 0x536e7567;

// Big texts are written once and not moved: `prompts` at the arrival of a job, for the job and then for its record;
// `results` at its end. The other rows are small, so that claiming and listing jobs touches few pages. `arrival` is
// never used twice while anything of its job is left.
const SCHEMA = `
  CREATE TABLE jobs (
    arrival INTEGER PRIMARY KEY, prompt_id TEXT NOT NULL UNIQUE, number REAL NOT NULL, number_text TEXT NOT NULL,
    running INTEGER NOT NULL, attempts INTEGER NOT NULL, create_time REAL NOT NULL, bytes INTEGER NOT NULL,
    client_id TEXT, workflow_id TEXT, targets TEXT NOT NULL, secrets TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_in_order ON jobs (running, number, arrival);
  CREATE TABLE records (
    place INTEGER PRIMARY KEY, prompt_id TEXT NOT NULL UNIQUE, arrival INTEGER NOT NULL, number REAL NOT NULL,
    number_text TEXT NOT NULL, state TEXT NOT NULL, create_time REAL NOT NULL, start_time REAL, end_time REAL,
    bytes INTEGER NOT NULL, client_id TEXT, workflow_id TEXT, targets TEXT NOT NULL, summary TEXT NOT NULL
  ) STRICT;
  CREATE INDEX records_by_workflow ON records (workflow_id) WHERE workflow_id IS NOT NULL;
  CREATE TABLE prompts (arrival INTEGER PRIMARY KEY, extra_data TEXT NOT NULL, prompt TEXT NOT NULL) STRICT;
  CREATE TABLE results (
    arrival INTEGER PRIMARY KEY, status TEXT NOT NULL, meta TEXT NOT NULL, outputs TEXT NOT NULL
  ) STRICT;
  CREATE TABLE settings (
    user TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (user, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE counter (next_number INTEGER NOT NULL) STRICT;
  INSERT INTO counter VALUES (0);`;

/** An open database file that no other process can open as a store, with our tables. */
export interface Store {
  readonly file: string;
  readonly db: Db;
  /**
   * Resolves when all that was committed before is on the disk.
   * @throws {BrokerError} `store_failed`
   */
  sync(): Promise<void>;
  /** Not while something waits for the disk. */
  close(): void;
}

const ADVICE: Readonly<Record<SqliteProblem, string>> = {
  busy: 'another program is using it; close that program and try again.',
  damaged: 'it is damaged or no SQLite database. Restore a backup, or move it away to start with an empty store.',
  full: 'the disk is full. Free some space and try again.',
  io: 'reading or writing failed. Check the disk and the permissions.',
  cannot_open: 'it cannot be opened. Check that the folder exists and may be written.',
  constraint: 'the data contradict each other.',
  closed: 'it was closed before.',
  other: 'SQLite failed.',
};

/** Failures of SQLite become a `BrokerError` that names the file; other errors stay what they are. */
export function storeError(file: string, error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  return new BrokerError('store_failed', `Store ${file}: ${ADVICE[error.code]} (${error.message})`, error);
}

/** Deletes what never holds credentials: wiping its pages would write as much as the texts in them. */
export function withoutWiping<T>(db: Db, work: () => T): T {
  db.exec('PRAGMA secure_delete = FAST');
  try {
    return work();
  } finally {
    db.exec('PRAGMA secure_delete = ON');
  }
}

/**
 * Holds an open transaction on a file of its own. The operating system ends it with the process, however that dies.
 * (Nothing else in the process may open and close that file: POSIX would drop the lock.)
 */
async function takeLock(file: string, engine: EngineName | undefined): Promise<Db> {
  const db = await openDb(`${file}.lock`, engine);
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (!(error instanceof SqliteError && error.code === 'busy')) throw error;
    const advice = 'Stop that server, or give this one another data folder.';
    throw new BrokerError('store_locked', `Another server is using the store ${file}. ${advice}`, error);
  }
}

/** Makes a new store beside its place and moves it there when it is whole, so that a half-made one is never found. */
async function create(file: string, engine: EngineName | undefined): Promise<void> {
  if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0) {
    const advice = `Put ${file} back, or move the -wal file away to start with an empty store.`;
    throw new BrokerError('store_failed', `Store ${file} is missing, but its journal ${file}-wal is there. ${advice}`);
  }
  const draft = `${file}.new`;
  for (const old of [draft, `${draft}-journal`]) rmSync(old, { force: true });
  // Only the owner may read it: it holds credentials while jobs wait. SQLite's other files follow its mode.
  closeSync(openSync(draft, 'wx', 0o600));
  const db = await openDb(draft, engine);
  try {
    db.exec('PRAGMA synchronous = FULL');
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.transaction(() => {
      db.exec(SCHEMA);
      db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    });
  } finally {
    db.close();
  }
  renameSync(draft, file);
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function checkKind(db: Db, file: string): void {
  const pragma = (name: string) => numberIn(db.prepare(`PRAGMA ${name}`).get() ?? {}, name);
  if (pragma('application_id') !== APPLICATION_ID) {
    throw new BrokerError(
      'store_failed',
      `${file} is not a store of snug. Move it away or choose another data folder.`,
    );
  }
  const version = pragma('user_version');
  if (version === SCHEMA_VERSION) return;
  const problem = `Store ${file} has format ${version}; this version of snug reads format ${SCHEMA_VERSION}.`;
  const advice =
    version > SCHEMA_VERSION
      ? 'Use a newer version of snug, or another data folder.'
      : 'The old format is from before the first release: move the file away to start with an empty store.';
  throw new BrokerError('store_failed', `${problem} ${advice}`);
}

/** SQLite would notice a missing page only when it is needed: by then there are new jobs in what is left. */
function checkLength(file: string): void {
  // SQLite would take an empty file for a new database: what was in it would be gone without a word.
  if (statSync(file).size === 0) throw new SqliteError('damaged', 'the file is empty');
  // What is missing may be in the journal.
  if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0) return;
  const header = Buffer.alloc(32);
  const opened = openSync(file, 'r');
  try {
    readSync(opened, header);
  } finally {
    closeSync(opened);
  }
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  if (header.readUInt32BE(28) * pageSize <= statSync(file).size) return;
  throw new SqliteError('damaged', 'the file is shorter than its first page says');
}

async function openFile(file: string, engine: EngineName | undefined): Promise<Db> {
  if (!existsSync(file)) await create(file, engine);
  checkLength(file);
  const db = await openDb(file, engine);
  try {
    checkKind(db, file);
    for (const setting of [
      'busy_timeout = 1000',
      'journal_mode = WAL',
      // commits leave the wait for the disk to `sync`
      'synchronous = NORMAL',
      'secure_delete = ON',
      'journal_size_limit = 67108864',
    ])
      db.prepare(`PRAGMA ${setting}`).all();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens a store, and makes it when there is no such file; its folder must exist.
 * @throws {BrokerError} `store_locked` while another server uses it (or another broker in this process);
 * `store_failed` when the file is damaged, something else, or of another version. It is never replaced.
 */
export async function openStore(path: string, engine?: EngineName): Promise<Store> {
  // Absolute, so that no name is special to SQLite (`:memory:`, `file:...`).
  const file = resolve(path);
  let lock: Db | undefined;
  try {
    lock = await takeLock(file, engine);
    const held = lock;
    const db = await openFile(file, engine);
    const journal = new JournalSync(`${file}-wal`);
    return {
      file,
      db,
      sync: () =>
        journal.sync().catch((error: Error) => {
          throw new BrokerError('store_failed', `Store ${file}: ${ADVICE.io} (${error.message})`, error);
        }),
      close() {
        try {
          db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        } finally {
          try {
            // SQLite deletes the journal, which some systems refuse while it is open
            journal.close();
            db.close();
          } finally {
            held.close();
          }
        }
      },
    };
  } catch (error) {
    lock?.close();
    throw storeError(file, error);
  }
}
