import { expect, onTestFinished, test } from 'vitest'
import { Link } from '../../src/renderer/src/session/Link.ts'
import { Signaling } from '../../src/client/Signaling.ts'
import type { Joined, ParamsInput, RequestName, Value } from '../../src/shared/protocol.ts'
import { NodeCapture, sees } from '../support/NodeCapture.ts'
import { startServer } from '../support/server.ts'
import { meet, received } from '../support/sessions.ts'
import { until } from '../support/until.ts'
import { nodeDevice } from '../support/webrtc.ts'

/** A stopped worker counts as hung, and would be replaced while these look at it. */
const patient = { workerPulseMs: 60_000 }

/** Two who see each other, and the media path between them. A stopped worker answers no connectivity check, like a dead path. */
async function watch() {
  const server = await startServer(patient)
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

test('a media path that stays dead is built anew', { timeout: 60_000 }, async () => {
  const { ben, track, stop, goOn } = await watch()
  stop()
  await until(ben.media, () => ben.media.state.status === 'building')
  goOn()
  // Her side may be built anew after his: what he received in between is none of it any more.
  const peerId = ben.members.find(({ name }) => name === 'Ada')!.peerId
  const shown = new Set([track])
  await new Promise<void>((resolve) => {
    void until(ben.media, () => {
      const now = ben.media.track(peerId, 'camera')
      if (now && !shown.has(now)) void sees(now, 'red').then(resolve)
      if (now) shown.add(now)
      return false
    })
  })
  await until(ben.media, () => ben.media.state.status === 'ready')
})

/** Whoever asks for new ICE parameters gets some, at once, and they lead nowhere. */
class Misleading extends Signaling {
  onmisled = () => {}

  override request<N extends RequestName>(name: N, params: ParamsInput<N>): Promise<Value<N>> {
    if (name !== 'restartIce') return super.request(name, params)
    this.onmisled()
    const iceParameters = { usernameFragment: 'nobody', password: 'knows-this-password-here', iceLite: true }
    return Promise.resolve({ iceParameters } as Value<N>)
  }
}

test('a media path that new ICE parameters do not bring back is built anew, before the browser gives it up', async () => {
  const server = await startServer(patient)
  const signaling = new Misleading({ url: server.url })
  const link = new Link('send', signaling, { healingMs: 200, restartMs: 1_000 })
  onTestFinished(() => {
    link.close()
    signaling.close()
  })
  await signaling.ready()
  const { room } = await signaling.request('createRoom', { name: 'Standup' })
  const { rtpCapabilities } = (await signaling.request('joinRoom', { roomId: room.id, name: 'Ada' })) as Joined
  link.open(async () => {
    const device = await nodeDevice()
    await device.load({ routerRtpCapabilities: rtpCapabilities })
    return device
  })
  const live = await until(link, () => link.live)
  let states: string[] = []
  // What has made it ask is told to both; from then on it counts.
  signaling.onmisled = () => queueMicrotask(() => (states = []))
  const connected = new Promise<void>((resolve) =>
    live.transport.on('connectionstatechange', (state) => {
      states.push(state)
      if (state === 'connected') resolve()
    }),
  )
  const track = await new NodeCapture().open('camera')
  onTestFinished(() => track.stop())
  await live.transport.produce({ track, appData: { source: 'camera' } })
  await connected

  for (const pid of server.workerPids) process.kill(pid, 'SIGSTOP')
  await until(link, () => link.state.status === 'interrupted')
  await until(link, () => link.state.status === 'building')
  expect(states).not.toContain('failed')
  for (const pid of server.workerPids) process.kill(pid, 'SIGCONT')
  expect(await until(link, () => link.live)).not.toBe(live)
})
