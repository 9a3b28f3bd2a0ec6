import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startProcess, startServer, temporaryDirectory } from '../support/server.ts'

test('F1: all that can be set of a room is kept, and comes back after a restart', async () => {
  const dataDir = await temporaryDirectory()
  const settings = {
    name: 'Review',
    slug: 'weekly-review',
    description: 'Every Monday\nat ten',
    visibility: 'private',
    admission: 'lobby',
    locked: true,
    maxPeers: 12,
    emptyTtl: 3_600,
    topology: 'auto',
    mediaLimits: { microphone: true, camera: false, screen: true, maxKbps: 2_000 },
    metadata: { project: 'Lanyard', numbers: [1, 2.5] },
  } as const
  const first = await startServer({ dataDir })
  const client = await Client.connect(first.url)
  const { room } = await client.request('createRoom', { ...settings, password: 'sesame' })
  expect(room).toMatchObject({ ...settings, hasPassword: true, version: 1, state: 'EMPTY', present: 0 })
  await first.close()
  const second = await startServer({ dataDir })
  const again = await Client.connect(second.url)
  expect((await again.request('findRoom', { roomId: 'weekly-review' })).room).toMatchObject({ ...settings, hasPassword: true })
  const db = new Database(join(dataDir, 'lanyard.db'), { readonly: true })
  expect(db.prepare('SELECT password_hash FROM rooms').pluck().get()).toMatch(/^scrypt\$/)
  db.close()
})

test('F5: the host changes a room, everyone who sees it hears of it, and two who change it at once do not undo each other', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace } = await enter(server.url, room.joinCode, 'Grace')
  const watcher = await Client.connect(server.url)
  await watcher.request('listRooms', {})
  const { room: changed } = await host.request('updateRoom', { changes: { name: 'Retro', description: 'What went well' } })
  expect(changed).toMatchObject({ name: 'Retro', description: 'What went well', version: 2, maxPeers: room.maxPeers })
  for (const client of [grace, watcher]) await client.take('roomChanged', (news) => news.room.name === 'Retro')
  expect(await grace.refusal('updateRoom', { changes: { name: 'Mine' } })).toBe('forbidden')
  expect(await host.ask('updateRoom', { changes: { name: 'Late' }, version: 1 })).toMatchObject({
    error: { code: 'changedMeanwhile', details: { version: 2 } },
  })
  await host.request('createRoom', { name: 'Other', slug: 'taken' })
  expect(await host.refusal('updateRoom', { changes: { slug: 'taken' } })).toBe('slugTaken')
  // Nobody inside has changed by it.
  expect(grace.heard.filter(({ name }) => name === 'peerChanged')).toEqual([])
})

test('F5: a room is changed and deleted from outside by whoever has its key, and by nobody else', async () => {
  const server = await startServer()
  const maker = await Client.connect(server.url)
  const { room, hostKey } = await maker.request('createRoom', { name: 'Review' })
  const other = await Client.connect(server.url)
  const roomId = room.id
  expect(await other.refusal('updateRoom', { roomId, changes: { name: 'Mine' } })).toBe('forbidden')
  expect(await other.refusal('deleteRoom', { roomId, hostKey: 'wrong' })).toBe('forbidden')
  expect(await other.refusal('updateRoom', { changes: { name: 'Mine' } })).toBe('notInRoom')
  await other.request('updateRoom', { roomId, hostKey: hostKey!, changes: { name: 'Handed on' } })
  await other.request('deleteRoom', { roomId, hostKey: hostKey! })
  expect(await maker.refusal('findRoom', { roomId })).toBe('roomNotFound')
})

test('F5: deleting a room ends its call with a word to those inside, and takes it out of every open list', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace } = await enter(server.url, room.joinCode, 'Grace')
  const watcher = await Client.connect(server.url)
  await watcher.request('listRooms', {})
  expect(await grace.refusal('deleteRoom', {})).toBe('forbidden')
  await host.request('deleteRoom', {})
  expect(await grace.take('roomClosed')).toEqual({ roomId: room.id, reason: 'deleted' })
  expect(await watcher.take('roomGone')).toEqual({ roomId: room.id })
  expect(await grace.refusal('joinRoom', { joinCode: room.joinCode, name: 'Grace' })).toBe('roomNotFound')
})

