import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { StartError } from './StartError.ts'
import { makePrivateFile } from './store/privateFile.ts'

/** How far back, at most, a crash can date the end of the sessions that it cut off. */
const ALIVE_EVERY_MS = 5_000

/** The database, its log, those that were set aside, and the lock. */
const OWN_FILE = /^(lanyard\.db|lock)/

/**
 * A server's directory, held by one server at a time.
 *
 * The lock is SQLite's own file lock on the file `lock`: the system takes it back when the process ends, however it ends, so it
 * is never stale, and no process id can be mistaken for another.
 */
export class DataDir {
  readonly path: string
  /** 32 random bytes, from which the server's keys are derived. */
  readonly masterKey: Uint8Array
  /** When the last server here was alive for certain; null in a new directory. */
  readonly lastAlive: Date | null
  #lock: Database.Database
  /** Null for one who only looks after what is stored. */
  #beat: NodeJS.Timeout | null = null

  /**
   * Throws a StartError where the directory cannot be used or another server holds it. Whoever does not serve leaves no sign of
   * life, by which the next server dates the end of what a crash has cut off.
   */
  constructor(path: string, { serves = true } = {}) {
    this.path = resolve(path)
    try {
      makeDirectory(this.path)
    } catch (cause) {
      throw new StartError('folderUnusable', `The data directory ${this.path} cannot be made: ${reason(cause)}`, {
        hint: 'choose another with --data-dir',
        cause,
      })
    }
    this.lastAlive = existsSync(this.#lockFile) ? statSync(this.#lockFile).mtime : null
    this.#lock = takeLock(this.#lockFile, this.path)
    try {
      this.masterKey = this.#readOrMakeKey()
      for (const folder of ['files', 'backups']) makeDirectory(join(this.path, folder))
      this.#closeToOthers()
    } catch (cause) {
      this.#lock.close()
      throw new StartError('folderUnusable', `The data directory ${this.path} cannot be used: ${reason(cause)}`, { cause })
    }
    if (!serves) return
    this.#touch()
    this.#beat = setInterval(() => this.#touch(), ALIVE_EVERY_MS)
    this.#beat.unref()
  }

  get databaseFile(): string {
    return join(this.path, 'lanyard.db')
  }

  /** The folder of keys and certificates. */
  get keys(): string {
    return join(this.path, 'keys')
  }

  /** The folder of copies of the database. */
  get backups(): string {
    return join(this.path, 'backups')
  }

  /** Lets another server have the directory. */
  close(): void {
    if (!this.#lock.open) return
    if (this.#beat) {
      clearInterval(this.#beat)
      this.#touch()
    }
    this.#lock.close()
  }

  get #lockFile(): string {
    return join(this.path, 'lock')
  }

  /** What an older Lanyard, or a copy by hand, has left there for everyone to read. */
  #closeToOthers(): void {
    for (const folder of [this.path, this.backups])
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isFile() && (folder === this.backups || OWN_FILE.test(entry.name))) tighten(join(folder, entry.name))
  }

  #touch(): void {
    try {
      utimesSync(this.#lockFile, new Date(), new Date())
    } catch {
      // A directory that refuses this refuses the database too, which says so.
    }
  }

  #readOrMakeKey(): Uint8Array {
    const file = join(this.keys, 'master.key')
    makeDirectory(this.keys)
    if (!existsSync(file)) {
      // By way of another name, so that a crash leaves no half key.
      writeFileSync(`${file}.new`, randomBytes(32), { mode: 0o600, flush: true })
      renameSync(`${file}.new`, file)
    }
    chmodSync(file, 0o600)
    const key = readFileSync(file)
    if (key.length !== 32) throw new Error(`${file} is damaged: it should hold 32 bytes`)
    return key
  }
}

/**
 * A directory for this user alone, with those above it. Node's own `recursive` never returns where the system says that a folder
 * with a parent has none, as /proc does.
 */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

function tighten(file: string): void {
  try {
    chmodSync(file, 0o600)
  } catch {
    // Someone else's, whose it is to say; or SQLite has just taken it away.
  }
}

function takeLock(file: string, directory: string): Database.Database {
  let lock: Database.Database | undefined
  try {
    makePrivateFile(file)
    lock = new Database(file, { timeout: 0 })
    // Nothing is ever written, so there is nothing that a crash could damage.
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')) {
      throw new StartError('folderInUse', `Another server is using ${directory}`, {
        hint: 'stop it, or choose another directory with --data-dir',
        cause,
      })
    }
    throw new StartError('folderUnusable', `The data directory ${directory} cannot be used: ${reason(cause)}`, { cause })
  }
}

const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
