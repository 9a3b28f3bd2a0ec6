import { expect, test } from 'vitest'
import { formatJoinCode } from '../../src/shared/joinCode.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

test('F1: a new room has the defaults of the contract, and creating it joins nothing', async () => {
  const server = await startServer()
  const client = await Client.connect(server.url)
  const { room, hostKey } = await client.request('createRoom', { name: '  Design review ' })
  expect(room).toMatchObject({
    name: 'Design review',
    visibility: 'public',
    emptyTtl: null,
    topology: 'sfu',
    maxPeers: 100,
    state: 'EMPTY',
    present: 0,
  })
  expect(room.id).toMatch(/^[\w-]{22}$/)
  expect(room.joinCode).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/)
  expect(hostKey).toMatch(/^[\w-]{43}$/)
  expect(await client.refusal('listMembers')).toBe('notInRoom')
})

test('F2: a room is joined by id, by slug, and by code however it is typed', async () => {
  const server = await startServer()
  const client = await Client.connect(server.url)
  const { room } = await client.request('createRoom', { name: 'Design', slug: 'design-review' })
  const typed = formatJoinCode(room.joinCode).toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')
  for (const where of [{ roomId: room.id }, { roomId: 'design-review' }, { roomId: room.joinCode }, { joinCode: ` ${typed} ` }]) {
    const joined = await client.join({ ...where, name: 'Ada' })
    expect(joined.room.id).toBe(room.id)
    await client.request('leaveRoom', {})
  }
})

test('F2: malformed and absent codes get the same answer', async () => {
  const server = await startServer()
  const client = await Client.connect(server.url)
  const absent = await client.ask('joinRoom', { joinCode: 'ZZZZZZ', name: 'Ada' })
  const malformed = await client.ask('joinRoom', { joinCode: '!', name: 'Ada' })
  expect(absent).toEqual(malformed)
  expect(absent).toMatchObject({ ok: false, error: { code: 'roomNotFound' } })
})

test('the answer to a join has oneself, everyone present, the revision and the chat so far', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  await host.say('Good morning')
  const { joined } = await enter(server.url, room.joinCode, 'Grace')
  expect(joined.status).toBe('joined')
  expect(joined.self).toMatchObject({
    name: 'Grace',
    role: 'speaker',
    connection: 'connected',
    microphone: false,
    camera: false,
    screen: false,
  })
  expect(joined.members.map((member) => member.name)).toEqual(['Ada', 'Grace'])
  expect(joined.messages.map((message) => message.text)).toEqual(['Good morning'])
  expect(joined.rtpCapabilities.codecs?.map((codec) => codec.mimeType)).toEqual(
    expect.arrayContaining(['audio/opus', 'video/VP8', 'video/VP9', 'video/H264']),
  )
})

test('someone who is in a room must leave it before joining another, however fast they ask', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  expect(await host.refusal('joinRoom', { roomId: room.id, name: 'Ada' })).toBe('alreadyJoined')
  const client = await Client.connect(server.url)
  const both = await Promise.all([0, 1].map(() => client.ask('joinRoom', { roomId: room.id, name: 'Grace' })))
  expect(both.map((result) => result.ok).sort()).toEqual([false, true])
  expect(both.find((result) => !result.ok)).toMatchObject({ error: { code: 'alreadyJoined' } })
})

test('F8: of many who ask for the last places at once, just as many get in', async () => {
  const server = await startServer()
  const { room } = await hostRoom(server.url, { maxPeers: 4 })
  const clients = await Promise.all(Array.from({ length: 12 }, () => Client.connect(server.url)))
  const results = await Promise.all(
    clients.map((client, i) => client.ask('joinRoom', { joinCode: room.joinCode, name: `Guest ${i}` })),
  )
  expect(results.filter((result) => result.ok)).toHaveLength(3)
  for (const result of results) if (!result.ok) expect(result.error.code).toBe('roomFull')
  const inside = clients[results.findIndex((result) => result.ok)]!
  await inside.request('leaveRoom', {})
  expect(
    (await clients[results.findIndex((result) => !result.ok)]!.ask('joinRoom', { joinCode: room.joinCode, name: 'Next' })).ok,
  ).toBe(true)
})

