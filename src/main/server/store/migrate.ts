import Database from 'better-sqlite3'
import { AppError } from '../../../shared/errors.ts'
import { copyBeforeChange, hasContents } from './backup.ts'
import { unavailable } from './errors.ts'
import { migrations } from './migrations/index.ts'
import { makePrivateFile } from './privateFile.ts'

/** To the latest version, one step back, or to the version of that number (0 is an empty database). */
export type Target = 'up' | 'down' | number

/**
 * Brings the database in `file` to another version of the schema; a missing file is made. No server may be using it. What is in it is
 * copied into the folder `backups` before. Throws `storeUnavailable`, among others where the database is newer than this program,
 * and `badRequest` for a version that there is not.
 */
export async function migrate(file: string, target: Target, backups: string | null): Promise<{ from: number; to: number }> {
  let db: Database.Database | undefined
  try {
    makePrivateFile(file)
    db = new Database(file)
    return await migrateTo(db, target, backups)
  } catch (error) {
    throw unavailable(error)
  } finally {
    db?.close()
  }
}

/** The version of the schema is kept in `user_version`. Each step is a transaction, so a crash leaves whole versions. */
export async function migrateTo(
  db: Database.Database,
  target: Target,
  backups: string | null,
): Promise<{ from: number; to: number }> {
  const from = versionOf(db)
  const latest = migrations.length
  const to = target === 'up' ? latest : target === 'down' ? Math.max(0, from - 1) : target
  if (!Number.isInteger(to) || to < 0 || to > latest) {
    throw new AppError('badRequest', `There is no version ${to} of the database; choose one from 0 to ${latest}`)
  }
  if (from !== to && backups !== null && hasContents(db)) await copyBeforeChange(db.name, from, backups)
  // Off, or a table that a step makes anew would take along the rows that refer to it (https://sqlite.org/lang_altertable.html).
  db.pragma('foreign_keys = OFF')
  for (let version = from; version < to; version++) step(db, migrations[version]!.up, version + 1)
  for (let version = from; version > to; version--) step(db, migrations[version - 1]!.down, version - 1)
  db.pragma('foreign_keys = ON')
  return { from, to }
}

/** Of the schema in `file`. Throws `storeUnavailable`, among others where it is newer than this program. */
export function schemaVersion(file: string): number {
  let db: Database.Database | undefined
  try {
    // Not for reading only: after a crash, such a connection could not take the log in.
    db = new Database(file, { fileMustExist: true })
    return versionOf(db)
  } catch (error) {
    throw unavailable(error)
  } finally {
    db?.close()
  }
}

/** Throws `storeUnavailable` where the database is newer than this program. */
export function versionOf(db: Database.Database): number {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > migrations.length) {
    throw new AppError(
      'storeUnavailable',
      `The database was written by a newer Lanyard (version ${version} of its schema; this one knows ${migrations.length}). Install the newer one, or use another data directory`,
      { details: { reason: 'newer' } },
    )
  }
  return version
}

function step(db: Database.Database, sql: string, version: number): void {
  db.transaction(() => {
    db.exec(sql)
    db.pragma(`user_version = ${version}`)
    if (db.prepare('PRAGMA foreign_key_check').all().length > 0) {
      throw new Error(`rows that refer to nothing are in the way of version ${version}`)
    }
  }).immediate()
}
