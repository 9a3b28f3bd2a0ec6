import { expect, onTestFinished, test } from 'vitest'
import { browserCapture, captureError } from '../../src/renderer/src/session/capture.ts'
import { LocalSource } from '../../src/renderer/src/session/LocalSource.ts'
import type { Source } from '../../src/shared/model.ts'
import { NodeCapture } from '../support/NodeCapture.ts'
import { startServer } from '../support/server.ts'
import { meet, newSession, received } from '../support/sessions.ts'
import { until } from '../support/until.ts'

function start(source: Source) {
  const capture = new NodeCapture()
  const local = new LocalSource(source, capture)
  onTestFinished(() => local.close())
  const set = (on: boolean) => {
    local.toggle.set(on)
    return local.toggle.settled()
  }
  return { capture, local, set }
}

test.each([
  ['NotAllowedError', 'deviceDenied'],
  ['NotFoundError', 'deviceNotFound'],
  ['OverconstrainedError', 'deviceNotFound'],
  ['NotReadableError', 'deviceBusy'],
  ['AbortError', 'deviceBusy'],
  ['WhateverError', 'deviceBusy'],
])('what a browser calls %s is %s, with a sentence and a next step', (name, code) => {
  for (const source of ['microphone', 'camera', 'screen'] as const) {
    const error = captureError(source, new DOMException('Browsers say this and that', name))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(/\.$/)
    expect(error.message).toMatch(source)
    expect(error.message).not.toMatch('this and that')
  }
})

test('a page over an unsafe connection has no devices, and says so', async () => {
  await expect(browserCapture.open('camera')).rejects.toMatchObject({
    code: 'deviceNotFound',
    message: expect.stringContaining('safe connection') as string,
  })
  expect(await browserCapture.devices()).toEqual([])
})

test('a microphone that is off is silent but warm, so that it is back at once', async () => {
  const { capture, local, set } = start('microphone')
  await set(true)
  const track = local.live
  expect(track).not.toBeNull()
  await set(false)
  expect(local.live).toBeNull()
  expect(track).toMatchObject({ readyState: 'live', enabled: false })
  await set(true)
  expect(local.live).toBe(track)
  local.release()
  await until(local, () => capture.running('microphone') === null)
})

test('a microphone that is switched off while it is still being opened is not heard for a moment', async () => {
  const { capture, local } = start('microphone')
  let heard = 0
  local.on('changed', () => (heard += local.live ? 1 : 0))
  local.toggle.set(true)
  local.toggle.set(false)
  await local.toggle.settled()
  expect(heard).toBe(0)
  expect(capture.running('microphone')).toBeNull()
})

test('where the chosen camera is not there, the system’s choice takes its place', async () => {
  const { local, set } = start('camera')
  await local.use('unplugged since')
  await set(true)
  expect(local.live).toMatchObject({ readyState: 'live' })
  expect(local.toggle).toMatchObject({ actual: true, error: null })
})

test('a camera that is off is stopped', async () => {
  const { local, set } = start('camera')
  await set(true)
  const track = local.live
  await set(false)
  expect(track?.readyState).toBe('ended')
  await set(true)
  expect(local.live).not.toBe(track)
})

test('another camera replaces the first while it is on, and is kept in mind while it is off', async () => {
  const { local, set } = start('camera')
  await set(true)
  const first = local.live
  await local.use('green')
  expect(first?.readyState).toBe('ended')
  const second = local.live
  expect(second?.readyState).toBe('live')
  await local.use('green')
  expect(local.live).toBe(second)
  await set(false)
  await local.use('blue')
  expect(local.live).toBeNull()
})

test('a camera that cannot be had leaves the one that is on', async () => {
  const { capture, local, set } = start('camera')
  await set(true)
  const first = local.live
  capture.refused.set('camera', 'NotReadableError')
  await expect(local.use('green')).rejects.toMatchObject({ code: 'deviceBusy' })
  expect(local.live).toBe(first)
  expect(first?.readyState).toBe('live')
})

test('a warm microphone that is unplugged while it is off is no trouble', async () => {
  const { capture, local, set } = start('microphone')
  await set(true)
  await set(false)
  capture.unplug('microphone')
  await until(local, () => capture.running('microphone') === null)
  expect(local.toggle.error).toBeNull()
  await set(true)
  expect(local.live?.readyState).toBe('live')
})

test('a device that is granted after the end is let go at once', async () => {
  const { capture, local } = start('camera')
  local.toggle.set(true)
  local.close()
  await local.toggle.settled()
  expect(capture.running('camera')).toBeNull()
  expect(local.live).toBeNull()
})

test('whoever has looked at their picture and does not join has their devices back', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  const eve = newSession(url, capture)
  eve.camera.set(true)
  eve.microphone.set(true)
  await until(eve, () => eve.media.localTrack('camera') && eve.media.localTrack('microphone'))
  eve.releaseDevices()
  await until(eve, () => capture.running('camera') === null && capture.running('microphone') === null)
  expect(eve.camera).toMatchObject({ desired: false, error: null })
  expect(eve.media.localTrack('camera')).toBeNull()
  eve.camera.set(true)
  await until(eve, () => eve.media.localTrack('camera'))
})

test('a camera that is still being opened when it is given back does not stay on', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  const eve = newSession(url, capture)
  eve.camera.set(true)
  eve.releaseDevices()
  await eve.camera.settled()
  expect(eve.camera).toMatchObject({ desired: false, actual: false })
  expect(capture.running('camera')).toBeNull()
})

test('in a room, devices are not taken away', async () => {
  const { url } = await startServer()
  const { ada, ben } = await meet(url)
  ada.camera.set(true)
  const track = await received(ben, 'Ada', 'camera')
  ada.releaseDevices()
  await ada.camera.settled()
  expect(ada.camera.actual).toBe(true)
  expect(ada.media.localTrack('camera')).toMatchObject({ readyState: 'live' })
  expect(await received(ben, 'Ada', 'camera')).toBe(track)
})
