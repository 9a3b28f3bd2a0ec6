import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Compilable, DeleteResult, InsertResult, Kysely, UpdateResult } from 'kysely'
import { Emitter } from '../../../shared/emitter.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../log.ts'
import { ownFault, refusal, unavailable } from './errors.ts'
import { prepareFile } from './file.ts'
import { openReader } from './reader.ts'
import type { Tables } from './tables.ts'
import type { Unit, UnitOutcome } from './writer.ts'
import { WriterThread } from './WriterThread.ts'

/** How long the first unit of a group waits for others, in ms. One commit of several rows writes far less than one for each. */
const GATHER_MS = 8
/** A unit that comes after such a pause, in ms, is sent at once: where little is said, nothing else would come in time. */
const QUIET_MS = GATHER_MS
/** Units that make a group worth sending at once. */
const FULL_GROUP = 64
/** Units of one transaction at most; more can wait while another one commits. */
const GROUP_LIMIT = 256
/** How often a disk that refuses is tried again, in ms. */
const PROBE_MS = 500
/** Records that are kept while the disk refuses. */
const RECORDS_KEPT = 10_000

/** What a statement returns: the rows of its RETURNING, or none. */
type Returned<O> = O extends InsertResult | UpdateResult | DeleteResult ? never : O

/** What queries take. */
export interface Db {
  /** Builds queries and runs those that read; its connection cannot write. */
  readonly query: Kysely<Tables>
  /**
   * Stores the statements, together or not at all, and resolves with the rows that each returns once they are durable. Rejects
   * with `storeUnavailable` where the disk refuses, and with a ConstraintError where the schema does.
   */
  write<Rows extends readonly unknown[]>(
    ...unit: { [K in keyof Rows]: Compilable<Rows[K]> }
  ): Promise<{ -readonly [K in keyof Rows]: Returned<Rows[K]>[] }>
  /**
   * Stores the statements, in order with the writes, without an answer: what has happened whether the disk likes it or not. They
   * are kept and tried again while the disk refuses, so they must bear to be stored twice.
   */
  record(...unit: readonly Compilable[]): void
}

interface Waiting {
  unit: Unit
  /** Of `performance.now()`, in ms. */
  since: number
  /** Null for a record. */
  asker: { resolve(rows: unknown[][]): void; reject(error: Error): void } | null
}

type State = { status: 'well' } | { status: 'trouble'; error: AppError; recordsLost: number }

/**
 * Opens the database in `file`; one that is missing is made. Before its schema becomes another one, it is copied into the folder
 * `backups`, where one is named. Throws `storeUnavailable`.
 */
export async function openStore({
  file,
  backups = null,
  log,
}: {
  file: string
  backups?: string | null
  log: Logger
}): Promise<Store> {
  try {
    return new Store(file, await prepareFile(file, log, backups), log)
  } catch (error) {
    throw unavailable(error)
  }
}

/**
 * The database. Writes are gathered into groups, each of which a thread of its own commits, so that signaling never waits for
 * the disk; reads have a connection of their own. Says `trouble` when the disk begins to refuse writes, and `healed` when it
 * takes them again.
 */
export class Store extends Emitter<{ trouble: [AppError]; healed: [] }> implements Db {
  readonly query: Kysely<Tables>
  /** Where a damaged database has been put; null where there was none. */
  readonly setAside: string | null
  readonly #log: Logger
  readonly #writer: WriterThread
  readonly #queue: Waiting[] = []
  #state: State = { status: 'well' }
  #draining: Promise<void> | null = null
  /** Of `performance.now()`, in ms. */
  #cameAt = -Infinity
  /** Whether the first unit of the queue came after a pause. */
  #isQuiet = true
  #closing: Promise<void> | null = null
  /** Ends the wait of `#gather`. */
  #hurry = () => {}

  /** Of a file that `prepareFile` has seen to. */
  constructor(file: string, setAside: string | null, log: Logger) {
    super()
    this.setAside = setAside
    this.#log = log
    this.query = openReader(file)
    this.#writer = new WriterThread(file)
  }

  /** Why the disk refuses writes; null where it takes them. */
  get trouble(): AppError | null {
    return this.#state.status === 'trouble' ? this.#state.error : null
  }

