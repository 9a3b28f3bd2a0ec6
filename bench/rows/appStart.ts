import { join } from 'node:path'
import { runtime } from '../../test/app/support/runtime.ts'
import type { AppStartJob } from '../load/appStart.ts'
import { generate } from '../harness/load.ts'
import type { Row, Sample } from '../harness/Row.ts'

const root = join(import.meta.dirname, '../..')

export const appStart: Row = {
  id: 'P12',
  about: `the desktop app from its start to the first paint, and its memory a second later, ${runtime.label}`,
  reference: 'an app that opens one window with one line of text, in the same runtime',
  cases: (quick) => {
    const start = (entry: string) => () => {
      const job: AppStartJob = { entry, starts: quick ? 2 : 5 }
      return generate<Sample>('appStart', job)
    }
    return [
      {
        name: 'start',
        ours: start(root),
        reference: start(join(root, 'bench/reference/emptyWindow')),
        metrics: [
          { figure: 'firstPaint', about: 'start to first paint, median, ms', bar: { most: 1.6 } },
          { figure: 'memory', about: 'memory of all processes, median, MB', bar: { most: 1.4 } },
        ],
      },
    ]
  },
}
