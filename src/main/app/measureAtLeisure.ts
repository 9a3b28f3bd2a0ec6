import type { Logger } from 'pino'
import { COSTS_LAST_MS } from '../../shared/capacity.ts'
import type { Hosting } from './hosting.ts'

/** How long after the start it is looked at for the first time, and how often then, in ms. */
const FIRST_MS = 15_000
const EVERY_MS = 10 * 60_000

/** Has it measured how many people this computer can hold, before it hosts for the first time and when that was long ago. */
export function measureAtLeisure(hosting: Hosting, isFree: () => boolean, log: Logger): void {
  const measure = () => {
    const { state } = hosting
    // One that is on sees to it by itself.
    if (state.status !== 'off' || !isFree()) return
    if (state.capacity && Date.now() - Date.parse(state.capacity.measuredAt) < COSTS_LAST_MS) return
    hosting
      .measure()
      .catch((error: unknown) => log.info({ err: error }, 'how many people this computer can hold is measured later'))
  }
  setTimeout(measure, FIRST_MS)
  setInterval(measure, EVERY_MS)
}
