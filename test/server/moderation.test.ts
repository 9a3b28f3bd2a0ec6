import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import type { Source } from '../../src/shared/model.ts'
import { may, outranks, rightNames, roles, type Role } from '../../src/shared/roles.ts'
import { Client, enter, hostRoom, newDevice } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

/** A room with one of each role, and the host who has made them so. */
async function oneOfEach(url: string) {
  const { host, room, joined } = await hostRoom(url)
  const seats: Record<Role, { client: Client; peerId: string }> = {
    host: { client: host, peerId: joined.self.peerId },
  } as never
  for (const role of ['cohost', 'speaker', 'listener'] as const) {
    const { client, joined } = await enter(url, room.joinCode, role)
    await host.request('setRole', { peerId: joined.self.peerId, role })
    seats[role] = { client, peerId: joined.self.peerId }
  }
  return { room, seats }
}

test('F10: the higher role has every right of the lower one', () => {
  for (const right of rightNames)
    for (const [i, role] of roles.entries())
      for (const lower of roles.slice(i + 1)) if (may(lower, right)) expect(may(role, right), `${role} ${right}`).toBe(true)
})

const acts = {
  stopMember: { right: 'stop', params: (peerId: string) => ({ peerId, sources: ['microphone'] }) },
  allowMember: { right: 'stop', params: (peerId: string) => ({ peerId, sources: ['microphone'] }) },
  setRole: { right: 'setRole', params: (peerId: string) => ({ peerId, role: 'listener' }) },
  removeMember: { right: 'remove', params: (peerId: string) => ({ peerId }) },
} as const

for (const [act, { right, params }] of Object.entries(acts))
  test(`F10: ${act} is for who has the right to it, and on those below only`, async () => {
    const server = await startServer()
    for (const by of roles)
      for (const on of roles) {
        const { seats } = await oneOfEach(server.url)
        const result = await seats[by].client.ask(act, params(seats[on].peerId))
        const allowed = may(by, right) && outranks(by, on)
        expect(result.ok ? 'done' : result.error.code, `${by} on ${on}`).toBe(allowed ? 'done' : 'forbidden')
      }
  })

test('F10: what a host stops is off, and cannot be switched on again until it is allowed; nobody is switched on from elsewhere', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace, joined } = await enter(server.url, room.joinCode, 'Grace')
  const { peerId } = joined.self
  await grace.request('updateMember', { microphone: true, camera: true })
  await host.request('stopMember', { peerId, sources: ['microphone'] })
  const { member } = await grace.take('peerChanged', ({ member }) => member.stopped.length > 0)
  expect(member).toMatchObject({ microphone: false, camera: true, stopped: ['microphone'] })
  expect(await grace.ask('updateMember', { microphone: true })).toMatchObject({
    error: { code: 'forbidden', details: { source: 'microphone' } },
  })
  await grace.request('updateMember', { camera: false })
  await host.request('allowMember', { peerId, sources: ['microphone'] })
  expect((await grace.take('peerChanged', ({ member }) => member.stopped.length === 0 && !member.camera)).member.microphone).toBe(
    false,
  )
  await grace.request('updateMember', { microphone: true })
})

test('F10: who is removed is told so and may come back; who is banned is not let in on that device, nor before the door', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const device = newDevice()
  const grace = await Client.connect(server.url, { device })
  const first = await grace.join({ joinCode: room.joinCode, name: 'Grace' })
  await host.request('removeMember', { peerId: first.self.peerId })
  expect(await grace.take('removed')).toEqual({ roomId: room.id, reason: 'removed' })
  expect(await host.take('peerLeft')).toMatchObject({ peerId: first.self.peerId, reason: 'removed' })
  const second = await grace.join({ joinCode: room.joinCode, name: 'Grace' })
  const window = await Client.connect(server.url, { device })
  await window.join({ joinCode: room.joinCode, name: 'Grace again' })
  await host.request('removeMember', { peerId: second.self.peerId, ban: true })
  expect(await grace.take('removed')).toMatchObject({ reason: 'banned' })
  expect(await window.take('removed')).toMatchObject({ reason: 'banned' })
  expect(await grace.refusal('joinRoom', { joinCode: room.joinCode, name: 'Somebody else' })).toBe('banned')
  const resumed = await Client.connect(server.url, { device, resume: window.welcome.resume })
  expect(resumed.welcome.resumed).toBeNull()
  const { bans } = await host.request('listBans', {})
  expect(bans).toMatchObject([{ userId: grace.welcome.userId, name: 'Grace', by: 'Ada' }])
  await host.request('unban', { userId: bans[0]!.userId })
  await grace.join({ joinCode: room.joinCode, name: 'Grace' })
  expect(await host.refusal('unban', { userId: bans[0]!.userId })).toBe('memberNotFound')
})

