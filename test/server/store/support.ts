import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { silent } from '../../../src/main/server/log.ts'
import { openStore, type Store } from '../../../src/main/server/store/Store.ts'

/** The name of a database that is not there yet, in a directory that goes with the test. */
export async function newFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lanyard-store-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'lanyard.db')
}

/** A store on a real file; closed with the test, at the latest. */
export async function open(file?: string): Promise<{ store: Store; file: string }> {
  const path = file ?? (await newFile())
  const store = await openStore({ file: path, log: silent })
  onTestFinished(() => store.close())
  return { store, file: path }
}

/** A second connection, as another program would have it. */
export function connect(file: string): Database.Database {
  const db = new Database(file, { timeout: 0 })
  onTestFinished(() => void db.close())
  return db
}

export const integrity = (db: Database.Database) => db.pragma('integrity_check', { simple: true })

export interface Frame {
  /** From 1. */
  page: number
  /** Bytes from the start of the log to the end of the frame. */
  end: number
  /** Whether a transaction ends with it. */
  commits: boolean
}

/** The frames of a write-ahead log since it was last begun anew (https://sqlite.org/fileformat2.html#walformat). */
export function framesOf(wal: Buffer): Frame[] {
  const size = 24 + wal.readUInt32BE(8)
  const frames: Frame[] = []
  for (let start = 32; start + size <= wal.length && wal.compare(wal, 16, 24, start + 8, start + 16) === 0; start += size) {
    frames.push({ page: wal.readUInt32BE(start), end: start + size, commits: wal.readUInt32BE(start + 4) > 0 })
  }
  return frames
}

export const commitsIn = (file: string) => framesOf(readFileSync(`${file}-wal`)).filter(({ commits }) => commits).length

/** Numbers from 0 to 1, the same each time for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
