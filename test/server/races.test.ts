import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { startWithKeys } from '../support/api.ts'
import { Client, enter, hostRoom, newDevice } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

/** A room with a password that nobody is in: whoever joins it waits while the password is looked at, which takes a while. */
async function withPassword(url: string, owner: Client) {
  const { room } = await owner.request('createRoom', { name: 'Vault', password: 'open sesame' })
  const guest = await Client.connect(url)
  const joining = guest.ask('joinRoom', { roomId: room.id, name: 'Grace', password: 'open sesame' })
  return { room, guest, joining }
}

const refusal = (code: string) => ({ ok: false, error: { code } })

test('F9: a room that is locked while a password is looked at lets nobody in, and stays as it was set', async () => {
  const { url } = await startServer()
  const owner = await Client.connect(url)
  const { room, joining } = await withPassword(url, owner)
  await owner.request('updateRoom', { roomId: room.id, changes: { locked: true, admission: 'lobby' } })
  expect(await joining).toMatchObject(refusal('roomLocked'))
  await owner.join({ roomId: room.id, name: 'Ada' })
  expect((await owner.request('findRoom', { roomId: room.id })).room).toMatchObject({
    locked: true,
    admission: 'lobby',
    version: 2,
  })
})

test('F5: a room that is deleted while a password is looked at lets nobody in', async () => {
  const { url } = await startServer()
  const owner = await Client.connect(url)
  const { room, joining } = await withPassword(url, owner)
  await owner.request('deleteRoom', { roomId: room.id })
  expect(await joining).toMatchObject(refusal('roomNotFound'))
  expect((await owner.request('listRooms', {})).rooms).toEqual([])
})

test('F9: a password that is changed while the old one is looked at opens nothing', async () => {
  const { url } = await startServer()
  const owner = await Client.connect(url)
  const { room, joining } = await withPassword(url, owner)
  // Making the hash of the new one takes as long as looking at the old one, so that the answer may be either; never a seat after it.
  const changed = owner.request('updateRoom', { roomId: room.id, changes: { password: 'another' } })
  const answer = await joining
  await changed
  if (!answer.ok) expect(answer).toMatchObject(refusal('passwordRequired'))
  const late = await Client.connect(url)
  expect(await late.refusal('joinRoom', { roomId: room.id, name: 'Lin', password: 'open sesame' })).toBe('passwordRequired')
})

