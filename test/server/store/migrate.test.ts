import { expect, test } from 'vitest'
import { migrate } from '../../../src/main/server/store/migrate.ts'
import { users } from '../../../src/main/server/store/migrations/007_users.ts'
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

test('people who have one id in two tenants become one on the way back, and stay who they are on the way up', async () => {
  const file = await newFile()
  await migrate(file, 'up', null)
  const insert = (db: ReturnType<typeof connect>, id: string, tenant: string, at: string) =>
    db.prepare("INSERT INTO users VALUES (?, ?, NULL, ?, ?, '')").run(id, tenant, `${id} of ${tenant}`, at)
  const names = (db: ReturnType<typeof connect>) => db.prepare('SELECT name FROM users ORDER BY name').pluck().all()
  const db = connect(file)
  insert(db, 'ada', 'local', '2')
  insert(db, 'ada', 'acme', '1')
  insert(db, 'ben', 'acme', '3')
  await migrate(file, migrations.indexOf(users), null)
  expect(names(db)).toEqual(['ada of acme', 'ben of acme'])
  await migrate(file, 'up', null)
  insert(db, 'ada', 'local', '4')
  expect(names(db)).toEqual(['ada of acme', 'ada of local', 'ben of acme'])
})
