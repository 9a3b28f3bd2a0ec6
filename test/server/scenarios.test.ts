/** The scenarios and the usage examples of the documents that the room system was made from, as they are written there. */
import { expect, test } from 'vitest'
import { startWithKeys } from '../support/api.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

/** One calls another, who answers. Resolves with the call's id. */
async function call(from: Client, to: { client: Client; joined: { self: { peerId: string } } }): Promise<string> {
  const { call } = await from.request('ring', { to: [to.joined.self.peerId] })
  await to.client.take('ringing', (news) => news.call.callId === call.callId)
  await to.client.request('answerRing', { callId: call.callId, accept: true })
  await from.take('callChanged', (news) => news.call.parties.every(({ state }) => state === 'in'))
  return call.callId
}

test('F45: single room, 2 participants: A and B join a room, and establish a call', async () => {
  const server = await startServer()
  const { host: a, room } = await hostRoom(server.url)
  const b = await enter(server.url, room.joinCode, 'B')
  await call(a, b)
  await a.request('relay', { to: b.joined.self.peerId, payload: { sdp: 'offer' } })
  const { from, payload } = await b.client.take('relay')
  expect(payload).toEqual({ sdp: 'offer' })
  await b.client.request('relay', { to: from, payload: { sdp: 'answer' }, roomId: room.id })
  expect((await a.take('relay')).payload).toEqual({ sdp: 'answer' })
})

test('F45: single room, 3+ participants: A, B and C join a room, A calls B and C separately', async () => {
  const server = await startServer()
  const { host: a, room } = await hostRoom(server.url)
  const b = await enter(server.url, room.joinCode, 'B')
  const c = await enter(server.url, room.joinCode, 'C')
  const first = await call(a, b)
  await a.request('hangUp', { callId: first })
  await call(a, c)
  expect((await b.client.request('listMembers', {})).members).toHaveLength(3)
})

test('F31: multiple rooms: A in room 1 and B in room 2 cannot call each other', async () => {
  const server = await startServer()
  const { host: a } = await hostRoom(server.url)
  const { host: b, joined } = await hostRoom(server.url)
  expect(await a.refusal('ring', { to: [joined.self.peerId] })).toBe('peerNotFound')
  expect(await a.refusal('relay', { to: joined.self.peerId, payload: {} })).toBe('peerNotFound')
  await b.request('listMembers', {})
  expect(b.heard.filter(({ name }) => name === 'ringing' || name === 'relay')).toEqual([])
})

test('F23: join and leave: A joins, B joins, A leaves, B is still in the room', async () => {
  const server = await startServer()
  const { host: a, room, joined } = await hostRoom(server.url)
  const b = await enter(server.url, room.joinCode, 'B')
  expect((await a.take('peerJoined')).member.name).toBe('B')
  await a.request('leaveRoom', {})
  expect(await b.client.take('peerLeft')).toMatchObject({ peerId: joined.self.peerId, reason: 'left' })
  expect((await b.client.request('listMembers', {})).members.map(({ name }) => name)).toEqual(['B'])
})

test('F6: room auto-cleanup: all leave, and the room is deleted', async () => {
  const server = await startServer()
  const watcher = await Client.connect(server.url)
  await watcher.request('listRooms', {})
  const { host: a, room } = await hostRoom(server.url, { emptyTtl: 0 })
  const b = await enter(server.url, room.joinCode, 'B')
  await a.request('leaveRoom', {})
  await b.client.request('leaveRoom', {})
  expect(await watcher.take('roomGone')).toEqual({ roomId: room.id })
})

test('F23: error cases: a room that is not there, a member who is not there, a full room', async () => {
  const server = await startServer()
  const { host: a, room } = await hostRoom(server.url, { maxPeers: 1 })
  const b = await Client.connect(server.url)
  expect(await b.refusal('joinRoom', { roomId: 'not-there', name: 'B' })).toBe('roomNotFound')
  expect(await b.refusal('joinRoom', { roomId: room.id, name: 'B' })).toBe('roomFull')
  expect(await a.refusal('ring', { to: ['not-there'] })).toBe('peerNotFound')
})

test('F20: a room is created over HTTP, found by its code, and joined over the socket', async () => {
  const server = await startServer()
  const response = await fetch(`${server.url}/api/rooms/create`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'My Meeting' }),
  })
  const { room } = (await response.json()) as { room: { id: string; name: string; joinCode: string } }
  expect(room).toMatchObject({ name: 'My Meeting', joinCode: expect.stringMatching(/^[0-9A-Z]{6}$/) as string })
  const found = await fetch(`${server.url}/api/rooms/join/${room.joinCode}`)
  expect(await found.json()).toMatchObject({ room: { id: room.id } })
  const client = await Client.connect(server.url)
  expect((await client.join({ roomId: room.id, name: 'alice' })).room.id).toBe(room.id)
})

test('F21: a token is made with a key, and connects to its room with the name that it was made for', async () => {
  const { ask, url } = await startWithKeys()
  await ask('POST', '/rooms', { name: 'Team meeting', slug: 'team-meeting' })
  const { body } = await ask('POST', '/tokens', { room_id: 'team-meeting', user_name: 'alice', duration: 3600 })
  expect(body).toMatchObject({ room_id: 'team-meeting', user_name: 'alice', token: expect.stringMatching(/^eyJ/) as string })
  expect(Date.parse(body.expires_at as string) - Date.now()).toBeLessThanOrEqual(3_600_000)
  const client = await Client.connect(url, { auth: { protocol: 1, token: body.token as string } })
  expect((await client.join({ roomId: 'team-meeting', name: 'whatever' })).self.name).toBe('alice')
})

test('F3: who is in a room, and in which rooms someone is, can be asked for at any time', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  await enter(server.url, room.joinCode, 'B')
  expect((await host.request('findRoom', { roomId: room.id })).room.present).toBe(2)
  await host.say('Stored by now')
  expect((await host.request('myRooms', {})).rooms).toMatchObject([{ isThere: true, room: { id: room.id, present: 2 } }])
})
