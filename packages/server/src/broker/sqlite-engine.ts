/**
 * The two SQLite libraries under one shape. Only `sqlite-driver.ts` talks to this: both have traps that it closes.
 */

export type EngineName = 'node:sqlite' | 'libsql';

export type SqlValue = string | number | bigint | null | Uint8Array;

/** A connection as the library gives it: values must have been checked, rows are as they come. */
export interface Connection {
  exec(sql: string): void;
  prepare(sql: string): { run(values: readonly SqlValue[]): number; all(values: readonly SqlValue[]): unknown[] };
  close(): void;
}

export interface Engine {
  readonly name: EngineName;
  open(file: string): Connection;
}

// Node 20's types do not know the module: this is what we use of it.
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => {
    exec(sql: string): void;
    prepare(sql: string): {
      run(...values: SqlValue[]): { readonly changes: number | bigint };
      all(...values: SqlValue[]): unknown[];
    };
    close(): void;
  };
}

/** Node's own library; undefined where there is none (before Node 22.13). */
export function nodeEngine(): Engine | undefined {
  const sqlite = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
  if (!sqlite) return undefined;
  return {
    name: 'node:sqlite',
    open(file) {
      const db = new sqlite.DatabaseSync(file);
      return {
        exec: (sql) => db.exec(sql),
        prepare(sql) {
          const statement = db.prepare(sql);
          return {
            run: (values) => Number(statement.run(...values).changes),
            all: (values) => statement.all(...values),
          };
        },
        close: () => db.close(),
      };
    },
  };
}

/** The library from the registry; undefined where it has no binary for the platform. */
export async function libsqlEngine(): Promise<Engine | undefined> {
  const Database = await import('libsql').then(
    (module) => module.default,
    () => undefined,
  );
  if (!Database) return undefined;
  return {
    name: 'libsql',
    open(file) {
      const db = new Database(file);
      return {
        exec: (sql) => void db.exec(sql),
        prepare(sql) {
          const statement = db.prepare(sql);
          // The values go in as one array: anything else as the only argument aborts the process.
          return {
            run: (values) => statement.run(values).changes,
            all: (values) => statement.all(values),
          };
        },
        close: () => void db.close(),
      };
    },
  };
}

/** SQLite's primary result code of an error from either library; undefined when it is some other error. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'rawCode' in error ? error.rawCode : 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}
