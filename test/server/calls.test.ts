import { expect, test } from 'vitest'
import type { Call } from '../../src/shared/model.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

const states = ({ parties }: Call) => parties.map(({ name, state }) => [name, state])

/** A room with Ada, its host, and others. */
async function roomOf(url: string, ...names: string[]) {
  const { host, room, joined } = await hostRoom(url)
  const others = []
  for (const name of names) others.push(await enter(url, room.joinCode, name))
  return {
    room,
    ada: { client: host, id: joined.self.peerId },
    others: others.map((one) => ({ ...one, id: one.joined.self.peerId })),
  }
}

test('F31: offer, answer and candidates go between members of one room, with or without its id', async () => {
  const server = await startServer()
  const { room, ada, others } = await roomOf(server.url, 'Grace')
  const [grace] = others
  const offer = { type: 'offer', sdp: 'v=0' }
  for (const roomId of [undefined, room.id, room.joinCode]) {
    await ada.client.request('relay', { to: grace!.id, payload: offer, ...(roomId !== undefined && { roomId }) })
    expect(await grace!.client.take('relay')).toEqual({ roomId: room.id, from: ada.id, payload: offer })
  }
})

test('F31: an absent target, another room and no room at all are named errors, and nothing is heard', async () => {
  const server = await startServer()
  const { room, ada } = await roomOf(server.url)
  const { room: otherRoom, ada: elsewhere } = await roomOf(server.url)
  const nobody = await Client.connect(server.url)
  expect(await ada.client.refusal('relay', { to: 'nobody', payload: {} })).toBe('peerNotFound')
  expect(await ada.client.refusal('relay', { to: elsewhere.id, payload: {} })).toBe('peerNotFound')
  expect(await ada.client.refusal('relay', { to: elsewhere.id, payload: {}, roomId: otherRoom.id })).toBe('notInRoom')
  expect(await nobody.refusal('relay', { to: ada.id, payload: {} })).toBe('notInRoom')
  expect(await nobody.refusal('relay', { to: ada.id, payload: {}, roomId: room.id })).toBe('notInRoom')
  await elsewhere.client.request('listMembers', {})
  expect([ada, elsewhere].flatMap(({ client }) => client.heard.filter(({ name }) => name === 'relay'))).toEqual([])
})

test('F45: one member is rung, and accepts', async () => {
  const server = await startServer()
  const { room, ada, others } = await roomOf(server.url, 'Grace', 'Lin')
  const [grace, lin] = others
  const { call } = await ada.client.request('ring', { to: [grace!.id] })
  expect(call).toMatchObject({ roomId: room.id, from: { id: ada.id, name: 'Ada' }, ended: false })
  expect(states(call)).toEqual([
    ['Ada', 'in'],
    ['Grace', 'ringing'],
  ])
  expect((await grace!.client.take('ringing')).call.callId).toBe(call.callId)
  await grace!.client.request('answerRing', { callId: call.callId, accept: true })
  expect(states((await ada.client.take('callChanged')).call)).toEqual([
    ['Ada', 'in'],
    ['Grace', 'in'],
  ])
  await grace!.client.request('hangUp', { callId: call.callId })
  const { call: over } = await ada.client.take('callChanged')
  expect(over.ended).toBe(true)
  expect(await ada.client.refusal('hangUp', { callId: call.callId })).toBe('callNotFound')
  expect(lin!.client.heard.filter(({ name }) => name === 'ringing' || name === 'callChanged')).toEqual([])
})

test('F45: of several who are rung one declines, one is busy, and one misses it', async () => {
  const server = await startServer({ ringMs: 300 })
  const { ada, others } = await roomOf(server.url, 'Grace', 'Lin', 'Sam', 'Kim')
  const [grace, lin, sam, kim] = others
  const { call: other } = await lin!.client.request('ring', { to: [kim!.id] })
  await kim!.client.request('answerRing', { callId: other.callId, accept: true })
  const { call } = await ada.client.request('ring', { to: [grace!.id, lin!.id, sam!.id] })
  expect(states(call)).toEqual([
    ['Ada', 'in'],
    ['Grace', 'ringing'],
    ['Lin', 'busy'],
    ['Sam', 'ringing'],
  ])
  await grace!.client.request('answerRing', { callId: call.callId, accept: false })
  const { call: over } = await ada.client.take('callChanged', ({ call }) => call.ended)
  expect(states(over)).toEqual([
    ['Ada', 'in'],
    ['Grace', 'declined'],
    ['Lin', 'busy'],
    ['Sam', 'missed'],
  ])
  expect(await sam!.client.refusal('answerRing', { callId: call.callId, accept: true })).toBe('callNotFound')
  // The other call has gone on meanwhile.
  await kim!.client.request('hangUp', { callId: other.callId })
})

