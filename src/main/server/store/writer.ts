/**
 * The writer's thread: the only connection that writes. It commits one group of units at a time and answers when the group is
 * durable. It keeps nothing: what waits, and what is tried again, is the Store's.
 */
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { failureOf, isOwnFault, type Failure } from './errors.ts'
import { preparing } from './statements.ts'

/** As Kysely compiles it. */
export interface Statement {
  sql: string
  parameters: readonly unknown[]
}

/** Statements that are stored together or not at all. */
export type Unit = readonly Statement[]

/** The rows that each statement returned, or why the unit failed, alone. */
export type UnitOutcome = { rows: unknown[][] } | { failure: Failure }

/** What became of each unit; or the disk refused, and nothing is stored. */
export type GroupOutcome = { outcomes: UnitOutcome[] } | { refused: Failure }

/** How long a lock of another program is waited for, in ms. */
const LOCK_TIMEOUT_MS = 1_000

class Writer {
  readonly #db: Database.Database
  readonly #prepare: (sql: string) => Database.Statement

  constructor(file: string) {
    // A file that has gone is an error: an empty one in its place would look like a loss of everything.
    this.#db = new Database(file, { fileMustExist: true, timeout: LOCK_TIMEOUT_MS })
    this.#prepare = preparing(this.#db)
    try {
      this.#db.pragma('journal_mode = WAL')
      this.#db.pragma('synchronous = FULL')
      this.#db.pragma('foreign_keys = ON')
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Throws what the disk refuses with; then nothing of the group is stored. An empty group tries whether it would. */
  commit(group: readonly Unit[]): UnitOutcome[] {
    this.#run('BEGIN IMMEDIATE')
    try {
      if (group.length === 0) this.#db.pragma(`user_version = ${Number(this.#db.pragma('user_version', { simple: true }))}`)
      const outcomes = group.map((unit) => this.#store(unit))
      this.#run('COMMIT')
      return outcomes
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (this.#db.inTransaction) this.#run('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#db.close()
  }

  /** A lone statement that fails takes back only itself, so a savepoint is for units of several. */
  #store(unit: Unit): UnitOutcome {
    const several = unit.length > 1
    if (several) this.#run('SAVEPOINT unit')
    try {
      const rows = unit.map((statement) => this.#rows(statement))
      if (several) this.#run('RELEASE unit')
      return { rows }
    } catch (error) {
      const failure = failureOf(error)
      if (!isOwnFault(failure)) throw error
      if (several) this.#run('ROLLBACK TO unit').#run('RELEASE unit')
      return { failure }
    }
  }

  #rows({ sql, parameters }: Statement): unknown[] {
    const statement = this.#prepare(sql)
    if (statement.reader) return statement.all(parameters)
    statement.run(parameters)
    return []
  }

  #run(sql: string): this {
    this.#prepare(sql).run()
    return this
  }
}

function answer(group: readonly Unit[]): GroupOutcome {
  try {
    writer ??= new Writer(file)
    return { outcomes: writer.commit(group) }
  } catch (error) {
    // The next group gets a connection of its own: one that was opened for reading only, for want of better, stays so.
    writer?.close()
    writer = null
    return { refused: failureOf(error) }
  }
}

const port = parentPort!
const { file } = workerData as { file: string }
let writer: Writer | null = null

/** Null ends the thread. */
port.on('message', (group: readonly Unit[] | null) => {
  if (group) return port.postMessage(answer(group))
  writer?.close()
  port.close()
})
