import type { DurableChatJob } from '../load/durableChat.ts'
import { generate } from '../harness/load.ts'
import type { Row, Sample } from '../harness/Row.ts'
import { lanyard, served, type Subject } from '../harness/Subject.ts'

export const durableChat: Row = {
  id: 'P2',
  about: 'chat that is answered when it is durable: messages a second, ten rooms of two, 16 under way from each person',
  reference: 'bare Socket.IO and bare better-sqlite3 with the same table, pragmas and grouping',
  cases: (quick) => {
    const measure = ({ url, pid }: Subject) => {
      const duration = quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 4 }
      const job: DurableChatJob = { url, pid, pairs: 10, underWay: 16, ...duration }
      return generate<Sample>('durableChat', job)
    }
    return [
      {
        name: '20 people',
        ours: served(lanyard, measure),
        reference: served({ program: 'bench/reference/durableChat.ts' }, measure),
        metrics: [{ figure: 'perSecond', about: 'durable messages a second', bar: { least: 0.7 } }],
      },
    ]
  },
}
