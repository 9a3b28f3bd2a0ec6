import { expect, test } from 'vitest'
import { sees } from '../support/NodeCapture.ts'
import { startServer } from '../support/server.ts'
import { meet, received } from '../support/sessions.ts'
import { until } from '../support/until.ts'

/** Two who see each other, and the media path between them. A stopped worker answers no connectivity check, like a dead path. */
async function watch() {
  const server = await startServer()
  const { ada, ben } = await meet(server.url)
  ada.camera.set(true)
  const track = await received(ben, 'Ada', 'camera')
  await sees(track, 'red')
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of server.workerPids) process.kill(pid, name)
  }
  return { ben, track, stop: () => signal('SIGSTOP'), goOn: () => signal('SIGCONT') }
}

test('a media path that is silent for a moment is said to be interrupted, and goes on as it was', async () => {
  const { ben, track, stop, goOn } = await watch()
  stop()
  await until(ben.media, () => ben.media.state.status === 'interrupted')
  expect(ben.state.status).toBe('joined')
  goOn()
  await until(ben.media, () => ben.media.state.status === 'ready')
  expect(await received(ben, 'Ada', 'camera')).toBe(track)
  await sees(track, 'red')
})

test('a media path that stays dead is built anew', async () => {
  const { ben, track, stop, goOn } = await watch()
  stop()
  await until(ben.media, () => ben.media.state.status === 'building')
  goOn()
  const anew = await until(ben.media, () => {
    const now = ben.media.track(ben.members.find(({ name }) => name === 'Ada')!.peerId, 'camera')
    return now !== track && now
  })
  await sees(anew, 'red')
  expect(ben.media.state.status).toBe('ready')
})
