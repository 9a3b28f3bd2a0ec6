import type { FanOutJob } from '../load/fanOut.ts'
import { generate } from '../harness/load.ts'
import type { Case, Row, Sample } from '../harness/Row.ts'
import { lanyard, type Subject } from '../harness/Subject.ts'

/** About a third of what one core of bare Socket.IO can do, so that neither side is measured in its queues. */
const DELIVERIES_PER_SECOND = 10_000

export const fanOut: Row = {
  id: 'P1',
  about:
    'chat to everyone in a room: CPU of the server for each delivery, and delay from the moment a message is due to its arrival',
  reference: 'bare Socket.IO, which stores nothing',
  cases: (quick) =>
    [100, 500].map((peers) => fanOutTo(peers, quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 7 })),
}

function fanOutTo(peers: number, duration: Pick<FanOutJob, 'warmUpSeconds' | 'seconds'>): Case {
  return {
    name: `${peers} peers`,
    ours: { ...lanyard, pinned: true },
    reference: { program: 'bench/reference/fanOut.ts', pinned: true },
    measure: ({ url, pid }: Subject) => {
      const job: FanOutJob = { url, pid, peers, perSecond: DELIVERIES_PER_SECOND / peers, ...duration }
      return generate<Sample>('fanOut', job, { pinned: true })
    },
    metrics: [
      { figure: 'cpuPerDelivery', about: 'CPU for each delivery, µs', bar: { most: 1.25 } },
      { figure: 'p99', about: 'delay of a delivery at p99, ms', bar: { most: 1.5 } },
    ],
  }
}
