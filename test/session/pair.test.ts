import { expect, onTestFinished, test } from 'vitest'
import { Pair } from '../../src/renderer/src/session/Pair.ts'
import { hears, NodeCapture } from '../support/NodeCapture.ts'
import { until } from '../support/until.ts'
import '../support/webrtc.ts'

/** The connections that were made, in their order. */
function watchConnections(): RTCPeerConnection[] {
  const made: RTCPeerConnection[] = []
  const { RTCPeerConnection: Real } = globalThis
  globalThis.RTCPeerConnection = class extends Real {
    constructor() {
      super()
      made.push(this)
    }
  }
  onTestFinished(() => void (globalThis.RTCPeerConnection = Real))
  return made
}

/** Two who tell each other everything, each word as it comes over a wire. */
function couple() {
  const connections = watchConnections()
  const told: string[] = []
  const pairs: Pair[] = []
  for (const isPolite of [false, true])
    pairs.push(
      new Pair({
        isPolite,
        tell: (word) => {
          if (word.description) told.push(`${isPolite ? 'polite' : 'impolite'} ${word.description.type}`)
          setTimeout(() => pairs[isPolite ? 0 : 1]?.hear(structuredClone(word)), 5)
        },
      }),
    )
  const [impolite, polite] = pairs as [Pair, Pair]
  onTestFinished(() => pairs.forEach((pair) => pair.close()))
  const connected = () => Promise.all(pairs.map((pair) => until(pair, () => pair.state === 'connected')))
  return { impolite, polite, connections, told, connected }
}

test('F31: one offer and one answer connect two, both ways', async () => {
  const { impolite, polite, told, connected } = couple()
  const capture = new NodeCapture({ hertz: 700 })
  polite.send('microphone', await capture.open('microphone'))
  polite.hear({ sent: { microphone: false, camera: false } })
  impolite.hear({ sent: { microphone: true, camera: false } })
  await connected()
  expect(told).toEqual(['impolite offer', 'polite answer'])
  await hears(impolite.track('microphone')!, 700)
  expect(impolite.track('camera')).toBeNull()
  expect(polite.track('microphone')).toBeNull()
})

test('F31: of two who offer at once the polite one gives way, and they stay connected', async () => {
  const { impolite, polite, connections, told, connected } = couple()
  await connected()
  told.splice(0)
  const settled = until(
    { on: (_, look) => (connections.forEach((one) => one.addEventListener('signalingstatechange', look)), () => {}) },
    () => told.includes('polite answer') && connections.every(({ signalingState }) => signalingState === 'stable'),
  )
  for (const connection of connections) connection.restartIce()
  await settled
  expect(told.filter((word) => word.endsWith('offer')).sort()).toEqual(['impolite offer', 'polite offer'])
  expect(told).not.toContain('impolite answer')
  const capture = new NodeCapture({ hertz: 700 })
  impolite.send('microphone', await capture.open('microphone'))
  polite.hear({ sent: { microphone: true, camera: false } })
  await hears(polite.track('microphone')!, 700)
})

test('a connection that is not there in time is lost, and says so', async () => {
  const pair = new Pair({ isPolite: true, tell: () => {}, patience: { connectMs: 20, restartMs: 20 } })
  await until(pair, () => pair.state === 'lost')
  pair.close()
})
