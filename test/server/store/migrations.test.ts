import { readdirSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { silent } from '../../../src/main/server/log.ts'
import { migrate } from '../../../src/main/server/store/migrate.ts'
import { migrations } from '../../../src/main/server/store/migrations/index.ts'
import { openStore } from '../../../src/main/server/store/Store.ts'
import { fill, rowsOf, tablesOf } from './fill.ts'
import { integrity, newFile } from './support.ts'

const latest = migrations.length
const versions = Array.from({ length: latest }, (_, i) => i + 1)
const journeys = versions.flatMap((from) => versions.filter((to) => to !== from).map((to) => [from, to] as const))

/** For as long as `look` takes: the log is in the file afterwards. */
function looking<T>(file: string, look: (db: Database.Database) => T): T {
  const db = new Database(file)
  try {
    return look(db)
  } finally {
    db.close()
  }
}

const columnsOf = (file: string) => looking(file, tablesOf)

/** The columns that two versions both know. */
function common(a: ReturnType<typeof columnsOf>, b: ReturnType<typeof columnsOf>) {
  return new Map(
    [...a].flatMap(([table, columns]) => {
      const others = b.get(table)
      return others ? [[table, columns.filter(({ name }) => others.some((other) => other.name === name))] as const] : []
    }),
  )
}

function expectWhole(file: string): void {
  looking(file, (db) => {
    expect(integrity(db)).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
  })
}

for (const [from, to] of journeys)
  test(`F15: a full database goes from version ${from} to ${to} and back, and keeps what both know`, async () => {
    const file = await newFile()
    await migrate(file, from, null)
    looking(file, (db) => fill(db, 3))
    expectWhole(file)
    const there = columnsOf(file)
    const all = looking(file, (db) => rowsOf(db, there))
    for (const [table, rows] of Object.entries(all)) expect(rows.length, table).toBeGreaterThanOrEqual(3)

    expect(await migrate(file, to, null)).toEqual({ from, to })
    expectWhole(file)
    const known = common(there, columnsOf(file))
    const kept = looking(file, (db) => rowsOf(db, known))
    for (const [table, columns] of known) {
      const names = columns.map(({ name }) => name)
      expect(kept[table], table).toEqual(all[table]!.map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))))
    }

    expect(await migrate(file, from, null)).toEqual({ from: to, to: from })
    expectWhole(file)
    expect(looking(file, (db) => rowsOf(db, known))).toEqual(kept)
    if (to > from) expect(looking(file, (db) => rowsOf(db, there))).toEqual(all)
  })

test('F15: every table of every version has been filled, with a value in every column', async () => {
  for (const version of versions) {
    const file = await newFile()
    await migrate(file, version, null)
    looking(file, (db) => fill(db, 3))
    const rows = looking(file, (db) => rowsOf(db, tablesOf(db)))
    const empty = Object.values(rows).flatMap((rows) =>
      rows.flatMap((row) => Object.entries(row).filter(([, value]) => value === null)),
    )
    expect(empty).toEqual([])
  }
})

test('a step that rows are in the way of is not taken, and the version stays', async () => {
  const file = await newFile()
  await migrate(file, 1, null)
  looking(file, (db) => {
    db.pragma('foreign_keys = OFF')
    db.exec("INSERT INTO room_members (room_id, user_id, role, joined_at) VALUES ('gone', 'ada', 'host', '2030')")
  })
  const before = columnsOf(file)
  await expect(migrate(file, 'up', null)).rejects.toThrow(/in the way of version 2/)
  expect(columnsOf(file)).toEqual(before)
  expect(looking(file, (db) => db.pragma('user_version', { simple: true }))).toBe(1)
})

async function oldDatabase(version: number, rows: number): Promise<{ file: string; backups: string }> {
  const file = await newFile()
  const backups = join(dirname(file), 'backups')
  await mkdir(backups)
  await migrate(file, version, null)
  looking(file, (db) => fill(db, rows))
  return { file, backups }
}

test('F15: before each change of the schema the database is copied, whole and as it was', async () => {
  const { file, backups } = await oldDatabase(latest - 1, 3)
  const before = looking(file, (db) => rowsOf(db, tablesOf(db)))
  const store = await openStore({ file, backups, log: silent })
  await store.close()
  const [copy, ...others] = readdirSync(backups)
  expect(others).toEqual([])
  expect(copy).toMatch(new RegExp(`^before-schema-change-20.*-version-${latest - 1}\\.db$`))
  looking(join(backups, copy!), (db) => {
    expect(integrity(db)).toBe('ok')
    expect(db.pragma('user_version', { simple: true })).toBe(latest - 1)
    expect(rowsOf(db, tablesOf(db))).toEqual(before)
  })
  // At the latest version there is nothing to copy for.
  await (await openStore({ file, backups, log: silent })).close()
  expect(readdirSync(backups)).toHaveLength(1)
})

test('F15: an empty database is changed without a copy', async () => {
  const { file, backups } = await oldDatabase(latest - 1, 0)
  await migrate(file, 'up', backups)
  expect(readdirSync(backups)).toEqual([])
})

test('F15: of these copies the last five are kept, and nothing else in their folder is touched', async () => {
  const { file, backups } = await oldDatabase(latest, 1)
  writeFileSync(join(backups, 'mine.db'), '')
  for (let i = 0; i < 4; i++) {
    await migrate(file, 'down', backups)
    await migrate(file, 'up', backups)
  }
  const copies = readdirSync(backups).sort()
  expect(copies).toHaveLength(6)
  expect(copies).toContain('mine.db')
  expect(copies[0]).toContain(`-version-${latest - 1}.db`)
})

test('F15: where no copy can be made, the schema stays as it is', async () => {
  const { file } = await oldDatabase(latest - 1, 3)
  const nowhere = join(dirname(file), 'nowhere')
  await expect(migrate(file, 'up', nowhere)).rejects.toMatchObject({ code: 'storeUnavailable' })
  expect(looking(file, (db) => db.pragma('user_version', { simple: true }))).toBe(latest - 1)
})
