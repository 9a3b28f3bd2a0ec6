import type { BurstOfJoinsJob } from '../load/burstOfJoins.ts'
import { generate } from '../harness/load.ts'
import type { Case, Row, Sample } from '../harness/Row.ts'
import { lanyard, served, type Subject } from '../harness/Subject.ts'

export const burstOfJoins: Row = {
  id: 'P5',
  about: 'from connecting to the first decoded frame, 20 who join at once (4 of them decode)',
  reference: 'bare mediasoup with its defaults under minimal signaling, same clients',
  cases: (quick) => [
    burst('20 at once see one', { everyoneSends: false, bursts: quick ? 3 : 12 }),
    burst('20 at once see each other', { everyoneSends: true, bursts: 1 }),
  ],
}

function burst(name: string, size: Pick<BurstOfJoinsJob, 'everyoneSends' | 'bursts'>): Case {
  const measure = ({ url }: Subject) => {
    const job: BurstOfJoinsJob = { url, peers: 20, decoders: 4, ...size }
    return generate<Sample>('burstOfJoins', job)
  }
  return {
    name,
    ours: served(lanyard, measure),
    reference: served({ program: 'bench/reference/joins.ts' }, measure),
    metrics: [{ figure: 'p95', about: 'join to first frame at p95, ms', bar: { most: 0.5 } }],
  }
}
