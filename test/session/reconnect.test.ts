import { expect, test } from 'vitest'
import { Client, newDevice } from '../support/Client.ts'
import { misbehave, refusing } from '../support/misbehave.ts'
import { hears, NodeCapture, sees } from '../support/NodeCapture.ts'
import { startProcess, startServer, temporaryDirectory } from '../support/server.ts'
import { allSent, meet, member, newSession, received, texts } from '../support/sessions.ts'
import { Relay } from '../support/Relay.ts'
import { until } from '../support/until.ts'

test('who loses the connection keeps the seat, and gets sound, picture and what was missed', async () => {
  const { url } = await startServer()
  const relay = await Relay.to(url)
  const { ada, room } = await meet(url)
  const eve = newSession(relay.url, new NodeCapture({ camera: 'green', hertz: 700 }))
  await eve.join({ roomRef: room.id, name: 'Eve', camera: true, microphone: true })
  ada.camera.set(true)
  await Promise.all([sees(await received(eve, 'Ada', 'camera'), 'red'), sees(await received(ada, 'Eve', 'camera'), 'green')])
  const seat = eve.self!.peerId
  await until(eve, () => eve.voices.size > 0)
  const before = [eve.media.track((await member(eve, 'Ada')).peerId, 'camera'), await received(ada, 'Eve', 'camera')]

  relay.cut()
  await until(eve, () => eve.state.status === 'reconnecting')
  expect(eve.voices.size).toBe(0)
  await member(ada, 'Eve', ({ connection }) => connection === 'reconnecting')
  for (let n = 1; n <= 60; n++) ada.sendChat(`missed ${n}`)
  eve.sendChat('are you there?')
  await until(ada, () => allSent(ada, 60))
  expect(texts(eve)).toEqual(['(sending) are you there?'])
  relay.mend()
  eve.wake()

  await until(eve, () => eve.state.status === 'joined')
  expect(eve.self?.peerId).toBe(seat)
  await until(ada, () => allSent(ada, 61))
  await until(eve, () => allSent(eve, 61))
  expect(texts(eve)).toEqual(texts(ada))
  const back = await Promise.all([
    until(eve, () => eve.media.track(ada.self!.peerId, 'camera')),
    until(ada, () => {
      const track = ada.media.track(seat, 'camera')
      return track !== before[1] && track
    }),
  ])
  expect(before).not.toContain(back[0])
  await Promise.all([sees(back[0], 'red'), sees(back[1], 'green'), hears(await received(ada, 'Eve', 'microphone'), 700)])
  await member(ada, 'Eve', ({ connection, camera, microphone }) => connection === 'connected' && camera && microphone)
})

test('a server that is killed and started again finds everyone back, with each message once', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startProcess(dataDir)
  const { ada, ben } = await meet(first.ready.url)
  ada.camera.set(true)
  ben.microphone.set(true)
  await sees(await received(ben, 'Ada', 'camera'), 'red')
  ada.sendChat('before')
  await until(ben, () => ben.messages.length === 1)

  const before = ben.media.track((await member(ben, 'Ada')).peerId, 'camera')
  ben.sendChat('in flight')
  await first.stop('SIGKILL')
  await until(ada, () => ada.state.status === 'reconnecting')
  ada.sendChat('meanwhile')
  await startProcess(dataDir, Number(new URL(first.ready.url).port))

  await until(ben, () => allSent(ben, 3))
  await until(ada, () => allSent(ada, 3))
  expect(texts(ada)).toEqual(texts(ben))
  expect(texts(ada).sort()).toEqual(['before', 'in flight', 'meanwhile'])
  await until(ben, () => ben.members.length === 2 && ben.state.status === 'joined')
  const again = await until(ben, () => {
    const now = ben.media.track(ben.members.find(({ name }) => name === 'Ada')?.peerId ?? '', 'camera')
    return now !== before && now
  })
  await Promise.all([sees(again, 'red'), received(ada, 'Ben', 'microphone').then((track) => hears(track, 1000))])
})

