import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, inject, test } from 'vitest'
import { LOCAL, userIdOf } from '../../src/main/server/ids.ts'
import { silent } from '../../src/main/server/log.ts'
import { openStore } from '../../src/main/server/store/Store.ts'
import type { Value } from '../../src/shared/protocol.ts'
import { startWithKeys } from '../support/api.ts'
import { Client, newDevice } from '../support/Client.ts'
import { temporaryDirectory } from '../support/server.ts'
import { addRoom } from './store/samples.ts'

const SESSIONS = inject('long') ? 1_000_000 : 20_000
const count = SESSIONS.toLocaleString('en')
const ROOMS = 500
const PEOPLE = 20_000
/** One room has a tenth of all, and one person a thousandth. */
const [BUSY_ROOM, ADA] = [10, 1_000]
const YEAR_BEGINS = Date.UTC(2025, 0, 1)
const STEP_MS = Math.floor((365 * 86_400_000) / SESSIONS)
const DAY_MS = 86_400_000

/** Spreads numbers over rooms and people, each its own way. */
const [BY_ROOM, BY_PERSON] = [2_654_435_761, 2_246_822_519]
const spread = (n: number, by: number, over: number) => Math.floor((n * by) / 128) % over
const sessionOf = (n: number) => ({
  room: n % BUSY_ROOM === 0 ? 0 : spread(n, BY_ROOM, ROOMS),
  person: n % ADA === 0 ? 'ada' : `person-${spread(n, BY_PERSON, PEOPLE)}`,
  from: YEAR_BEGINS + n * STEP_MS,
  seconds: 60 + (n % 5_400),
})
type Sample = ReturnType<typeof sessionOf>

/** The same, as SQLite makes it: fast, in one transaction, in the tables as they are. */
const FILL = `
  WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${SESSIONS})
  INSERT INTO sessions (id, tenant_id, room_id, user_id, peer_id, user_name, connected_at, disconnected_at)
  SELECT
    's' || n,
    'local',
    'room-' || iif(n % ${BUSY_ROOM} = 0, 0, (n * ${BY_ROOM} >> 7) % ${ROOMS}),
    iif(n % ${ADA} = 0, :ada, 'person-' || ((n * ${BY_PERSON} >> 7) % ${PEOPLE})),
    'p' || n,
    'Someone',
    strftime('%Y-%m-%dT%H:%M:%fZ', (${YEAR_BEGINS} + n * ${STEP_MS}) / 1000.0, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%fZ', (${YEAR_BEGINS} + n * ${STEP_MS}) / 1000.0 + 60 + n % 5400, 'unixepoch')
  FROM numbers`

/** A server with a year behind it; all rooms are Ada's. */
async function afterAYear() {
  const dataDir = await temporaryDirectory()
  const file = join(dataDir, 'lanyard.db')
  const device = newDevice()
  const ada = userIdOf(LOCAL, device)
  const store = await openStore({ file, log: silent })
  await Promise.all(
    Array.from({ length: ROOMS }, (_, i) => addRoom(store, { id: `room-${i}`, name: `Room ${i}`, hostUserId: ada })),
  )
  await store.close()
  const db = new Database(file)
  db.prepare(FILL).run({ ada })
  expect(db.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(SESSIONS)
  db.close()
  const { url, keys } = await startWithKeys({ dataDir })
  return { url, key: keys[0]!, host: await Client.connect(url, { device }) }
}

/** What a room's sessions come to, counted one by one. */
function usageOf(sessions: readonly Sample[]) {
  const seconds = sessions.reduce((sum, session) => sum + session.seconds, 0)
  return {
    people: new Set(sessions.map(({ person }) => person)).size,
    sessions: sessions.length,
    meanSeconds: sessions.length === 0 ? null : Math.round(seconds / sessions.length),
  }
}

test(
  `F13: with ${count} sessions in a year, the history of rooms and of people is right, and others are answered meanwhile`,
  { timeout: 300_000 },
  async () => {
    const { url, key, host } = await afterAYear()
    const all = Array.from({ length: SESSIONS }, (_, n) => sessionOf(n))
    const days = Array.from({ length: 365 }, (_, i) => new Date(YEAR_BEGINS + i * DAY_MS).toISOString().slice(0, 10))
    const year = { from: days[0]!, to: days.at(-1)! }

    for (const room of [0, 123]) {
      const sessions = all.filter((session) => session.room === room)
      const byDay = Map.groupBy(sessions, ({ from }) => new Date(from).toISOString().slice(0, 10))
      const roomId = `room-${room}`
      const { usage } = await host.request('roomUsage', { roomId, ...year })
      expect(usage).toEqual({
        ...{ timeZone: 'UTC', presentNow: 0, total: usageOf(sessions) },
        days: days.map((day) => ({ day, ...usageOf(byDay.get(day) ?? []) })),
      })
      const latest: unknown[] = []
      let cursor: string | null = null
      for (let page = 0; page < 3; page++) {
        const told: Value<'roomHistory'> = await host.request('roomHistory', { roomId, cursor, limit: 200 })
        latest.push(...told.sessions.map(({ connectedAt }) => Date.parse(connectedAt)))
        cursor = told.cursor
        if (cursor === null) break
      }
      expect(latest).toEqual(
        sessions
          .map(({ from }) => from)
          .reverse()
          .slice(0, 600),
      )

      const response = await fetch(`${url}/api/v1/rooms/${roomId}/analytics?from=${year.from}&to=${year.to}`, {
        headers: { Authorization: `Bearer ${key}`, Accept: 'text/csv' },
      })
      const lines = days.map((day) => {
        const { people, sessions, meanSeconds } = usageOf(byDay.get(day) ?? [])
        return [day, people, sessions, meanSeconds ?? ''].join()
      })
      expect(await response.text()).toBe(['day,people,sessions,mean_seconds', ...lines, ''].join('\r\n'))
    }

    // While the busiest room's year is counted, someone else asks one thing after the other.
    const other = await Client.connect(url)
    let counted = false
    const counting = host.request('roomUsage', { roomId: 'room-0', ...year }).then(() => (counted = true))
    let answered = 0
    for (; !counted; answered++) await other.request('findRoom', { roomId: 'room-1' })
    await counting
    expect(answered).toBeGreaterThan(10)

    // A person’s rooms, and which of them they are in now.
    await host.join({ roomId: 'room-123', name: 'Ada' })
    await host.say('Here')
    const lastSeen = new Map(all.filter(({ person }) => person === 'ada').map(({ room, from }) => [`room-${room}`, from]))
    lastSeen.set('room-123', Infinity)
    const { rooms } = await host.request('myRooms', { limit: 200 })
    const expected = [...lastSeen].sort(([, a], [, b]) => b - a).map(([id]) => id)
    expect(rooms.map(({ room }) => room.id)).toEqual(expected.slice(0, 200))
    expect(rooms.filter(({ isThere }) => isThere).map(({ room }) => room.id)).toEqual(['room-123'])
  },
)
