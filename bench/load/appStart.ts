/** P12: an app is started again and again, each time with nothing kept. `npm run build` comes first. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from '@playwright/test'
// Says which runtime it is, and has Playwright take it.
import '../../test/app/support/runtime.ts'
import { finish, job } from '../harness/load.ts'
import { median } from '../harness/statistics.ts'

export interface AppStartJob {
  /** The app's folder. */
  entry: string
  starts: number
}

/** When memory is read after the first paint, in ms. */
const SETTLED_MS = 1_000

const { entry, starts } = job<AppStartJob>()
const paints: number[] = []
const memories: number[] = []
// The first one finds a disk that has not read the files.
for (let i = 0; i <= starts; i += 1) {
  const userData = await mkdtemp(join(tmpdir(), 'lanyard-bench-'))
  const startedAt = Date.now()
  const app = await _electron.launch({ args: [entry, `--user-data-dir=${userData}`], colorScheme: null })
  const page = await app.firstWindow()
  const paintedAt = await page.evaluate(async () => {
    const entry = await new Promise<PerformanceEntry>((resolve) => {
      new PerformanceObserver((list) => {
        const [found] = list.getEntriesByName('first-contentful-paint')
        if (found) resolve(found)
      }).observe({ type: 'paint', buffered: true })
    })
    return performance.timeOrigin + entry.startTime
  })
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
  const kilobytes = await app.evaluate(({ app }) => app.getAppMetrics().map(({ memory }) => memory.workingSetSize))
  if (i > 0) {
    paints.push(paintedAt - startedAt)
    memories.push(kilobytes.reduce((sum, one) => sum + one, 0) / 1_000)
  }
  await app.close()
  await rm(userData, { recursive: true, force: true, maxRetries: 5 })
}
finish({ firstPaint: median(paints), memory: median(memories), starts })
