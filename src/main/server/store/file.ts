/** The database's file, before the store opens it. */
import { access, rename } from 'node:fs/promises'
import Database from 'better-sqlite3'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../log.ts'
import { failureOf, isDamage } from './errors.ts'
import { migrateTo, versionOf } from './migrate.ts'
import { makePrivateFile } from './privateFile.ts'

/**
 * Brings a file to the latest version of the schema, after a copy into the folder `backups`, and after setting a damaged one aside,
 * whose new name it returns. Throws `storeUnavailable` for one that is newer than this program, and what SQLite throws where the
 * disk refuses.
 */
export async function prepareFile(file: string, log: Logger, backups: string | null = null): Promise<string | null> {
  const setAside = (await isDamaged(file)) ? await moveAside(file) : null
  makePrivateFile(file)
  const db = new Database(file)
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    const { from, to } = await migrateTo(db, 'up', backups)
    if (from !== to) log.info({ from, to }, 'the database has a new schema')
  } finally {
    db.close()
  }
  return setAside
}

/** Looks with a connection that cannot write, because closing the last one that can would change what it has found. */
async function isDamaged(file: string): Promise<boolean> {
  if (!(await exists(file))) return false
  // After an orderly stop there is no log.
  const unclean = await exists(`${file}-wal`)
  let db: Database.Database | undefined
  try {
    db = new Database(file, { readonly: true })
    versionOf(db)
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return unclean && db.pragma('quick_check(1)', { simple: true }) !== 'ok'
  } catch (error) {
    if (error instanceof AppError) throw error
    // Anything else is for the connection that writes: it can roll back what this one cannot, or says what is wrong.
    return isDamage(failureOf(error))
  } finally {
    db?.close()
  }
}

/** Takes the log along, which belongs to the file of the same name. */
async function moveAside(file: string): Promise<string> {
  const aside = `${file}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`
  for (const suffix of ['', '-wal', '-shm']) if (await exists(file + suffix)) await rename(file + suffix, aside + suffix)
  return aside
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )
