import { expect, test } from 'vitest'
import { Client } from '../support/Client.ts'
import { startServer } from '../support/server.ts'
import { allSent, meet, member, newSession, texts } from '../support/sessions.ts'
import { until } from '../support/until.ts'

const names = (session: { members: readonly { name: string }[] }) => session.members.map(({ name }) => name)

test('a room is made, found by its code in any spelling, and joined', async () => {
  const { url } = await startServer()
  const ada = newSession(url)
  const { room, hostKey } = await ada.createRoom({ name: 'Standup' })
  expect(hostKey).not.toBeNull()
  expect(ada.state).toEqual({ status: 'idle' })
  const ben = newSession(url)
  const spelled = `${room.joinCode.slice(0, 3)}-${room.joinCode.slice(3)}`.toLowerCase()
  expect((await ben.findRoom(spelled)).id).toBe(room.id)
  await ben.join({ roomRef: spelled, name: 'Ben' })
  expect(ben.state).toMatchObject({ status: 'joined', room: { id: room.id }, selfId: ben.self?.peerId })
  expect(ben.self).toMatchObject({ name: 'Ben', role: 'speaker', microphone: false })
})

test('everyone sees who comes, changes and goes', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  expect(names(ben)).toEqual(['Ada', 'Ben'])
  await until(ada, () => names(ada).join() === 'Ada,Ben')
  ben.microphone.set(true)
  await member(ada, 'Ben', ({ microphone }) => microphone)
  ada.camera.set(true)
  await until(ben, () => ben.state.status === 'joined' && ben.state.room.state === 'IN_CALL')
  await ben.leave()
  await until(ada, () => names(ada).join() === 'Ada')
})

test('a join that is refused says why, and leaves everything as it was', async () => {
  const { url } = await startServer()
  const ada = newSession(url)
  const { room } = await ada.createRoom({ name: 'Booth', maxPeers: 1 })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  const ben = newSession(url)
  await expect(ben.join({ roomRef: room.id, name: 'Ben' })).rejects.toMatchObject({ code: 'roomFull' })
  expect(ben.state).toEqual({ status: 'idle' })
  await expect(ben.join({ roomRef: 'ZZZZZZ', name: 'Ben' })).rejects.toMatchObject({ code: 'roomNotFound' })
  await expect(ada.join({ roomRef: room.id, name: 'Ada' })).rejects.toMatchObject({ code: 'alreadyJoined' })
  expect(ada.state.status).toBe('joined')
  await ada.leave()
  await ben.join({ roomRef: room.id, name: 'Ben' })
  expect(ben.state.status).toBe('joined')
})

test('leaving before the answer to a join has come gives the seat back', async () => {
  const { url } = await startServer()
  const { ada, room } = await meet(url)
  const eve = newSession(url)
  await until(eve, () => eve.connection.status === 'connected')
  const joining = eve.join({ roomRef: room.id, name: 'Eve', camera: true })
  await eve.leave()
  await joining
  expect(eve.state).toMatchObject({ status: 'left', reason: 'left' })
  await until(ada, () => names(ada).join() === 'Ada,Ben')
  await eve.join({ roomRef: room.id, name: 'Eve' })
  await member(ada, 'Eve')
})

test('the host ends the meeting for all, and opens the room again by joining it', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  await expect(ben.endForAll()).rejects.toMatchObject({ code: 'forbidden' })
  await ada.endForAll()
  await until(ben, () => ben.state.status === 'left')
  expect(ben.state).toMatchObject({ reason: 'ended', room: { id: room.id } })
  expect(ada.state).toMatchObject({ status: 'left', reason: 'ended' })
  expect(ben.members).toEqual([])
  await expect(ben.join({ roomRef: room.id, name: 'Ben' })).rejects.toMatchObject({ code: 'roomClosed' })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  await ben.join({ roomRef: room.id, name: 'Ben' })
})

test('a server that stops sends everyone out with a word', async () => {
  const server = await startServer()
  const { ada } = await meet(server.url)
  await server.close()
  await until(ada, () => ada.state.status === 'left')
  expect(ada.state).toMatchObject({ reason: 'shutdown' })
  await until(ada, () => ada.connection.status === 'waiting')
})

test('the chat goes both ways, and a latecomer reads what was said', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  ada.sendChat('hello')
  await until(ben, () => texts(ben).join() === 'hello')
  ben.sendChat('hi')
  await until(ada, () => texts(ada).join() === 'hello,hi')
  const eve = newSession(url)
  await eve.join({ roomRef: room.id, name: 'Eve' })
  expect(texts(eve)).toEqual(['hello', 'hi'])
  expect(eve.hasEarlierMessages).toBe(false)
})

test('a latecomer reaches the whole of a long conversation', async () => {
  const { url } = await startServer()
  const { ada, room } = await meet(url)
  for (let n = 1; n <= 120; n++) ada.sendChat(`${n}`)
  await until(ada, () => allSent(ada, 120))
  const eve = newSession(url)
  await eve.join({ roomRef: room.id, name: 'Eve' })
  while (eve.hasEarlierMessages) await eve.loadEarlier()
  expect(texts(eve)).toEqual(Array.from({ length: 120 }, (_, i) => `${i + 1}`))
})

test('writing outside of a room is refused, and what was being written when one left is kept', async () => {
  const { url } = await startServer()
  const { ada, room } = await meet(url)
  const eve = newSession(url)
  expect(() => eve.sendChat('anyone?')).toThrow(expect.objectContaining({ code: 'notInRoom' }))
  ada.sendChat('too late')
  const leaving = ada.leave()
  expect(texts(ada)).toEqual(['(failed) too late'])
  await leaving
  await ada.join({ roomRef: room.id, name: 'Ada' })
  await until(ada, () => texts(ada).length === 1)
})

test('the list of rooms follows what happens, until a room is joined, and again after it was left', async () => {
  const { url } = await startServer()
  const eve = newSession(url)
  await eve.watchRooms()
  expect(eve.rooms).toEqual([])
  const { ben, room } = await meet(url)
  await until(eve, () => eve.rooms.some(({ id, present }) => id === room.id && present === 2))
  await ben.createRoom({ name: 'Quiet' })
  await until(eve, () => eve.rooms.length === 2)
  await ben.createRoom({ name: 'Hidden', visibility: 'private' })
  expect(eve.rooms.map(({ name }) => name)).toEqual(['Standup', 'Quiet'])
  await eve.join({ roomRef: room.id, name: 'Eve' })
  await ben.createRoom({ name: 'Later' })
  await eve.leave()
  await until(eve, () => eve.rooms.some(({ name }) => name === 'Later'))
  expect(eve.rooms.some(({ name }) => name === 'Hidden')).toBe(false)
})

test('someone who only chats needs no media', async () => {
  const { url } = await startServer()
  const { ada, room } = await meet(url)
  const bot = await Client.connect(url)
  await bot.join({ roomId: room.id, name: 'Bot' })
  await bot.say('beep')
  await until(ada, () => texts(ada).join() === 'beep')
})
