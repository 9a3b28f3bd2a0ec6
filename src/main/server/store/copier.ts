/** The thread that copies the database. It answers with null, or with what went wrong, and ends. */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { failureOf, type Failure } from './errors.ts'
import { makePrivateFile } from './privateFile.ts'

/** How long a lock of another program is waited for, in ms. */
const LOCK_TIMEOUT_MS = 1_000

export interface Copy {
  file: string
  to: string
  /** Null leaves open sessions as they are. */
  sessionsEnd: string | null
}

function copy({ file, to, sessionsEnd }: Copy): Failure | null {
  let db: Database.Database | undefined
  try {
    db = new Database(file, { readonly: true, timeout: LOCK_TIMEOUT_MS })
    // Into an empty file, because SQLite would make one that everyone may read.
    makePrivateFile(to)
    // One transaction that reads: in WAL mode it sees one moment, and holds nobody up (https://sqlite.org/lang_vacuum.html).
    db.prepare('VACUUM INTO ?').run(to)
    if (sessionsEnd !== null) endSessions(to, sessionsEnd)
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

/** Or a server that is started on the copy, who knows when, would say that they have lasted until then. */
function endSessions(file: string, at: string): void {
  const db = new Database(file)
  db.prepare('UPDATE sessions SET disconnected_at = max(connected_at, ?) WHERE disconnected_at IS NULL').run(at)
  db.close()
}

parentPort!.postMessage(copy(workerData as Copy))
