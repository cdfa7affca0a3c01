import { BrokerError } from './broker.ts';
import {
  type Connection,
  type Engine,
  type EngineName,
  libsqlEngine,
  nodeEngine,
  resultCode,
} from './sqlite-engine.ts';
import type { SqlValue } from './sqlite-engine.ts';

export type { EngineName, SqlValue } from './sqlite-engine.ts';

/** A row by column name. Blobs are `Uint8Array`; integers must be within ±2^53. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A prepared statement. It takes exactly one value for each `?`; anything that is no {@link SqlValue} is refused. */
export interface Statement {
  /** Runs to the end; gives the number of rows changed. */
  run(...values: readonly SqlValue[]): number;
  /** The first row. The statement runs to its end all the same, so it is right for `RETURNING` too. */
  get(...values: readonly SqlValue[]): SqlRow | undefined;
  all(...values: readonly SqlValue[]): SqlRow[];
}

/**
 * One synchronous SQLite connection, the same over both libraries. Texts come back exactly as they went in, with NUL
 * and lone surrogates. Failures of SQLite are {@link SqliteError}s.
 */
export interface Db {
  readonly engine: EngineName;
  exec(sql: string): void;
  /** Each `?` is a parameter: no numbered or named ones, and no `?` in literals. */
  prepare(sql: string): Statement;
  /** All of `work` or nothing. `work` must not be asynchronous; transactions do not nest. */
  transaction<T>(work: () => T): T;
  /** Later calls are refused. Closing twice is fine. */
  close(): void;
}

export type SqliteProblem = 'busy' | 'damaged' | 'full' | 'io' | 'cannot_open' | 'constraint' | 'closed' | 'other';

/** A failure of SQLite itself; {@link code} is stable, the message is the library's. */
export class SqliteError extends Error {
  readonly code: SqliteProblem;
  constructor(code: SqliteProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SqliteError';
    this.code = code;
  }
}

const PROBLEMS: ReadonlyMap<number, SqliteProblem> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'io'],
  [10, 'io'],
  [11, 'damaged'],
  [13, 'full'],
  [14, 'cannot_open'],
  [19, 'constraint'],
  [26, 'damaged'],
]);

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = resultCode(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    throw new SqliteError(PROBLEMS.get(code) ?? 'other', error.message, error);
  }
}

// Both libraries end a text at its first NUL, and UTF-8 has no lone surrogates. We write these as U+FFFF (which is no
// character) and four digits. Most texts have neither, and telling that is cheap.
const MARK = '\uffff';
const hex = (unit: string) => MARK + unit.charCodeAt(0).toString(16).padStart(4, '0');

function encodeText(text: string): string {
  const marked = /[\ud800-\uffff]/.test(text) ? text.replace(/[\p{Cs}\uffff]/gu, hex) : text;
  return marked.includes('\0') ? marked.replaceAll('\0', hex) : marked;
}

function decodeText(text: string): string {
  if (!text.includes(MARK)) return text;
  return text.replace(/\uffff([0-9a-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function encodeValue(value: SqlValue, index: number): SqlValue {
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return value;
  if (value === null || value instanceof Uint8Array) return value;
  const found = typeof value === 'bigint' ? `${value}, past 2^53` : String(value);
  throw new TypeError(`SQL parameter ${index + 1} is ${typeof value} ${found}: SQLite cannot keep that`);
}

function decodeRow(found: unknown): SqlRow {
  const row = found as Record<string, SqlValue | ArrayBuffer>;
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'string') row[name] = decodeText(value);
    else if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value);
  }
  return row as SqlRow;
}

function prepare(connection: Connection, sql: string, checkOpen: () => void): Statement {
  const statement = attempt(() => connection.prepare(sql));
  const wanted = sql.split('?').length - 1;
  const encode = (values: readonly SqlValue[]) => {
    checkOpen();
    // One library would silently take the missing ones from the call before.
    if (values.length !== wanted) throw new TypeError(`${values.length} SQL parameters for ${wanted} places: ${sql}`);
    return values.map(encodeValue);
  };
  const all = (values: readonly SqlValue[]) => {
    const encoded = encode(values);
    return attempt(() => statement.all(encoded)).map(decodeRow);
  };
  return {
    run(...values) {
      const encoded = encode(values);
      return attempt(() => statement.run(encoded));
    },
    // The libraries' own get() stops after one row: a failing commit of a RETURNING statement would go unseen.
    get: (...values) => all(values)[0],
    all: (...values) => all(values),
  };
}

function wrap(engine: EngineName, connection: Connection): Db {
  let open = true;
  let busy = false;
  const checkOpen = () => {
    if (!open) throw new SqliteError('closed', 'the database is closed');
  };
  const exec = (sql: string) => {
    checkOpen();
    attempt(() => connection.exec(sql));
  };
  return {
    engine,
    exec,
    prepare(sql) {
      checkOpen();
      return prepare(connection, sql, checkOpen);
    },
    transaction(work) {
      if (busy) throw new Error('a transaction is open already: transactions do not nest');
      exec('BEGIN IMMEDIATE');
      busy = true;
      try {
        const result = work();
        exec('COMMIT');
        return result;
      } catch (error) {
        try {
          exec('ROLLBACK');
        } catch {
          // SQLite has rolled back by itself after some failures; the first error is the one to report.
        }
        throw error;
      } finally {
        busy = false;
      }
    },
    close() {
      if (!open) return;
      open = false;
      attempt(() => connection.close());
    },
  };
}

/** The libraries that this Node has, best first. */
export async function sqliteEngines(): Promise<readonly Engine[]> {
  return [nodeEngine(), await libsqlEngine()].filter((engine) => engine !== undefined);
}

/**
 * Opens a database file, and makes it if need be.
 * @throws {BrokerError} `store_failed` when there is no SQLite library, or not the one that was asked for.
 * @throws {SqliteError} `cannot_open` when the file cannot be opened.
 */
export async function openDb(file: string, wanted?: EngineName): Promise<Db> {
  const engines = await sqliteEngines();
  const engine = wanted === undefined ? engines[0] : engines.find(({ name }) => name === wanted);
  if (!engine) {
    const problem = `No SQLite for this platform (${process.platform} ${process.arch}, Node ${process.version})`;
    throw new BrokerError('store_failed', `${problem}: use Node 22.13 or newer, or install the package libsql.`);
  }
  try {
    return wrap(engine.name, engine.open(file));
  } catch (error) {
    throw new SqliteError('cannot_open', error instanceof Error ? error.message : String(error), error);
  }
}

const refuse = (name: string): never => {
  throw new SqliteError('damaged', `column ${name} holds a value of the wrong type`);
};

export function textIn(row: SqlRow, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : refuse(name);
}

export function numberIn(row: SqlRow, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : refuse(name);
}