test('who stays away too long joins anew by themselves', async () => {
  const { url } = await startServer({ graceMs: 50 })
  const relay = await Relay.to(url)
  const { ada, room } = await meet(url)
  const eve = newSession(relay.url)
  await eve.join({ roomRef: room.id, name: 'Eve' })
  const seat = eve.self!.peerId
  relay.cut()
  await until(ada, () => !ada.members.some(({ name }) => name === 'Eve'))
  relay.mend()
  eve.wake()
  await until(eve, () => eve.state.status === 'joined')
  expect(eve.self?.peerId).not.toBe(seat)
  await member(ada, 'Eve')
})

test('who finds the place taken on returning is told so', async () => {
  const { url } = await startServer({ graceMs: 50 })
  const relay = await Relay.to(url)
  const eve = newSession(relay.url)
  const { room } = await eve.createRoom({ name: 'Booth', maxPeers: 1 })
  await eve.join({ roomRef: room.id, name: 'Eve' })
  relay.cut()
  await until(eve, () => eve.state.status === 'reconnecting')
  const ben = newSession(url)
  await until(ben, () => ben.connection.status === 'connected')
  for (;;) {
    const taken = await ben.join({ roomRef: room.id, name: 'Ben' }).then(
      () => true,
      () => false,
    )
    if (taken) break
  }
  relay.mend()
  eve.wake()
  await until(eve, () => eve.state.status === 'left')
  expect(eve.state).toMatchObject({ reason: { code: 'roomFull' }, room: { id: room.id } })
})

test('who finds a server of another version on returning is out, and told why', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startProcess(dataDir)
  const { ada } = await meet(first.ready.url)
  await first.stop('SIGKILL')
  await misbehave({
    port: Number(new URL(first.ready.url).port),
    setUp: refusing({ code: 'upgradeRequired', message: 'Update the older one' }),
  })
  ada.wake()
  await until(ada, () => ada.state.status === 'left')
  expect(ada.state).toMatchObject({ reason: { code: 'upgradeRequired' } })
  expect(ada.connection).toMatchObject({ status: 'refused' })
})

test('who leaves while the connection is lost does not come back with it', async () => {
  const { url } = await startServer()
  const relay = await Relay.to(url)
  const { ada, room } = await meet(url)
  const eve = newSession(relay.url)
  await eve.join({ roomRef: room.id, name: 'Eve' })
  relay.cut()
  await until(eve, () => eve.state.status === 'reconnecting')
  await eve.leave()
  expect(eve.state).toMatchObject({ status: 'left', reason: 'left' })
  relay.mend()
  eve.wake()
  await until(eve, () => eve.connection.status === 'connected')
  expect(eve.connection).toMatchObject({ welcome: { resumed: null } })
  expect(await member(ada, 'Eve')).toMatchObject({ connection: 'reconnecting' })
  await eve.join({ roomRef: room.id, name: 'Eve again' })
  await member(ada, 'Eve again')
})

test('the list of rooms is live again after the connection was lost', async () => {
  const { url } = await startServer()
  const relay = await Relay.to(url)
  const eve = newSession(relay.url)
  await eve.watchRooms()
  relay.cut()
  await until(eve, () => eve.connection.status === 'waiting')
  const ada = newSession(url)
  await ada.createRoom({ name: 'Meanwhile' })
  relay.mend()
  eve.wake()
  await until(eve, () => eve.rooms.length === 1)
  await ada.createRoom({ name: 'Afterwards' })
  await until(eve, () => eve.rooms.length === 2)
})

test('a session may be made before its server, and joins when it comes', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startProcess(dataDir)
  const host = await Client.connect(first.ready.url, { device: newDevice() })
  const { room } = await host.request('createRoom', { name: 'Standup' })
  await first.stop('SIGTERM')
  const eve = newSession(first.ready.url)
  const joining = eve.join({ roomRef: room.id, name: 'Eve' })
  await until(eve, () => eve.connection.status === 'waiting')
  await startProcess(dataDir, Number(new URL(first.ready.url).port))
  eve.wake()
  await joining
  expect(eve.state).toMatchObject({ status: 'joined', room: { id: room.id } })
})
