import { expect, test } from 'vitest'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { NodeCapture } from '../support/NodeCapture.ts'
import { startServer } from '../support/server.ts'
import { allSent, meet, member, newSession, texts } from '../support/sessions.ts'
import { until } from '../support/until.ts'

const waiting = (session: Session) => session.leading.waiting.map(({ name }) => name).join()
const peerId = async (session: Session, name: string) => (await member(session, name)).peerId

/** Ada's room with a lobby, and Ben before it. */
async function meetAtLobby(url: string) {
  const ada = newSession(url)
  const ben = newSession(url)
  const { room } = await ada.createRoom({ name: 'Standup', admission: 'lobby' })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  await ben.join({ roomRef: room.id, name: 'Ben' })
  return { ada, ben, room }
}

test('whoever waits in the lobby sees nothing of the room, is written to, and is let in', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meetAtLobby(url)
  ada.sendChat('not for those outside')
  await until(ada, () => allSent(ada, 1))
  expect(ben.state).toMatchObject({ status: 'waiting', reason: 'lobby', place: 1, room: { id: room.id } })
  expect(ben.members).toEqual([])
  await until(ada, () => waiting(ada) === 'Ben')
  await ada.leading.messageWaiting('Two minutes')
  await until(ben, () => ben.waitingMessages.length === 1)
  expect(ben.waitingMessages).toMatchObject([{ from: { name: 'Ada' }, text: 'Two minutes' }])
  await ada.leading.admit(ada.leading.waiting[0]!.waitingId)
  await until(ben, () => ben.state.status === 'joined')
  expect(texts(ben)).toEqual(['not for those outside'])
  expect(ben.waitingMessages).toEqual([])
  await until(ada, () => waiting(ada) === '')
})

test('whoever is refused is told so, and holds no device', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  const ada = newSession(url)
  const ben = newSession(url, capture)
  const { room } = await ada.createRoom({ name: 'Standup', admission: 'lobby' })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  await ben.join({ roomRef: room.id, name: 'Ben', camera: true })
  await until(ben, () => ben.camera.actual)
  ben.releaseDevices()
  await until(ben, () => capture.running('camera') === null)
  await until(ada, () => waiting(ada) === 'Ben')
  await ada.leading.refuse(ada.leading.waiting[0]!.waitingId)
  await until(ben, () => ben.state.status === 'left')
  expect(ben.state).toMatchObject({ reason: 'refused', room: { id: room.id } })
})

test('a co-host sees who waits, from becoming one until it is taken back', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meetAtLobby(url)
  await until(ada, () => waiting(ada) === 'Ben')
  await ada.leading.admit()
  await until(ben, () => ben.state.status === 'joined')
  const eve = newSession(url)
  await eve.join({ roomRef: room.id, name: 'Eve' })
  await until(ada, () => waiting(ada) === 'Eve')
  expect(waiting(ben)).toBe('')
  await ada.leading.setRole(await peerId(ada, 'Ben'), 'cohost')
  await until(ben, () => waiting(ben) === 'Eve')
  await ada.leading.setRole(await peerId(ada, 'Ben'), 'speaker')
  await until(ben, () => waiting(ben) === '')
  await expect(ben.leading.admit()).rejects.toMatchObject({ code: 'forbidden' })
})

test('in a line for a place one is told which it is, can be moved up, and comes in when it is one’s turn', async () => {
  const { url } = await startServer()
  const ada = newSession(url)
  const { room } = await ada.createRoom({ name: 'Booth', maxPeers: 1 })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  const [ben, eve] = [newSession(url), newSession(url)]
  await ben.join({ roomRef: room.id, name: 'Ben', queue: true })
  await eve.join({ roomRef: room.id, name: 'Eve', queue: true })
  expect(eve.state).toMatchObject({ status: 'waiting', reason: 'full', place: 2 })
  await until(ada, () => waiting(ada) === 'Ben,Eve')
  await ada.leading.move(ada.leading.waiting[1]!.waitingId, 1)
  await until(eve, () => eve.state.status === 'waiting' && eve.state.place === 1)
  await ada.leading.updateRoom({ maxPeers: 2 })
  await until(eve, () => eve.state.status === 'joined')
  expect(ben.state).toMatchObject({ status: 'waiting', place: 1 })
})

test('who has come while the host was away is shown when the host comes back', async () => {
  const server = await startServer()
  const { ada, ben, room } = await meetAtLobby(server.url)
  await until(ada, () => waiting(ada) === 'Ben')
  await ada.leave()
  expect(waiting(ada)).toBe('')
  await ada.join({ roomRef: room.id, name: 'Ada' })
  await until(ada, () => waiting(ada) === 'Ben')
  expect(ben.state.status).toBe('waiting')
})

