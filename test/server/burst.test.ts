import { randomUUID } from 'node:crypto'
import * as mediasoup from 'mediasoup'
import type { types } from 'mediasoup'
import { cleanup } from 'node-datachannel'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { CrowdDecoder } from '../support/CrowdDecoder.ts'
import { CrowdPeer } from '../support/CrowdPeer.ts'
import { CrowdSeat, openRoom } from '../support/CrowdSeat.ts'
import { NodeCapture } from '../support/NodeCapture.ts'
import { startServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const PEERS = 20
/** These encode and decode, as browsers do. The others do neither, so that the figures are the server's. */
const DECODERS = 4
/** The bar is a second. Without the server's care for key frames the late ones take just that, so less is asked for here. */
const KEY_FRAME_WITHIN_MS = 800

afterAll(cleanup)

test('20 who join at once see each other, every key frame within a second, and hear every message once', async () => {
  const keyFrames = watchKeyFrames()
  const { url } = await startServer()
  const roomId = await openRoom(url)
  const seats = await Promise.all(Array.from({ length: PEERS }, (_, i) => takeSeat(url, roomId, `Peer ${i}`)))

  const talking = talk(seats)
  const peers = await Promise.all(seats.map((seat, i) => (i < DECODERS ? encoding(seat) : plain(seat))))
  await Promise.all(peers.map((peer) => until(peer, () => peer.seen === PEERS - 1)))

  const waits = await keyFrames(PEERS * (PEERS - 1))
  expect(Math.max(...waits)).toBeLessThan(KEY_FRAME_WITHIN_MS)
  const { said, heard } = await talking
  for (const [i, messages] of heard.entries()) expect(messages.sort()).toEqual(said.filter((_, from) => from !== i).sort())
})

async function takeSeat(url: string, roomId: string, name: string): Promise<CrowdSeat> {
  const seat = await CrowdSeat.take(url, roomId, name)
  onTestFinished(() => seat.leave())
  return seat
}

async function plain(seat: CrowdSeat): Promise<CrowdPeer> {
  const peer = new CrowdPeer(seat)
  onTestFinished(() => peer.close())
  await Promise.all([peer.produce(), peer.consumeAll()])
  return peer
}

async function encoding(seat: CrowdSeat): Promise<CrowdDecoder> {
  const track = await new NodeCapture().open('camera')
  const peer = await CrowdDecoder.create(seat)
  onTestFinished(() => {
    peer.close()
    track.stop()
  })
  await Promise.all([peer.produce(track), peer.consumeAll()])
  return peer
}

/** Everyone says something at once. Resolves with what was said, and what each of them heard, by ids. */
async function talk(seats: CrowdSeat[]): Promise<{ said: string[]; heard: string[][] }> {
  const hearing = seats.map((seat) => {
    const heard: string[] = []
    const complete = new Promise<void>((resolve) => {
      seat.on('chatMessage', ({ message }) => {
        if (heard.push(message.id) === PEERS - 1) resolve()
      })
    })
    return { heard, complete }
  })
  const answers = await Promise.all(
    seats.map((seat, i) => seat.request('sendChat', { text: `hello from ${i}`, clientMessageId: randomUUID() })),
  )
  await Promise.all(hearing.map(({ complete }) => complete))
  // Whatever comes twice comes before the answer to this.
  await Promise.all(seats.map((seat) => seat.request('listMembers', {})))
  return { said: answers.map(({ message }) => message.id), heard: hearing.map(({ heard }) => heard) }
}

/**
 * Watches every video consumer that this process makes. What is returned resolves when so many have had their first key frame,
 * with the time from each one's resume to it, in ms.
 */
function watchKeyFrames(): (count: number) => Promise<number[]> {
  const waits: number[] = []
  let told = () => {}
  const watch = (consumer: types.Consumer) => {
    if (consumer.kind !== 'video') return
    let resumedAt = NaN
    consumer.observer.once('resume', () => (resumedAt = performance.now()))
    consumer.once('trace', () => {
      waits.push(performance.now() - resumedAt)
      told()
    })
    void consumer.enableTraceEvent(['keyframe'])
  }
  const watchWorker = (worker: types.Worker) =>
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) => transport.observer.on('newconsumer', watch)),
    )
  mediasoup.observer.on('newworker', watchWorker)
  onTestFinished(() => void mediasoup.observer.off('newworker', watchWorker))
  return (count) =>
    new Promise((resolve) => {
      told = () => {
        if (waits.length >= count) resolve(waits)
      }
      told()
    })
}
