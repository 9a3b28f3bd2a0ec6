import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { roomById } from '../../../src/main/server/store/rooms.ts'
import { openStore } from '../../../src/main/server/store/Store.ts'
import { silent } from '../../../src/main/server/log.ts'
import { addRoom, say } from './samples.ts'
import { connect, framesOf, newFile, open } from './support.ts'

const entries = (file: string) => readdirSync(dirname(file)).sort()

/** The files of a store that is open, as a crash would leave them. */
async function crashed(fill: number): Promise<string> {
  const { store, file } = await open()
  await addRoom(store)
  for (let i = 0; i < fill; i++) await say(store, 'x'.repeat(1000))
  const copy = join(dirname(file), 'crashed', basename(file))
  mkdirSync(dirname(copy))
  for (const suffix of ['', '-wal', '-shm']) copyFileSync(file + suffix, copy + suffix)
  return copy
}

function rootPageOf(file: string, table: string): number {
  const db = new Database(file, { readonly: true })
  const page = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table)
  db.close()
  return page as number
}

test('a database is made where there is none, and found again', async () => {
  const { store, file } = await open()
  expect(store.setAside).toBeNull()
  await addRoom(store, { name: 'Kept' })
  await store.close()
  expect(entries(file)).toEqual(['lanyard.db'])
  const again = await open(file)
  expect(await roomById(again.store, 'local', 'room')).toMatchObject({ name: 'Kept' })
})

test.each([
  ['journal_mode', 'wal'],
  // FULL: a commit is on the disk before it is answered, and outlives a loss of power, which no test here can cause.
  ['synchronous', 2],
  ['foreign_keys', 1],
])('the connection that writes has %s %s', async (pragma, value) => {
  const { store } = await open()
  const question = { compile: () => sql.raw<Record<string, unknown>>(`PRAGMA ${pragma}`).compile(store.query) }
  expect(await store.write(question)).toEqual([[{ [pragma]: value }]])
})

test('a database that a newer program wrote is refused with a sentence, and left as it is', async () => {
  const { store, file } = await open()
  await store.close()
  const db = connect(file)
  db.pragma('user_version = 1000')
  db.close()
  const bytes = readFileSync(file)
  await expect(openStore({ file, log: silent })).rejects.toMatchObject({
    code: 'storeUnavailable',
    message: expect.stringMatching(/newer Lanyard/) as string,
    details: { reason: 'newer' },
  })
  expect(readFileSync(file)).toEqual(bytes)
})

test('what is no database is set aside, whole, and a new one is begun', async () => {
  const file = await newFile()
  const bytes = Buffer.from('this was never a database. '.repeat(500))
  writeFileSync(file, bytes)
  const { store } = await open(file)
  expect(basename(store.setAside!)).toMatch(/^lanyard\.db\.damaged-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/)
  expect(readFileSync(store.setAside!)).toEqual(bytes)
  await addRoom(store)
  expect(await roomById(store, 'local', 'room')).not.toBeNull()
})

test('a database that is damaged within is set aside after a crash, with the log that only fits to it', async () => {
  const file = await crashed(20)
  // A page that the log does not have anew, and that nothing reads until it is looked for.
  const log = readFileSync(`${file}-wal`)
  const page = rootPageOf(file, 'users')
  expect(framesOf(log).map((frame) => frame.page)).not.toContain(page)
  const damaged = readFileSync(file).fill(0xa5, (page - 1) * 4096, page * 4096)
  writeFileSync(file, damaged)

  const { store } = await open(file)
  expect(store.setAside).not.toBeNull()
  expect(readFileSync(store.setAside!)).toEqual(damaged)
  expect(readFileSync(`${store.setAside!}-wal`)).toEqual(log)
  expect(await roomById(store, 'local', 'room')).toBeNull()
})

test('a database that a crash left whole is not set aside', async () => {
  const file = await crashed(20)
  const { store } = await open(file)
  expect(store.setAside).toBeNull()
  expect(connect(file).prepare('SELECT count(*) FROM messages').pluck().get()).toBe(20)
})

test('a place where no database can be made gives storeUnavailable', async () => {
  const file = await newFile()
  mkdirSync(file)
  await expect(openStore({ file, log: silent })).rejects.toMatchObject({ code: 'storeUnavailable' })
})
