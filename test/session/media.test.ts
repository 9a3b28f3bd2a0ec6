import { expect, test } from 'vitest'
import { hears, hearsSilence, NodeCapture, sees } from '../support/NodeCapture.ts'
import { startServer } from '../support/server.ts'
import { meet, member, newSession, received } from '../support/sessions.ts'
import { until } from '../support/until.ts'

test('two people see and hear each other', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  for (const session of [ada, ben]) {
    session.microphone.set(true)
    session.camera.set(true)
  }
  await Promise.all([
    received(ada, 'Ben', 'camera').then((track) => sees(track, 'blue')),
    received(ada, 'Ben', 'microphone').then((track) => hears(track, 1000)),
    received(ben, 'Ada', 'camera').then((track) => sees(track, 'red')),
    received(ben, 'Ada', 'microphone').then((track) => hears(track, 440)),
  ])
  await member(ben, 'Ada', ({ microphone, camera }) => microphone && camera)
  expect(ada.media.state).toEqual({ status: 'ready' })
})

test('who joins with microphone and camera on is seen and heard by those who are there, and the other way round', async () => {
  const { url } = await startServer()
  const { ada, room } = await meet(url)
  ada.camera.set(true)
  await member(ada, 'Ada', ({ camera }) => camera)
  const eve = newSession(url, new NodeCapture({ camera: 'green', hertz: 700 }))
  await eve.join({ roomRef: room.joinCode, name: 'Eve', microphone: true, camera: true })
  await Promise.all([
    received(eve, 'Ada', 'camera').then((track) => sees(track, 'red')),
    received(ada, 'Eve', 'camera').then((track) => sees(track, 'green')),
    received(ada, 'Eve', 'microphone').then((track) => hears(track, 700)),
  ])
})

test('a muted microphone falls silent at the others, who are told, and comes back', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  ada.microphone.set(true)
  const track = await received(ben, 'Ada', 'microphone')
  await hears(track, 440)
  const { peerId } = await member(ben, 'Ada')
  await until(ben, () => ben.voices.has(peerId))

  ada.microphone.set(false)
  await Promise.all([
    hearsSilence(track),
    member(ben, 'Ada', ({ microphone, producers }) => !microphone && producers.every(({ paused }) => paused)),
  ])
  await until(ben, () => ben.voices.size === 0)

  ada.microphone.set(true)
  await hears(track, 440)
})

test('a camera that is off is stopped and shows no picture, and comes back with a new one', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture({ camera: 'red' })
  const { ada, ben } = await meet(url, { ada: capture })
  ada.camera.set(true)
  await sees(await received(ben, 'Ada', 'camera'), 'red')
  const { peerId } = await member(ben, 'Ada')

  ada.camera.set(false)
  await until(ben, () => ben.media.track(peerId, 'camera') === null)
  await member(ben, 'Ada', ({ camera }) => !camera)
  expect(capture.running('camera')).toBeNull()
  expect(ada.media.localTrack('camera')).toBeNull()

  ada.camera.set(true)
  await sees(await received(ben, 'Ada', 'camera'), 'red')
})

test('another camera takes over while it is on', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  ada.camera.set(true)
  const track = await received(ben, 'Ada', 'camera')
  await sees(track, 'red')
  await ada.useDevice('camera', 'green')
  await sees(track, 'green')
})

test('a screen is shown beside the camera, and ends when it is stopped where it is shared', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture({ camera: 'red', screen: 'yellow' })
  const { ada, ben } = await meet(url, { ada: capture })
  ada.camera.set(true)
  ada.screen.set(true)
  await Promise.all([sees(await received(ben, 'Ada', 'camera'), 'red'), sees(await received(ben, 'Ada', 'screen'), 'yellow')])

  capture.unplug('screen')
  await member(ben, 'Ada', ({ screen, producers }) => !screen && producers.length === 1)
  expect(ada.screen).toMatchObject({ desired: false, actual: false, error: null })

  ada.screen.set(true)
  await sees(await received(ben, 'Ada', 'screen'), 'yellow')
})

test('a camera that is unplugged switches off, and says why', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  const { ada, ben } = await meet(url, { ada: capture })
  ada.camera.set(true)
  await received(ben, 'Ada', 'camera')
  capture.unplug('camera')
  await member(ben, 'Ada', ({ camera }) => !camera)
  expect(ada.camera).toMatchObject({ desired: false, actual: false, error: { code: 'deviceNotFound' } })
})

test('joining works without any device, and with denied ones', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  capture.refused.set('camera', 'NotAllowedError').set('microphone', 'NotFoundError').set('screen', 'NotAllowedError')
  const { ben, room } = await meet(url)
  const eve = newSession(url, capture)
  await eve.join({ roomRef: room.id, name: 'Eve', microphone: true, camera: true })
  eve.screen.set(true)
  await Promise.all([eve.microphone.settled(), eve.camera.settled(), eve.screen.settled()])
  expect(eve.camera).toMatchObject({ desired: false, actual: false, error: { code: 'deviceDenied' } })
  expect(eve.microphone).toMatchObject({ desired: false, actual: false, error: { code: 'deviceNotFound' } })
  // Whoever closes the picker of screens has only changed their mind.
  expect(eve.screen).toMatchObject({ desired: false, actual: false, error: null })
  expect(await member(ben, 'Eve')).toMatchObject({ microphone: false, camera: false, screen: false })
})

test('who leaves is gone for the others, with their devices off', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  const { ada, ben } = await meet(url, { ada: capture })
  ada.camera.set(true)
  ada.microphone.set(true)
  await received(ben, 'Ada', 'camera')
  const { peerId } = await member(ben, 'Ada')
  await ada.leave()
  await until(ben, () => ben.members.length === 1)
  expect(ben.media.track(peerId, 'camera')).toBeNull()
  await Promise.all([ada.camera.settled(), ada.microphone.settled()])
  await until(ada, () => capture.running('camera') === null && capture.running('microphone') === null)
  expect(ada.state).toMatchObject({ status: 'left', reason: 'left' })
})

test('frantic clicking ends with what was wished last, at both ends', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  for (let click = 0; click < 25; click++) {
    ada.camera.toggle()
    ada.microphone.toggle()
    if (click % 4 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all([sees(await received(ben, 'Ada', 'camera'), 'red'), hears(await received(ben, 'Ada', 'microphone'), 440)])
  ada.camera.toggle()
  ada.microphone.toggle()
  await member(ben, 'Ada', (one) => !one.camera && !one.microphone && one.producers.every(({ paused }) => paused))
})

test('when the media worker dies, sound and picture come back, and the chat goes on', async () => {
  const server = await startServer()
  const { ada, ben } = await meet(server.url)
  ada.camera.set(true)
  ada.microphone.set(true)
  await sees(await received(ben, 'Ada', 'camera'), 'red')
  const { peerId } = await member(ben, 'Ada')
  const before = ben.media.track(peerId, 'camera')

  for (const pid of server.workerPids) process.kill(pid, 'SIGKILL')
  ada.sendChat('did you see that?')
  const track = await until(ben, () => {
    const now = ben.media.track(peerId, 'camera')
    return now !== before && now
  })
  await Promise.all([sees(track, 'red'), received(ben, 'Ada', 'microphone').then((heard) => hears(heard, 440))])
  await until(ben, () => ben.messages.length === 1)
  expect(ben.state.status).toBe('joined')
})
