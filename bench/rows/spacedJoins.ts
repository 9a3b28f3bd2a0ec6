import type { SpacedJoinsJob } from '../load/spacedJoins.ts'
import { generate } from '../harness/load.ts'
import type { Row, Sample } from '../harness/Row.ts'
import { lanyard, served, type Subject } from '../harness/Subject.ts'

export const spacedJoins: Row = {
  id: 'P4',
  about: 'from connecting to the first decoded frame of someone who is there already, one join after the other',
  reference: 'bare mediasoup with its defaults under minimal signaling, same client',
  cases: (quick) => {
    const measure = ({ url }: Subject) => {
      const job: SpacedJoinsJob = { url, joins: quick ? 4 : 10, spacingMs: 500 }
      return generate<Sample>('spacedJoins', job)
    }
    return [
      {
        name: 'one by one',
        ours: served(lanyard, measure),
        reference: served({ program: 'bench/reference/joins.ts' }, measure),
        metrics: [{ figure: 'p50', about: 'join to first frame at p50, ms', bar: { most: 1.5 } }],
      },
    ]
  },
}
