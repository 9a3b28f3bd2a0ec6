import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { usageAsCsv } from '../../src/shared/usageCsv.ts'
import type { Room } from '../../src/shared/model.ts'
import { startWithKeys, type Ask } from '../support/api.ts'
import { Client, enter, hostRoom, newDevice } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

interface Past {
  user: string
  from: string
  to: string | null
  name?: string
}

/** A server that has seen these sessions in a room of Ada's. */
async function withPast(past: Past[], timeZone = 'UTC') {
  const dataDir = await temporaryDirectory()
  const device = newDevice()
  const first = await startServer({ dataDir })
  const maker = await Client.connect(first.url, { device })
  const { room } = await maker.request('createRoom', { name: 'Standup', timeZone })
  await first.close()
  const db = new Database(join(dataDir, 'lanyard.db'))
  const insert = db.prepare(
    `INSERT INTO sessions (id, tenant_id, room_id, user_id, peer_id, user_name, connected_at, disconnected_at)
     VALUES (?, 'local', ?, ?, ?, ?, ?, ?)`,
  )
  for (const [i, { user, from, to, name = user }] of past.entries())
    insert.run(`s${i}`, room.id, user, `p${i}`, name, new Date(from).toISOString(), to && new Date(to).toISOString())
  db.close()
  const server = await startServer({ dataDir })
  return { server, room, host: await Client.connect(server.url, { device }) }
}

test('F13: who was in a room when is told, page by page, also of those who are there', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  for (const name of ['Grace', 'Lin']) {
    const { client } = await enter(server.url, room.joinCode, name)
    await client.request('leaveRoom', {})
  }
  const { client: sam } = await enter(server.url, room.joinCode, 'Sam')
  // Stored in order, so that all before it is stored by now.
  await sam.say('Here')
  const first = await host.request('roomHistory', { limit: 3 })
  const second = await host.request('roomHistory', { limit: 3, cursor: first.cursor })
  const sessions = [...first.sessions, ...second.sessions]
  expect(sessions.map(({ name }) => name)).toEqual(['Sam', 'Lin', 'Grace', 'Ada'])
  expect(second.cursor).toBeNull()
  expect(sessions.map(({ disconnectedAt }) => disconnectedAt === null)).toEqual([true, false, false, true])
  expect(await sam.refusal('roomHistory')).toBe('forbidden')
  expect(await host.refusal('roomHistory', { cursor: 'nonsense' })).toBe('badRequest')
})

test('F13: one’s own rooms are found again, the latest first, with where one is now', async () => {
  const server = await startServer()
  const device = newDevice()
  const grace = await Client.connect(server.url, { device })
  for (const name of ['First', 'Second']) {
    const { room } = await hostRoom(server.url)
    await grace.join({ roomId: room.id, name: 'Grace' })
    await grace.say(name)
    if (name === 'First') await grace.request('leaveRoom', {})
  }
  const elsewhere = await Client.connect(server.url, { device })
  const { rooms } = await elsewhere.request('myRooms', {})
  expect(rooms.map(({ isThere }) => isThere)).toEqual([true, false])
  const stranger = await Client.connect(server.url)
  expect((await stranger.request('myRooms', {})).rooms).toEqual([])
})

test('F14: people, sessions and their mean duration are counted by the day of the room’s time zone', async () => {
  const { host, room } = await withPast(
    [
      { user: 'grace', from: '2026-03-28T22:30:00Z', to: '2026-03-28T22:40:00Z' },
      // The same person under another name, and another person under the same name.
      { user: 'grace', from: '2026-03-28T23:30:00Z', to: '2026-03-28T23:50:00Z', name: 'Dr. Hopper' },
      { user: 'lin', from: '2026-03-29T21:59:59Z', to: '2026-03-29T22:39:59Z', name: 'grace' },
      { user: 'lin', from: '2026-03-29T22:00:00Z', to: null },
    ],
    'Europe/Berlin',
  )
  const ask = { roomId: room.id, from: '2026-03-27', to: '2026-03-30' }
  const { usage } = await host.request('roomUsage', ask)
  expect(usage).toEqual({
    timeZone: 'Europe/Berlin',
    presentNow: 0,
    days: [
      { day: '2026-03-27', people: 0, sessions: 0, meanSeconds: null },
      { day: '2026-03-28', people: 1, sessions: 1, meanSeconds: 600 },
      { day: '2026-03-29', people: 2, sessions: 2, meanSeconds: 1_800 },
      // The one that no end was stored of was ended when the server was last alive.
      { day: '2026-03-30', people: 1, sessions: 1, meanSeconds: expect.any(Number) as number },
    ],
    total: { people: 2, sessions: 4, meanSeconds: expect.any(Number) as number },
  })
  expect(usageAsCsv(usage).split('\r\n').slice(0, 3)).toEqual([
    'day,people,sessions,mean_seconds',
    '2026-03-27,0,0,',
    '2026-03-28,1,1,600',
  ])
  expect(await host.refusal('roomUsage', { ...ask, to: '2026-03-26' })).toBe('badRequest')
  expect(await host.refusal('roomUsage', { roomId: room.id, from: '2020-01-01' })).toBe('badRequest')
  const stranger = await Client.connect((await startServer()).url)
  expect(await stranger.refusal('roomUsage', ask)).toBe('roomNotFound')
})

test('F14: what was done in a room, and by whom, is there for its host, without a word that was written or a secret', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { joined } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('updateRoom', { changes: { name: 'Retro', password: 'open sesame' } })
  await host.request('stopMember', { peerId: joined.self.peerId, sources: ['camera'] })
  await host.request('removeMember', { peerId: joined.self.peerId, ban: true })
  await host.say('Done')
  const { entries } = await host.request('roomAudit', {})
  expect(entries.map(({ act, subject }) => [act, subject?.name])).toEqual([
    ['banned', 'Grace'],
    ['stopped', 'Grace'],
    ['roomChanged', undefined],
    ['roomCreated', undefined],
  ])
  expect(entries[2]).toMatchObject({ actor: { kind: 'person', name: 'Ada' }, details: { changed: ['name', 'password'] } })
  expect(JSON.stringify(entries)).not.toMatch(/sesame|Retro|Done/)
})

test('F13: a program finds a person’s rooms, and those that they are in now, of its own tenant', async () => {
  const { ask, other, url } = await startWithKeys()
  const grace = await Client.connect(url)
  for (const name of ['First', 'Second']) {
    const { room } = await hostRoom(url, { description: name })
    await grace.join({ roomId: room.id, name: 'Grace' })
    if (name === 'First') await grace.request('leaveRoom', {})
  }
  await grace.say('Stored by now')
  const path = `/users/${grace.welcome.userId}/rooms`
  const shown = async (program: Ask, query = '') => {
    const { rooms } = (await program('GET', `${path}${query}`)).body as { rooms: { room: Room; isThere: boolean }[] }
    return rooms.map(({ room, isThere }) => [room.description, room.present, isThere])
  }
  expect(await shown(ask)).toEqual([
    ['Second', 2, true],
    ['First', 1, false],
  ])
  expect(await shown(ask, '?active=true')).toEqual([['Second', 2, true]])
  expect(await shown(other)).toEqual([])
})
