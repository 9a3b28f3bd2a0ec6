/** Whole copies of the database: on request while the server runs, and before its schema becomes another one. */
import { once } from 'node:events'
import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import { refusal, type Failure } from './errors.ts'

/** How many copies of before a change of the schema are kept. */
const KEPT = 5
const BEFORE = /^before-schema-change-.*\.db$/

/**
 * Writes a copy of the database in `file` as it is at this moment, without its log, to `to`, which must not be there yet. A thread of its own
 * does that on a connection that only reads, so that neither signaling nor writes wait. Resolves when the copy is durable. Throws
 * `storeUnavailable`; what was written of the copy is gone then.
 */
export async function copyDatabase(file: string, to: string): Promise<void> {
  // Beside this file, in the sources as well as in the build.
  const entry = new URL(import.meta.url.endsWith('.ts') ? './copier.ts' : './copier.js', import.meta.url)
  const part = `${to}.part`
  rmSync(part, { force: true })
  const thread = new Worker(entry, { workerData: { file, to: part }, env: {} })
  let failure: Failure | null = { code: null, message: 'the thread that copies has ended' }
  thread.on('message', (outcome: Failure | null) => (failure = outcome))
  thread.on('error', (error) => (failure = { code: null, message: String(error) }))
  await once(thread, 'exit')
  if (failure) {
    rmSync(part, { force: true })
    throw refusal(failure)
  }
  renameSync(part, to)
}

/** Copies the database into `folder` before a change of its schema, and drops the oldest of such copies. */
export async function copyBeforeChange(file: string, version: number, folder: string): Promise<void> {
  const at = new Date().toISOString().replace(/[:.]/g, '-')
  await copyDatabase(file, join(folder, `before-schema-change-${at}-version-${version}.db`))
  const copies = readdirSync(folder).filter((name) => BEFORE.test(name))
  for (const name of copies.sort().slice(0, -KEPT)) rmSync(join(folder, name), { force: true })
}

/** Whether there is anything in a database that would be missed. The tenant that every database begins with would not. */
export function hasContents(db: Database.Database): boolean {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'tenants'")
    .pluck()
    .all() as string[]
  return tables.some((name) => db.prepare(`SELECT 1 FROM "${name}" LIMIT 1`).get() !== undefined)
}