  write<Rows extends readonly unknown[]>(...unit: { [K in keyof Rows]: Compilable<Rows[K]> }) {
    return new Promise<{ -readonly [K in keyof Rows]: Returned<Rows[K]>[] }>((resolve, reject) => {
      if (this.#closing)
        return reject(new AppError('storeUnavailable', 'The server is stopping', { details: { reason: 'closed' } }))
      this.#enqueue(unit, { resolve: resolve as (rows: unknown[][]) => void, reject })
    })
  }

  record(...unit: readonly Compilable[]): void {
    if (this.#closing) return this.#log.warn('a record came after the store was closed, and is lost')
    this.#enqueue(unit, null)
    this.#dropOldest()
  }

  /** Stores what waits, then closes. What a refusing disk does not take now is lost, and logged. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#hurry()
    await this.#draining
    // The writer's connection must be the last, because a connection that only reads cannot move the log into the database.
    await this.query.destroy()
    await this.#writer.close()
  }

  #enqueue(unit: readonly Compilable[], asker: Waiting['asker']): void {
    const statements = unit.map((query) => {
      const { sql, parameters } = query.compile()
      return { sql, parameters }
    })
    const since = performance.now()
    if (this.#queue.length === 0) this.#isQuiet = since - this.#cameAt > QUIET_MS
    this.#cameAt = since
    this.#queue.push({ unit: statements, since, asker })
    if (this.#queue.length >= FULL_GROUP && this.#state.status === 'well') this.#hurry()
    this.#draining ??= this.#drain()
  }

  /** The one loop that sends: what comes during a commit goes with the next. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0 || this.#state.status === 'trouble') {
      await this.#gather()
      const group = this.#queue.splice(0, GROUP_LIMIT)
      const answer = await this.#writer.commit(group.map(({ unit }) => unit))
      if ('outcomes' in answer) {
        this.#settle(group, answer.outcomes)
      } else {
        this.#queue.unshift(...group)
        this.#refused(refusal(answer.refused))
        if (this.#closing) break
      }
    }
    this.#draining = null
  }

  /** Waits until the next group is worth sending, or, in trouble, until it is time to try again. */
  async #gather(): Promise<void> {
    const well = this.#state.status === 'well'
    const first = this.#queue[0]?.since ?? 0
    // What came in the same turn goes along.
    if (well && this.#isQuiet) return nextTurn()
    const wait = well ? first + GATHER_MS - performance.now() : PROBE_MS
    if (this.#closing || wait <= 0 || (well && this.#queue.length >= FULL_GROUP)) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #settle(group: readonly Waiting[], outcomes: readonly UnitOutcome[]): void {
    for (const [i, { asker }] of group.entries()) {
      const outcome = outcomes[i]!
      if ('rows' in outcome) asker?.resolve(outcome.rows)
      else if (asker) asker.reject(ownFault(outcome.failure))
      else this.#log.error({ failure: outcome.failure }, 'a record does not fit into the database, and is lost')
    }
    if (this.#state.status === 'well') return
    this.#log.info({ recordsLost: this.#state.recordsLost }, 'the store takes writes again')
    this.#state = { status: 'well' }
    this.emit('healed')
  }

  /** Whoever waits for an answer gets one now; records stay, for when the disk takes them. */
  #refused(error: AppError): void {
    const waiting = this.#queue.splice(0)
    this.#queue.push(...waiting.filter(({ asker }) => asker === null))
    const isNew = this.#state.status === 'well'
    if (isNew) {
      this.#log.error({ err: error }, 'the store refuses writes')
      this.#state = { status: 'trouble', error, recordsLost: 0 }
    }
    if (this.#closing) {
      if (this.#queue.length > 0)
        this.#log.error({ records: this.#queue.length }, 'records are lost: the store refused them to the end')
      this.#queue.length = 0
    }
    this.#dropOldest()
    for (const { asker } of waiting) asker?.reject(error)
    if (isNew) this.emit('trouble', error)
  }

  #dropOldest(): void {
    if (this.#state.status === 'well') return
    for (let excess = this.#queue.length - RECORDS_KEPT; excess > 0; excess--) {
      const oldest = this.#queue.findIndex(({ asker }) => asker === null)
      if (oldest < 0) return
      if (this.#state.recordsLost === 0)
        this.#log.error({ kept: RECORDS_KEPT }, 'the store has refused for too long: the oldest records are lost')
      this.#queue.splice(oldest, 1)
      this.#state.recordsLost += 1
    }
  }
}