test('F4: the state goes from empty to active to in call and back, and is told to those inside and to those who watch the list', async () => {
  const server = await startServer()
  const watcher = await Client.connect(server.url)
  await watcher.request('listRooms', {})
  const { host, room, joined } = await hostRoom(server.url)
  expect(joined.room.state).toBe('ACTIVE')
  await watcher.take('roomChanged', (news) => news.room.id === room.id && news.room.state === 'ACTIVE' && news.room.present === 1)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('updateMember', { microphone: true })
  await client.request('updateMember', { camera: true })
  await host.take('roomChanged', (news) => news.room.state === 'IN_CALL')
  await watcher.take('roomChanged', (news) => news.room.state === 'IN_CALL' && news.room.present === 2)
  await client.request('updateMember', { camera: false })
  await host.take('roomChanged', (news) => news.room.state === 'ACTIVE')
  await client.request('leaveRoom', {})
  await host.request('leaveRoom', {})
  await watcher.take('roomChanged', (news) => news.room.state === 'EMPTY' && news.room.present === 0)
})

test('F7: public rooms are listed, those with people first; private ones are not', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  await host.request('createRoom', { name: 'Hidden', visibility: 'private' })
  await host.request('createRoom', { name: 'Empty' })
  const guest = await Client.connect(server.url)
  const { rooms } = await guest.request('listRooms', {})
  expect(rooms.map(({ name, present }) => [name, present])).toEqual([
    [room.name, 1],
    ['Empty', 0],
  ])
  expect((await guest.request('listRooms', { query: 'EMP' })).rooms.map(({ name }) => name)).toEqual(['Empty'])
})

test('F7: a long list comes in pages, each room once', async () => {
  const server = await startServer()
  const client = await Client.connect(server.url)
  for (let i = 0; i < 120; i += 1) await client.request('createRoom', { name: `Room ${i}` })
  const seen: string[] = []
  for (let cursor: string | null = null; ;) {
    const page: { rooms: { name: string }[]; cursor: string | null } = await client.request('listRooms', { cursor })
    seen.push(...page.rooms.map((room) => room.name))
    if ((cursor = page.cursor) === null) break
  }
  expect(new Set(seen).size).toBe(120)
  expect(seen).toHaveLength(120)
})

test('the host ends the meeting for everyone; others may not', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  expect(await client.refusal('closeRoom')).toBe('forbidden')
  await host.request('closeRoom', {})
  expect(await client.take('roomClosed')).toEqual({ roomId: room.id, reason: 'ended' })
  expect(await client.refusal('listMembers')).toBe('notInRoom')
  expect(await client.refusal('joinRoom', { joinCode: room.joinCode, name: 'Grace' })).toBe('roomClosed')
  await host.join({ joinCode: room.joinCode, name: 'Ada' })
  expect((await client.join({ joinCode: room.joinCode, name: 'Grace' })).members).toHaveLength(2)
})

test('whoever has the host key is host, from any device; a wrong key gives nothing', async () => {
  const server = await startServer()
  const creator = await Client.connect(server.url)
  const { room, hostKey } = await creator.request('createRoom', { name: 'Standup' })
  const other = await Client.connect(server.url)
  const joined = await other.join({ roomId: room.id, name: 'Grace', hostKey: hostKey! })
  expect(joined.self.role).toBe('host')
  const wrong = await Client.connect(server.url)
  expect((await wrong.join({ roomId: room.id, name: 'Eve', hostKey: 'x'.repeat(43) })).self.role).toBe('speaker')
  expect((await wrong.request('createRoom', { roomId: room.id })).hostKey).toBeNull()
})

test('two rooms may not have the same slug', async () => {
  const server = await startServer()
  const client = await Client.connect(server.url)
  await client.request('createRoom', { name: 'One', slug: 'team' })
  expect(await client.refusal('createRoom', { name: 'Two', slug: 'team' })).toBe('slugTaken')
})

test('a payload is relayed to one peer of the same room, and to nobody else', async () => {
  const server = await startServer()
  const { host, room, joined } = await hostRoom(server.url)
  const { client, joined: guest } = await enter(server.url, room.joinCode, 'Grace')
  const elsewhere = await hostRoom(server.url)
  const payload = { type: 'offer', sdp: 'v=0' }
  await client.request('relay', { to: joined.self.peerId, payload })
  expect(await host.take('relay')).toEqual({ roomId: room.id, from: guest.self.peerId, payload })
  expect(await client.refusal('relay', { to: elsewhere.joined.self.peerId, payload })).toBe('peerNotFound')
})
