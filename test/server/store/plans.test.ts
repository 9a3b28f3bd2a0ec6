import { expect, test } from 'vitest'
import { catalogue, offered, statementsOf } from './catalogue.ts'
import { addRoom } from './samples.ts'
import { connect, open } from './support.ts'

/** Steps that go through all of something, and why they may. */
const scans: Record<string, string> = {
  'keys.listKeys: SCAN api_keys': 'whoever runs the server wants to see all of them',
  'tenants.listTenants: SCAN tenants USING INDEX sqlite_autoindex_tenants_1': 'whoever runs the server wants to see all of them',
  'seats.closeOpenSessions: SCAN sessions USING INDEX sessions_open': 'the index has only those that a crash has left open',
  'seats.closeOpenSessions: SCAN presence': 'all of it goes, once, at the start',
  'seats.closeOpenSessions: SCAN rooms': 'once, at the start',
  'seats.keptSeats: SCAN resumes': 'all of them are wanted, once, at the start',
}

test('every query that the store offers is in the catalogue', async () => {
  const known = Object.entries(catalogue).map(([file, calls]): [string, string[]] => [file, Object.keys(calls).sort()])
  const there = Object.entries(await offered()).map(([file, names]): [string, string[]] => [file, names.sort()])
  expect(Object.fromEntries(known)).toEqual(Object.fromEntries(there))
})

for (const [file, calls] of Object.entries(catalogue))
  test(`what ${file}.ts asks is found by an index, however many rows there are`, async () => {
    const { store, file: path } = await open()
    await addRoom(store)
    const db = connect(path)
    const found: string[] = []
    for (const [name, samples] of Object.entries(calls)) {
      const statements = await statementsOf(store, samples)
      expect(statements.length, name).toBeGreaterThan(0)
      for (const { sql, parameters } of statements) {
        const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[]
        for (const { detail } of steps) if (/^SCAN (?!CONSTANT ROW)/.test(detail)) found.push(`${file}.${name}: ${detail}`)
      }
    }
    expect(found).toEqual(Object.keys(scans).filter((step) => step.startsWith(`${file}.`)))
  })