test('F45: several calls go on in one room at once, and each hears of its own', async () => {
  const server = await startServer()
  const { ada, others } = await roomOf(server.url, 'Grace', 'Lin', 'Sam')
  const [grace, lin, sam] = others
  const { call: one } = await ada.client.request('ring', { to: [grace!.id] })
  const { call: two } = await lin!.client.request('ring', { to: [sam!.id] })
  await grace!.client.request('answerRing', { callId: one.callId, accept: true })
  await sam!.client.request('answerRing', { callId: two.callId, accept: true })
  expect((await ada.client.take('callChanged')).call.callId).toBe(one.callId)
  expect((await lin!.client.take('callChanged')).call.callId).toBe(two.callId)
  expect(await ada.client.refusal('ring', { to: [lin!.id] })).toBe('alreadyJoined')
  expect(await sam!.client.refusal('answerRing', { callId: one.callId, accept: true })).toBe('callNotFound')
})

test('F45: who leaves the room leaves the call; a call that is taken back is missed', async () => {
  const server = await startServer()
  const { ada, others } = await roomOf(server.url, 'Grace')
  const [grace] = others
  const { call } = await ada.client.request('ring', { to: [grace!.id] })
  await ada.client.request('hangUp', { callId: call.callId })
  expect(states((await grace!.client.take('callChanged')).call)).toEqual([
    ['Ada', 'left'],
    ['Grace', 'missed'],
  ])
  const { call: again } = await ada.client.request('ring', { to: [grace!.id] })
  await grace!.client.request('answerRing', { callId: again.callId, accept: true })
  await grace!.client.request('leaveRoom', {})
  expect((await ada.client.take('callChanged', ({ call }) => call.callId === again.callId && call.ended)).call.ended).toBe(true)
  expect(await ada.client.refusal('ring', { to: ['nobody', grace!.id] })).toBe('peerNotFound')
})

test('F45: outside of rooms people call each other only where the server allows it', async () => {
  const closed = await startServer()
  const nobody = await Client.connect(closed.url)
  expect(await nobody.refusal('introduce', { name: 'Ada' })).toBe('forbidden')
  expect(await nobody.refusal('listConnected')).toBe('forbidden')
  expect(await nobody.refusal('ring', { to: ['x'] })).toBe('notInRoom')

  const server = await startServer({ directCalls: true })
  const ada = await Client.connect(server.url)
  const grace = await Client.connect(server.url)
  const silent = await Client.connect(server.url)
  expect(await ada.refusal('ring', { to: [grace.welcome.connectionId] })).toBe('forbidden')
  await ada.request('introduce', { name: 'Ada' })
  await grace.request('introduce', { name: 'Grace' })
  expect((await ada.request('listConnected', {})).people).toEqual([
    { id: grace.welcome.connectionId, userId: grace.welcome.userId, name: 'Grace' },
  ])
  expect(await ada.refusal('ring', { to: [silent.welcome.connectionId] })).toBe('peerNotFound')
  const payload = { type: 'offer' }
  expect(await ada.refusal('relay', { to: grace.welcome.connectionId, payload })).toBe('peerNotFound')
  const { call } = await ada.request('ring', { to: [grace.welcome.connectionId] })
  expect(call.roomId).toBeNull()
  await grace.take('ringing')
  await grace.request('answerRing', { callId: call.callId, accept: true })
  await ada.request('relay', { to: grace.welcome.connectionId, payload })
  expect(await grace.take('relay')).toEqual({ roomId: null, from: ada.welcome.connectionId, payload })
  grace.disconnect()
  expect((await ada.take('callChanged', ({ call }) => call.ended)).call.ended).toBe(true)
  // Whoever has asked once is told of those who come and go.
  await ada.take('connectedChanged', ({ gone }) => gone.includes(grace.welcome.connectionId))
  await silent.request('introduce', { name: 'Lin' })
  await ada.take('connectedChanged', ({ people }) => people.map(({ name }) => name).join() === 'Lin')
  const { room } = await silent.request('createRoom', { name: 'Standup' })
  await silent.join({ roomId: room.id, name: 'Lin' })
  await ada.take('connectedChanged', ({ gone }) => gone.includes(silent.welcome.connectionId))
  expect((await ada.request('listConnected', {})).people).toEqual([])
})
