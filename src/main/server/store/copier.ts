/** The thread that copies the database. It answers with null, or with what went wrong, and ends. */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { failureOf, type Failure } from './errors.ts'

/** How long a lock of another program is waited for, in ms. */
const LOCK_TIMEOUT_MS = 1_000

function copy({ file, to }: { file: string; to: string }): Failure | null {
  let db: Database.Database | undefined
  try {
    db = new Database(file, { readonly: true, timeout: LOCK_TIMEOUT_MS })
    // One transaction that reads: in WAL mode it sees one moment, and holds nobody up (https://sqlite.org/lang_vacuum.html).
    db.prepare('VACUUM INTO ?').run(to)
    const copied = openSync(to, 'r+')
    fsyncSync(copied)
    closeSync(copied)
    return null
  } catch (error) {
    return failureOf(error)
  } finally {
    db?.close()
  }
}

parentPort!.postMessage(copy(workerData as { file: string; to: string }))