test('F21: a token that is taken back while its bearer comes in lets nobody in', async () => {
  const { ask, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Vault', password: 'open sesame' })
  const { body: token } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace' })
  const grace = await Client.connect(url)
  const joining = grace.ask('joinRoom', { token: token.token as string, password: 'open sesame' })
  await ask('DELETE', `/tokens/${token.id}`)
  expect(await joining).toMatchObject(refusal('tokenRevoked'))
})

test('F9: whoever is the first before a room waits there for as long as it takes', async () => {
  const { url } = await startServer({ readyMs: 20 })
  const owner = await Client.connect(url)
  const { room } = await owner.request('createRoom', { name: 'Standup', admission: 'lobby' })
  const guest = await Client.connect(url)
  expect(await guest.request('joinRoom', { roomId: room.id, name: 'Grace' })).toMatchObject({ status: 'waiting' })
  // Another room that nobody is in was let go meanwhile, so this one would have been, too.
  const other = await owner.request('createRoom', { name: 'Other' })
  await owner.request('createRoom', { roomId: other.room.id })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await owner.join({ roomId: room.id, name: 'Ada' })
  expect((await owner.request('listWaiting', {})).waiting).toMatchObject([{ name: 'Grace' }])
  await owner.request('admit', {})
  await guest.take('admitted')
})

test('F8: nobody moves up from the line into a locked room; the line goes on when it is open again', async () => {
  const { url } = await startServer()
  const { host, room } = await hostRoom(url, { maxPeers: 2 })
  const { client: grace } = await enter(url, room.joinCode, 'Grace')
  const lin = await Client.connect(url)
  await lin.request('joinRoom', { roomId: room.id, name: 'Lin', queue: true })
  await host.request('updateRoom', { changes: { locked: true } })
  await grace.request('leaveRoom', {})
  expect((await host.request('listWaiting', {})).waiting).toMatchObject([{ name: 'Lin' }])
  await host.request('updateRoom', { changes: { locked: false } })
  await lin.take('admitted')
})

test('F8: a role that is taken away while someone waits is not theirs when they come in', async () => {
  const { ask, url } = await startWithKeys()
  const { room } = await hostRoom(url, { maxPeers: 1 })
  const lin = await Client.connect(url)
  await ask('PUT', `/rooms/${room.id}/members/${lin.welcome.userId}`, { role: 'cohost' })
  await lin.request('joinRoom', { roomId: room.id, name: 'Lin', queue: true })
  await ask('DELETE', `/rooms/${room.id}/members/${lin.welcome.userId}`)
  await ask('PATCH', `/rooms/${room.id}`, { maxPeers: 2 })
  expect((await lin.take('admitted')).self.role).toBe('speaker')
})

test('F10: whoever stands in for the host leads the meeting, and leaves the room itself to the host', async () => {
  const { url } = await startServer()
  const { host, room } = await hostRoom(url)
  const { client: grace } = await enter(url, room.joinCode, 'Grace')
  const { client: lin, joined } = await enter(url, room.joinCode, 'Lin')
  await host.request('leaveRoom', {})
  await grace.take('peerChanged', ({ member }) => member.role === 'host' && member.standsIn === true)
  for (const [name, params] of [
    ['handOver', { peerId: joined.self.peerId }],
    ['updateRoom', { changes: { password: 'mine now' } }],
    ['deleteRoom', {}],
    ['deleteRoom', { roomId: room.id }],
    ['renewJoinCode', {}],
    ['roomAudit', {}],
  ] as const)
    expect(await grace.refusal(name, params), name).toBe('forbidden')
  await grace.request('updateRoom', { changes: { locked: true } })
  await grace.request('stopMember', { peerId: joined.self.peerId, sources: ['microphone'] })
  await grace.request('closeRoom', {})
  expect(await lin.take('roomClosed')).toMatchObject({ reason: 'ended' })
})

test('F10: a host who has handed the room over has no key to it any more', async () => {
  const { url } = await startServer()
  const device = newDevice()
  const ada = await Client.connect(url, { device })
  const { room, hostKey } = await ada.request('createRoom', { name: 'Standup' })
  await ada.join({ roomId: room.id, name: 'Ada' })
  const { joined } = await enter(url, room.joinCode, 'Grace')
  await ada.request('handOver', { peerId: joined.self.peerId })
  await ada.request('leaveRoom', {})
  const again = await ada.join({ roomId: room.id, name: 'Ada', hostKey: hostKey! })
  expect(again.self.role).toBe('cohost')
  const stranger = await Client.connect(url)
  expect(await stranger.refusal('deleteRoom', { roomId: room.id, hostKey: hostKey! })).toBe('forbidden')
})

test('F10: a room that is handed to two at once has one host', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const others = await Promise.all(['Grace', 'Lin'].map((name) => enter(server.url, room.joinCode, name)))
  const answers = await Promise.all(others.map(({ joined }) => host.ask('handOver', { peerId: joined.self.peerId })))
  expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true])
  await server.close()
  const db = new Database(join(server.dataDir, 'lanyard.db'), { readonly: true })
  const hosts = db.prepare("SELECT user_id FROM room_members WHERE role = 'host'").pluck().all()
  const inRoom = db.prepare('SELECT host_user_id FROM rooms').pluck().all()
  db.close()
  expect(hosts).toEqual(inRoom)
})

test('F14: what is done is noted once: a meeting that is ended twice, someone kept out twice, a role given twice', async () => {
  const { url } = await startServer()
  const { host, room } = await hostRoom(url)
  const cohost = await enter(url, room.joinCode, 'Grace')
  const people = await Promise.all(['Lin', 'Sam', 'Eve'].map((name) => enter(url, room.joinCode, name)))
  const [lin, , eve] = people
  await host.request('setRole', { peerId: cohost.joined.self.peerId, role: 'cohost' })
  for (let i = 0; i < 2; i += 1) await host.request('setRole', { peerId: lin!.joined.self.peerId, role: 'listener' })
  await Promise.all([host, cohost.client].map((one) => one.ask('removeMember', { peerId: eve!.joined.self.peerId, ban: true })))
  await Promise.all([host.ask('closeRoom', {}), host.ask('closeRoom', {})])
  const { entries } = await host.request('roomAudit', { roomId: room.id })
  const acts = entries.map(({ act }) => act).reverse()
  expect(acts).toEqual(['roomCreated', 'roleChanged', 'roleChanged', 'banned', 'roomClosed'])
})

test('F45: whoever rings on and on is told to wait, and so is who keeps very many templates', async () => {
  const { url } = await startServer()
  const { host, room } = await hostRoom(url)
  const { joined } = await enter(url, room.joinCode, 'Grace')
  for (let i = 0; i < 30; i += 1) {
    const { call } = await host.request('ring', { to: [joined.self.peerId] })
    await host.request('hangUp', { callId: call.callId })
  }
  expect(await host.refusal('ring', { to: [joined.self.peerId] })).toBe('rateLimited')
  for (let i = 0; i < 50; i += 1) await host.request('saveTemplate', { name: `Template ${i}`, settings: {} })
  expect(await host.refusal('saveTemplate', { name: 'One more', settings: {} })).toBe('limitReached')
  await host.request('saveTemplate', { name: 'Template 7', settings: { description: 'Replaced' } })
})