test('what a host stops goes off; to switch it on again is refused with the server’s sentence until it is allowed', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture({ camera: 'blue' })
  const { ada, ben } = await meet(url, { ben: capture })
  ben.microphone.set(true)
  ben.camera.set(true)
  // What is stopped while it is on its way is refused, which is another thing.
  await member(ada, 'Ben', ({ microphone, camera, producers }) => microphone && camera && producers.length === 2)
  const id = await peerId(ada, 'Ben')
  await ada.leading.stop(id, ['camera'])
  await until(ben, () => !ben.camera.desired && !ben.camera.actual)
  await until(ben, () => capture.running('camera') === null)
  expect(ben.microphone.actual).toBe(true)
  expect(ben.camera.error).toBeNull()

  ben.camera.set(true)
  await ben.camera.settled()
  expect(ben.camera.actual).toBe(false)
  expect(ben.camera.error).toMatchObject({ code: 'forbidden', message: expect.stringContaining('stopped by a host') as string })
  // The device was not touched for that.
  expect(capture.running('camera')).toBeNull()
  expect(ben.microphone.actual).toBe(true)

  await ada.leading.allow(id, ['camera'])
  await until(ben, () => ben.self?.stopped.length === 0)
  await until(ben, () => ben.camera.error === null)
  expect(ben.camera.actual).toBe(false)
  ben.camera.set(true)
  await member(ada, 'Ben', ({ camera }) => camera)
})

test('a microphone that was off when it was stopped does not go on either', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  const id = await peerId(ada, 'Ben')
  await ada.leading.stop(id, ['microphone'])
  await until(ben, () => ben.self?.stopped.length === 1)
  ben.microphone.set(true)
  await until(ben, () => ben.microphone.error !== null)
  expect(ben.microphone.actual).toBe(false)
})

test('whoever becomes a listener is silent here, too, and cannot go on; as a speaker again they can', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  ben.microphone.set(true)
  await member(ada, 'Ben', ({ microphone }) => microphone)
  const id = await peerId(ada, 'Ben')
  await ada.leading.setRole(id, 'listener')
  await until(ben, () => !ben.microphone.actual)
  ben.microphone.set(true)
  await until(ben, () => ben.microphone.error?.code === 'forbidden')
  await ada.leading.setRole(id, 'speaker')
  await until(ben, () => ben.self?.role === 'speaker')
  ben.microphone.set(true)
  await member(ada, 'Ben', ({ microphone }) => microphone)
})

test('someone who switches off and on faster than the server answers is on in the end', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  for (let i = 0; i < 15; i += 1) ben.microphone.toggle()
  // Others change meanwhile, so that the roster is told anew.
  ada.camera.set(true)
  await member(ada, 'Ben', ({ microphone }) => microphone)
  await member(ben, 'Ada', ({ camera }) => camera)
  expect(ben.microphone).toMatchObject({ desired: true, error: null })
})

test('whoever is removed is told so and may come back; whoever is kept out may not, until they are let in again', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  await ada.leading.remove(await peerId(ada, 'Ben'), false)
  await until(ben, () => ben.state.status === 'left')
  expect(ben.state).toMatchObject({ reason: 'removed' })
  await ben.join({ roomRef: room.id, name: 'Ben' })
  await ada.leading.remove(await peerId(ada, 'Ben'), true)
  await until(ben, () => ben.state.status === 'left')
  expect(ben.state).toMatchObject({ reason: 'banned' })
  await expect(ben.join({ roomRef: room.id, name: 'Ben' })).rejects.toMatchObject({ code: 'banned' })
  const bans = await ada.leading.listBans()
  expect(bans).toMatchObject([{ name: 'Ben', by: 'Ada' }])
  await ada.leading.unban(bans[0]!.userId)
  await ben.join({ roomRef: room.id, name: 'Ben' })
})

test('the room is handed over, and changed by its new host only', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  await ada.leading.handOver(await peerId(ada, 'Ben'))
  await until(ben, () => ben.self?.role === 'host')
  await until(ada, () => ada.self?.role === 'cohost')
  await expect(ada.leading.updateRoom({ name: 'Mine' })).rejects.toMatchObject({ code: 'forbidden' })
  const { version } = await ada.leading.updateRoom({ locked: true })
  await expect(ben.leading.updateRoom({ name: 'Late' }, room.version)).rejects.toMatchObject({ code: 'changedMeanwhile' })
  await ben.leading.updateRoom({ name: 'Review' }, version)
  await until(ada, () => ada.state.status === 'joined' && ada.state.room.name === 'Review')
  const renewed = await ben.leading.renewJoinCode()
  expect(renewed.joinCode).not.toBe(room.joinCode)
  await until(ada, () => ada.state.status === 'joined' && ada.state.room.joinCode === renewed.joinCode)
})

test('a room that is deleted sends those inside out with a word, and goes from every list', async () => {
  const { url } = await startServer()
  const eve = newSession(url)
  await eve.watchRooms()
  const { ada, ben, room } = await meet(url)
  await until(eve, () => eve.rooms.length === 1)
  await expect(ben.leading.deleteRoom()).rejects.toMatchObject({ code: 'forbidden' })
  await ada.leading.deleteRoom()
  await until(ben, () => ben.state.status === 'left')
  expect(ben.state).toMatchObject({ reason: 'deleted', room: { id: room.id } })
  await until(eve, () => eve.rooms.length === 0)
  expect(eve.news(room.id)).toBeUndefined()
})

test('a room that becomes private goes from the list, and its password keeps strangers out', async () => {
  const { url } = await startServer()
  const eve = newSession(url)
  await eve.watchRooms()
  const { ada, room } = await meet(url)
  await until(eve, () => eve.rooms.length === 1)
  await ada.leading.updateRoom({ visibility: 'private', password: 'sesame' })
  await until(eve, () => eve.rooms.length === 0)
  await expect(eve.join({ roomRef: room.id, name: 'Eve' })).rejects.toMatchObject({ code: 'passwordRequired' })
  await eve.join({ roomRef: room.id, name: 'Eve', password: 'sesame' })
  expect(eve.state.status).toBe('joined')
})
