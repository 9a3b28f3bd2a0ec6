import type { KyselyPlugin } from 'kysely'
import { expect, test } from 'vitest'
import { auditOf } from '../../../src/main/server/store/audit.ts'
import { isBanned } from '../../../src/main/server/store/bans.ts'
import { roomsOfUser, sessionsOf, usageOf } from '../../../src/main/server/store/history.ts'
import { membershipsOf, roleOf } from '../../../src/main/server/store/members.ts'
import { messagesOf } from '../../../src/main/server/store/messages.ts'
import { roomById, roomByJoinCode, roomBySlug, roomsToDelete } from '../../../src/main/server/store/rooms.ts'
import type { Db } from '../../../src/main/server/store/Store.ts'
import { at } from './samples.ts'
import { connect, open } from './support.ts'

const reads: Record<string, (db: Db) => Promise<unknown>> = {
  'a page of a room’s history': (db) => sessionsOf(db, 'local', 'room', { limit: 50, cursor: `${at(1)}~session` }),
  'a day’s usage': (db) => usageOf(db, 'local', { roomId: 'room', from: at(0), before: at(9) }),
  'a person’s rooms': (db) => roomsOfUser(db, 'local', 'ada', 50),
  'the audit of a room': (db) => auditOf(db, 'local', 'room', 100),
  'a ban': (db) => isBanned(db, 'room', 'ada', 'device'),
  'a role': (db) => roleOf(db, 'room', 'ada'),
  'the members of a room': (db) => membershipsOf(db, 'room'),
  'a page of messages': (db) => messagesOf(db, 'room', { before: '100', limit: 50 }),
  'a room by its id': (db) => roomById(db, 'local', 'room'),
  'a room by its slug': (db) => roomBySlug(db, 'local', 'slug'),
  'a room by its code': (db) => roomByJoinCode(db, 'local', 'ABC123'),
  'rooms that are kept for a time only': (db) => roomsToDelete(db),
}

for (const [what, read] of Object.entries(reads))
  test(`${what} is found by an index, however many rows there are`, async () => {
    const { store, file } = await open()
    const plans: string[] = []
    const db = connect(file)
    const executor = store.query.getExecutor()
    const explain: KyselyPlugin = {
      transformQuery({ node, queryId }) {
        const { sql, parameters } = executor.compileQuery(node, queryId)
        const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[]
        plans.push(...steps.map(({ detail }) => detail))
        return node
      },
      transformResult: ({ result }) => Promise.resolve(result),
    }
    await read({ query: store.query.withPlugin(explain) } as unknown as Db)
    expect(plans.length).toBeGreaterThan(0)
    expect(plans.filter((step) => step.startsWith('SCAN'))).toEqual([])
  })
