import type { FanOutJob } from '../load/fanOut.ts'
import { generate } from '../harness/load.ts'
import type { Case, Metric, Row, Sample } from '../harness/Row.ts'
import { lanyard, served, type Subject } from '../harness/Subject.ts'

/** About a third of what one core of bare Socket.IO can do, so that neither side is measured in its queues. */
const DELIVERIES_PER_SECOND = 10_000

export const fanOut: Row = {
  id: 'P1',
  about:
    'chat to everyone in a room: CPU of the server for each delivery, and delay from the moment a message is due to its arrival',
  reference:
    'bare Socket.IO, which stores nothing; to explain it, bare Socket.IO that commits each message to bare better-sqlite3',
  cases: (quick) => {
    const duration = quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 7 }
    return [
      fanOutTo(100, 'fanOut', { cpu: { most: 1.25 }, p99: { most: 1.5 } }, duration),
      fanOutTo(500, 'fanOut', { cpu: { most: 1.25 }, p99: { most: 1.5 } }, duration),
      fanOutTo(100, 'durableChat', {}, duration),
    ]
  },
}

function fanOutTo(
  peers: number,
  reference: 'fanOut' | 'durableChat',
  bars: { cpu?: Metric['bar']; p99?: Metric['bar'] },
  duration: Pick<FanOutJob, 'warmUpSeconds' | 'seconds'>,
): Case {
  const measure = ({ url, pid }: Subject) => {
    const job: FanOutJob = { url, pid, peers, perSecond: DELIVERIES_PER_SECOND / peers, ...duration }
    return generate<Sample>('fanOut', job, { pinned: true })
  }
  return {
    name: reference === 'fanOut' ? `${peers} peers` : `${peers} peers, beside a reference that stores`,
    ours: served({ ...lanyard, pinned: true }, measure),
    reference: served({ program: `bench/reference/${reference}.ts`, pinned: true }, measure),
    metrics: [
      { figure: 'cpuPerDelivery', about: 'CPU for each delivery, µs', ...(bars.cpu && { bar: bars.cpu }) },
      { figure: 'p99', about: 'delay of a delivery at p99, ms', ...(bars.p99 && { bar: bars.p99 }) },
    ],
  }
}