test('F10: a role lasts from one visit to the next', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace, joined } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('setRole', { peerId: joined.self.peerId, role: 'listener' })
  await grace.request('leaveRoom', {})
  const again = await grace.join({ joinCode: room.joinCode, name: 'Grace', microphone: true })
  expect(again.self).toMatchObject({ role: 'listener', microphone: false })
  expect(await grace.refusal('updateMember', { camera: true })).toBe('forbidden')
  const { memberships } = await host.request('listMemberships', {})
  expect(memberships.map(({ name, role }) => [name, role])).toEqual([
    ['Ada', 'host'],
    ['Grace', 'listener'],
  ])
})

test('F3: membership, presence and sessions do not destroy each other', async () => {
  const dataDir = await temporaryDirectory()
  const server = await startServer({ dataDir })
  const { host, room } = await hostRoom(server.url)
  const { client: grace, joined } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('setRole', { peerId: joined.self.peerId, role: 'cohost' })
  const db = new Database(join(dataDir, 'lanyard.db'), { readonly: true })
  const count = async (table: string, where = '1') => {
    // All that came before it is stored when this is answered.
    await host.say('Now')
    return db.prepare(`SELECT count(*) FROM ${table} WHERE user_id = ? AND ${where}`).pluck().get(grace.welcome.userId)
  }
  const all = async () => [
    await count('room_members'),
    await count('presence'),
    await count('sessions', 'disconnected_at IS NULL'),
  ]
  expect(await all()).toEqual([1, 1, 1])
  await grace.request('leaveRoom', {})
  expect(await all()).toEqual([1, 0, 0])
  expect(await count('sessions')).toBe(1)
  const again = await grace.join({ roomId: room.id, name: 'Grace' })
  await host.request('removeMember', { peerId: again.self.peerId })
  expect(await all()).toEqual([1, 0, 0])
  expect(await count('sessions')).toBe(2)
  db.close()
})

test('F10: the host hands the room over, for good', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace, joined } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('handOver', { peerId: joined.self.peerId })
  await grace.take('peerChanged', ({ member }) => member.peerId === joined.self.peerId && member.role === 'host')
  await grace.take('peerChanged', ({ member }) => member.name === 'Ada' && member.role === 'cohost')
  expect(await host.refusal('closeRoom')).toBe('forbidden')
  await host.request('leaveRoom', {})
  expect((await host.join({ roomId: room.id, name: 'Ada' })).self.role).toBe('cohost')
  await grace.request('updateRoom', { changes: { name: 'Mine now' } })
})

test('F10: while the host is away the longest-present co-host leads, else a speaker; the host who is back leads again', async () => {
  const server = await startServer()
  const { host, room, joined: ada } = await hostRoom(server.url)
  const { joined: first } = await enter(server.url, room.joinCode, 'First')
  const { client: second, joined: cohost } = await enter(server.url, room.joinCode, 'Second')
  await host.request('setRole', { peerId: cohost.self.peerId, role: 'cohost' })
  await host.request('leaveRoom', {})
  await second.take('peerChanged', ({ member }) => member.peerId === cohost.self.peerId && member.role === 'host')
  const back = await host.join({ roomId: room.id, name: 'Ada' })
  expect(back.self.role).toBe('host')
  await second.take('peerChanged', ({ member }) => member.peerId === cohost.self.peerId && member.role === 'cohost')
  await second.request('leaveRoom', {})
  await host.request('leaveRoom', {})
  const watcher = await Client.connect(server.url)
  const { members } = await watcher.join({ roomId: room.id, name: 'Watcher' })
  expect(members.find(({ peerId }) => peerId === first.self.peerId)?.role).toBe('host')
  expect(ada.self.role).toBe('host')
})

test('F1: what a room does not allow nobody sends but those who lead it, also when that changes during a call', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace } = await enter(server.url, room.joinCode, 'Grace')
  await grace.request('updateMember', { camera: true })
  const limits = { microphone: true, camera: false, screen: false, maxKbps: 500 }
  await host.request('updateRoom', { changes: { mediaLimits: limits } })
  await grace.take('peerChanged', ({ member }) => member.name === 'Grace' && !member.camera)
  const off: Source[] = ['camera', 'screen']
  for (const source of off) expect(await grace.refusal('updateMember', { [source]: true }), source).toBe('forbidden')
  await grace.request('updateMember', { microphone: true })
  await host.request('updateMember', { camera: true })
})
