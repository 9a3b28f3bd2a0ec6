import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Client, enter, hostRoom, newDevice } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

test('each change of the roster has the next revision, and a newcomer starts where it stands', async () => {
  const server = await startServer()
  const { host, room, joined } = await hostRoom(server.url)
  const { client, joined: guest } = await enter(server.url, room.joinCode, 'Grace')
  expect(guest.revision).toEqual({ epoch: joined.revision.epoch, number: joined.revision.number + 1 })
  expect(await host.take('peerJoined')).toEqual({ member: guest.self, revision: guest.revision })

  await client.request('updateMember', { microphone: true })
  const changed = await host.take('peerChanged')
  expect(changed).toMatchObject({ member: { microphone: true }, revision: { number: guest.revision.number + 1 } })
  await client.request('leaveRoom', {})
  expect(await host.take('peerLeft')).toEqual({
    peerId: guest.self.peerId,
    reason: 'left',
    revision: { ...changed.revision, number: changed.revision.number + 1 },
  })
})

test('a burst of changes of one peer is told 20 times a second at most, and ends with the truth', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  const began = performance.now()
  for (let i = 0; i < 300; i += 1) await client.request('updateMember', { microphone: i % 2 === 0, camera: i === 299 })
  await host.take('peerChanged', ({ member }) => member.camera)
  const tookMs = performance.now() - began
  const told = host.heard.filter((one) => one.name === 'peerChanged').length + 1
  expect(told).toBeLessThanOrEqual(Math.ceil(tookMs / 50) + 1)
  expect((await host.request('listMembers', {})).members[1]).toMatchObject({ microphone: false, camera: true })
})

test('a clean disconnect frees the seat at once', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  client.disconnect()
  expect(await host.take('peerLeft')).toMatchObject({ peerId: joined.self.peerId, reason: 'left' })
})

test('a lost connection holds the seat, and its credential takes it back once', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  client.vanish()
  expect(await host.take('peerReconnecting')).toMatchObject({ peerId: joined.self.peerId })
  expect((await host.request('listMembers', {})).members[1]?.connection).toBe('reconnecting')

  await host.say('While you were away')
  const back = await Client.connect(server.url, { device: client.device, resume: client.welcome.resume })
  expect(back.resumed?.self).toMatchObject({ peerId: joined.self.peerId, name: 'Grace', connection: 'connected' })
  expect(back.resumed?.messages.map((m) => m.text)).toEqual(['While you were away'])
  expect(await host.take('peerChanged')).toMatchObject({ member: { peerId: joined.self.peerId, connection: 'connected' } })
  expect(back.welcome.resume).not.toBe(client.welcome.resume)

  // The new credential works, and with its first use the old one is worth nothing.
  back.vanish()
  await host.take('peerReconnecting')
  const third = await Client.connect(server.url, { device: client.device, resume: back.welcome.resume })
  expect(third.resumed?.self.peerId).toBe(joined.self.peerId)
  const late = await Client.connect(server.url, { device: client.device, resume: client.welcome.resume })
  expect(late.resumed).toBeNull()
})

test('a stolen credential takes nothing, from another device or from none', async () => {
  const server = await startServer()
  const { host, room, joined } = await hostRoom(server.url)
  const { resume } = host.welcome
  for (const auth of [
    { protocol: 1, device: newDevice(), resume },
    { protocol: 1, resume },
  ]) {
    const thief = await Client.connect(server.url, { auth })
    expect(thief.resumed).toBeNull()
    expect(thief.welcome.userId).not.toBe(joined.self.userId)
    expect((await thief.request('createRoom', { roomId: room.id })).hostKey).toBeNull()
  }
  expect((await host.request('listMembers', {})).members).toHaveLength(1)
})

test('a server that is stopped and started again lets everyone back into their seats', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startServer({ dataDir })
  const { host, joined } = await hostRoom(first.url)
  await first.close()
  const second = await startServer({ dataDir })
  const back = await Client.connect(second.url, { device: host.device, resume: host.welcome.resume })
  expect(back.resumed?.self).toMatchObject({ peerId: joined.self.peerId, role: 'host' })
})

test('a burst that turns the state to and fro is told 20 times a second at most', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('updateMember', { microphone: true })
  const began = performance.now()
  for (let i = 0; i < 200; i += 1) await client.request('updateMember', { microphone: i % 2 === 0 })
  const tookMs = performance.now() - began
  expect(host.heard.filter((one) => one.name === 'roomChanged').length).toBeLessThanOrEqual(Math.ceil(tookMs / 50) + 1)
  await client.request('updateMember', { microphone: true })
  await host.take('roomChanged', ({ room: { state } }) => state === 'IN_CALL')
})

test('a resume takes the seat from a connection that has not noticed its end', async () => {
  const server = await startServer()
  const { room } = await hostRoom(server.url)
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  const closed = new Promise((resolve) => client.socket.once('disconnect', resolve))
  const back = await Client.connect(server.url, { device: client.device, resume: client.welcome.resume })
  expect(back.resumed?.self.peerId).toBe(joined.self.peerId)
  await closed
  expect((await back.request('listMembers', {})).members).toHaveLength(2)
})

test('who does not come back in time has left', async () => {
  const server = await startServer({ graceMs: 50 })
  const { host, room } = await hostRoom(server.url)
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  client.vanish()
  expect(await host.take('peerLeft')).toMatchObject({ peerId: joined.self.peerId, reason: 'lost' })
  const late = await Client.connect(server.url, { device: client.device, resume: client.welcome.resume })
  expect(late.resumed).toBeNull()
})

test('F3: two windows of one device are one person and two seats', async () => {
  const server = await startServer()
  const { host, room, joined } = await hostRoom(server.url)
  const second = await Client.connect(server.url, { device: host.device })
  const also = await second.join({ joinCode: room.joinCode, name: 'Ada' })
  expect(also.self.userId).toBe(joined.self.userId)
  expect(also.self.peerId).not.toBe(joined.self.peerId)
  expect(also.self.role).toBe('host')
})

test('F3: every seat is a session, closed when it ends, and the stopped server leaves none open', async () => {
  const dataDir = await temporaryDirectory()
  const server = await startServer({ dataDir })
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  await client.request('leaveRoom', {})
  await host.say('A word, so that the writer has been here')
  await server.close()
  const db = new Database(join(dataDir, 'lanyard.db'), { readonly: true })
  const sessions = db
    .prepare('SELECT user_name AS name, disconnected_at >= connected_at AS closed FROM sessions ORDER BY connected_at')
    .all()
  expect(sessions).toEqual([
    { name: 'Ada', closed: 1 },
    { name: 'Grace', closed: 1 },
  ])
  expect(db.prepare('SELECT count(*) FROM presence').pluck().get()).toBe(0)
  expect(
    db
      .prepare("SELECT count(*) FROM sessions WHERE metadata LIKE '%device%' OR user_id LIKE '%' || ? || '%'")
      .pluck()
      .get(host.device),
  ).toBe(0)
  db.close()
})
