/** P4: people come one after the other into a room where someone is seen. */
import { CrowdDecoder } from '../../test/support/CrowdDecoder.ts'
import { CrowdPeer } from '../../test/support/CrowdPeer.ts'
import { CrowdSeat, openRoom } from '../../test/support/CrowdSeat.ts'
import { until } from '../../test/support/until.ts'
import { finish, job } from '../harness/load.ts'
import { quantile } from '../harness/statistics.ts'

export interface SpacedJoinsJob {
  url: string
  joins: number
  /** From one join's picture to the next join, in ms: enough for key-frame requests not to meet. */
  spacingMs: number
}

/** Frames come often, so that waiting for the next one is a small part of what is measured; in ms. */
const FRAME_MS = 20

const { url, joins, spacingMs } = job<SpacedJoinsJob>()
const roomId = await openRoom(url)
const resident = new CrowdPeer(await CrowdSeat.take(url, roomId, 'Resident'), { frameMs: FRAME_MS })
await resident.produce()

const times: number[] = []
// The first one finds a client and a server that have never done it.
for (let i = 0; i <= joins; i += 1) {
  await new Promise((resolve) => setTimeout(resolve, spacingMs))
  const from = performance.now()
  const guest = await CrowdDecoder.create(await CrowdSeat.take(url, roomId, `Guest ${i}`))
  await guest.consumeAll()
  await until(guest, () => guest.seen === 1)
  if (i > 0) times.push(performance.now() - from)
  guest.close()
}
finish({ p50: quantile(times, 0.5), p95: quantile(times, 0.95), joins })
