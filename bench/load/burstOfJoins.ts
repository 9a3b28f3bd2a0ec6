/** P5: many people come at once, to see someone who is there already, or each other. */
import { CrowdDecoder } from '../../test/support/CrowdDecoder.ts'
import { CrowdPeer } from '../../test/support/CrowdPeer.ts'
import { CrowdSeat, openRoom } from '../../test/support/CrowdSeat.ts'
import { NodeCapture } from '../../test/support/NodeCapture.ts'
import { until } from '../../test/support/until.ts'
import { finish, job } from '../harness/load.ts'
import { quantile } from '../harness/statistics.ts'

export interface BurstOfJoinsJob {
  url: string
  bursts: number
  peers: number
  /** So many of them decode (and encode); the others send and receive packets only. */
  decoders: number
  /** Whether all who come send, or only one who is there already. */
  everyoneSends: boolean
}

interface Times {
  /** From everyone's coming to each decoded picture, in ms. */
  joins: number[]
  /** From each resume of someone who does not decode to its key frame, in ms. */
  waits: number[]
}

/** libwebrtc's encoder ignores a key-frame request that comes sooner after another (kMinKeyframeSendInterval), and so does the crowd. */
const KEY_FRAME_INTERVAL_MS = 300
/** From one burst to the next: enough for their key-frame requests not to meet. */
const PAUSE_MS = 500

const { url, bursts, peers, decoders, everyoneSends } = job<BurstOfJoinsJob>()
const cameras = await Promise.all(Array.from({ length: Math.max(1, decoders) }, () => new NodeCapture().open('camera')))
const roomId = await openRoom(url)
if (!everyoneSends) await (await CrowdDecoder.create(await CrowdSeat.take(url, roomId, 'Resident'))).produce(cameras[0]!)

// A small one first, for a client and a server that have never done it.
await burst(4, 1)
const measured: Times[] = []
for (let i = 0; i < bursts; i += 1) measured.push(await burst(peers, decoders))
const joins = measured.flatMap(({ joins }) => joins)
const waits = measured.flatMap(({ waits }) => waits)
finish({ p50: quantile(joins, 0.5), p95: quantile(joins, 0.95), waitP95: quantile(waits, 0.95), pictures: joins.length })

/** Resolves when everyone has seen everything. */
async function burst(size: number, decoding: number): Promise<Times> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  const from = performance.now()
  const everyone = await Promise.all(Array.from({ length: size }, (_, i) => (i < decoding ? joinDecoding(i) : joinPlain(i))))
  await Promise.all(everyone.map((peer) => until(peer, () => peer.seen === (everyoneSends ? size - 1 : 1))))
  for (const peer of everyone) peer.close()
  const joins = everyone.flatMap((peer) =>
    peer instanceof CrowdDecoder ? peer.sights.map(({ firstFrameAt }) => firstFrameAt! - from) : [],
  )
  const waits = everyone.flatMap((peer) =>
    peer instanceof CrowdPeer ? peer.receptions.map(({ resumedAt, firstKeyFrameAt }) => firstKeyFrameAt! - resumedAt) : [],
  )
  return { joins, waits }
}

async function joinDecoding(index: number): Promise<CrowdDecoder> {
  const peer = await CrowdDecoder.create(await CrowdSeat.take(url, roomId, `Decoder ${index}`))
  await Promise.all([everyoneSends && peer.produce(cameras[index]!), peer.consumeAll()])
  return peer
}

async function joinPlain(index: number): Promise<CrowdPeer> {
  const peer = new CrowdPeer(await CrowdSeat.take(url, roomId, `Peer ${index}`), { keyFrameIntervalMs: KEY_FRAME_INTERVAL_MS })
  await Promise.all([everyoneSends && peer.produce(), peer.consumeAll()])
  return peer
}
