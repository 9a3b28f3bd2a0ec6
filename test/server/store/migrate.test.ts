import { expect, test } from 'vitest'
import { migrate } from '../../../src/main/server/store/migrate.ts'
import { migrations } from '../../../src/main/server/store/migrations/index.ts'
import { connect, newFile } from './support.ts'

function schemaOf(file: string) {
  const db = connect(file)
  const schema = db.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name").all()
  db.close()
  return schema
}

test('every step can be taken back, and up again to the same schema', async () => {
  const file = await newFile()
  const schemas = [schemaOf(file)]
  for (let version = 1; version <= migrations.length; version++) {
    expect(await migrate(file, version, null)).toEqual({ from: version - 1, to: version })
    schemas.push(schemaOf(file))
  }
  for (let version = migrations.length; version > 0; version--) {
    expect(schemaOf(file)).toEqual(schemas[version])
    expect(await migrate(file, 'down', null)).toEqual({ from: version, to: version - 1 })
  }
  expect(schemaOf(file)).toEqual([])
  expect(await migrate(file, 'up', null)).toEqual({ from: 0, to: migrations.length })
  expect(schemaOf(file)).toEqual(schemas.at(-1))
})

test('up at the latest and down at the first change nothing', async () => {
  const file = await newFile()
  expect(await migrate(file, 'down', null)).toEqual({ from: 0, to: 0 })
  await migrate(file, 'up', null)
  expect(await migrate(file, 'up', null)).toEqual({ from: migrations.length, to: migrations.length })
})

test.each([-1, 0.5, migrations.length + 1])('there is no version %s', async (version) => {
  const file = await newFile()
  await expect(migrate(file, version, null)).rejects.toThrow(/no version/)
})

test('a newer database is not taken back', async () => {
  const file = await newFile()
  connect(file).pragma(`user_version = ${migrations.length + 1}`)
  await expect(migrate(file, 'down', null)).rejects.toThrow(/newer Lanyard/)
})

test('every table is strict', async () => {
  const file = await newFile()
  await migrate(file, 'up', null)
  const tables = connect(file)
    .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'")
    .all()
  expect(tables).toHaveLength(13)
  expect(tables.filter((table) => (table as { strict: number }).strict !== 1)).toEqual([])
})
