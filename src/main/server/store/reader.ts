import Database from 'better-sqlite3'
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import { unavailable } from './errors.ts'
import { preparing } from './statements.ts'
import type { Tables } from './tables.ts'

/** How long a lock is waited for, in ms. A wait here holds signaling up, and in WAL mode readers wait for a recovery only. */
const LOCK_TIMEOUT_MS = 50

/** A connection that reads, in this thread. Its queries throw `storeUnavailable` where the disk refuses. */
export function openReader(file: string): Kysely<Tables> {
  const db = new Database(file, { readonly: true, timeout: LOCK_TIMEOUT_MS })
  // SQLite's own knows ASCII only.
  db.function('lower', { deterministic: true }, (text) => String(text).toLowerCase())
  return new Kysely({ dialect: new SqliteDialect({ database: withNamedErrors(db) }) })
}

function withNamedErrors(db: Database.Database): SqliteDatabase {
  const prepare = preparing(db)
  return {
    prepare: (sql): SqliteStatement => {
      const statement = named(() => prepare(sql))
      return {
        reader: statement.reader,
        all: (parameters) => named(() => statement.all(parameters)),
        run: (parameters) => named(() => statement.run(parameters)),
        iterate: (parameters) => named(() => statement.iterate(parameters)),
      }
    },
    close: () => void db.close(),
  }
}

function named<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw unavailable(error)
  }
}