test('F7: a room that becomes private goes from the list, and stays to be joined by its code', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const watcher = await Client.connect(server.url)
  expect((await watcher.request('listRooms', {})).rooms).toHaveLength(1)
  await host.request('updateRoom', { changes: { visibility: 'private' } })
  expect(await watcher.take('roomGone')).toEqual({ roomId: room.id })
  expect((await watcher.request('listRooms', {})).rooms).toEqual([])
  await enter(server.url, room.joinCode, 'Grace')
})

test('F2: a join code can be renewed; the old one leads nowhere, and is told from no other wrong one', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace } = await enter(server.url, room.joinCode, 'Grace')
  expect(await grace.refusal('renewJoinCode')).toBe('forbidden')
  const { room: renewed } = await host.request('renewJoinCode', {})
  expect(renewed.joinCode).not.toBe(room.joinCode)
  await grace.take('roomChanged', (news) => news.room.joinCode === renewed.joinCode)
  const lin = await Client.connect(server.url)
  expect(await lin.ask('joinRoom', { joinCode: room.joinCode, name: 'Lin' })).toEqual(
    await lin.ask('joinRoom', { joinCode: 'ZZZZZZ', name: 'Lin' }),
  )
  await lin.join({ joinCode: renewed.joinCode, name: 'Lin' })
})

test('F6: a room that is kept for no time goes with the last one; a room that is kept stays', async () => {
  const server = await startServer()
  const watcher = await Client.connect(server.url)
  await watcher.request('listRooms', {})
  const { host, room } = await hostRoom(server.url, { emptyTtl: 0 })
  const { client: grace } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('leaveRoom', {})
  await grace.request('findRoom', { roomId: room.id })
  await grace.request('leaveRoom', {})
  expect(await watcher.take('roomGone')).toEqual({ roomId: room.id })
  expect(await grace.refusal('findRoom', { roomId: room.id })).toBe('roomNotFound')
  const { host: other, room: kept } = await hostRoom(server.url)
  await other.request('leaveRoom', {})
  await other.request('findRoom', { roomId: kept.id })
})

test('F6: a room that is kept for a while is there again for who comes in time, and the time can be changed', async () => {
  const server = await startServer()
  const watcher = await Client.connect(server.url)
  await watcher.request('listRooms', {})
  const { host, room, hostKey } = await hostRoom(server.url, { emptyTtl: 1 })
  await host.request('leaveRoom', {})
  await host.join({ roomId: room.id, name: 'Ada' })
  // Longer than it would have been kept.
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  await host.request('leaveRoom', {})
  await host.request('updateRoom', { roomId: room.id, hostKey: hostKey!, changes: { emptyTtl: null } })
  await host.request('updateRoom', { roomId: room.id, hostKey: hostKey!, changes: { emptyTtl: 0 } })
  expect(await watcher.take('roomGone')).toEqual({ roomId: room.id })
})

test('F6: the time holds across a crash and a restart', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startProcess(dataDir)
  const empty = await Client.connect(first.ready.url)
  const { room: left } = await empty.request('createRoom', { name: 'Left', emptyTtl: 1 })
  await empty.join({ roomId: left.id, name: 'Ada' })
  await empty.request('leaveRoom', {})
  // Its answer is durable, and so is what came before it.
  const { host, room: occupied } = await hostRoom(first.ready.url, { emptyTtl: 0 })
  await host.say('Still here')
  await first.stop('SIGKILL')
  const second = await startProcess(dataDir)
  const client = await Client.connect(second.ready.url)
  await client.request('listRooms', {})
  // Nobody was in it for its time; in the other one someone was, who can come back.
  if ((await client.ask('findRoom', { roomId: left.id })).ok) await client.take('roomGone')
  expect(await client.refusal('findRoom', { roomId: left.id })).toBe('roomNotFound')
  await client.request('findRoom', { roomId: occupied.id })
})
