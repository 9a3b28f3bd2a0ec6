import type { Hosting } from '../../shared/bridge.ts'

/** What an automated run can ask main for: `electronApp.evaluate(() => globalThis.lanyard.probe())`. */
export interface Probe {
  hosting: Hosting
  /** Of the room server's process; null where there is none. */
  serverPid: number | null
  isWindowOpen: boolean
  version: string
  /** The longest time for which main's event loop has stood still since the last probe, in ms. */
  stillMs: number
  /** The longest time that main itself has worked without a pause meanwhile, in ms: standing still for want of a processor is not counted. */
  busyMs: number
}

/** How finely it is measured, in ms. */
const TICK_MS = 10

/** Only where the app was started with `--automation`. */
export function offerProbe(state: () => Omit<Probe, 'stillMs' | 'busyMs'>): void {
  let stillMs = 0
  let busyMs = 0
  let before = { at: performance.now(), worked: worked() }
  setInterval(() => {
    const now = { at: performance.now(), worked: worked() }
    const late = now.at - before.at - TICK_MS
    stillMs = Math.max(stillMs, late)
    busyMs = Math.max(busyMs, Math.min(late, now.worked - before.worked))
    before = now
  }, TICK_MS)
  const probe = (): Probe => {
    const answer = { ...state(), stillMs, busyMs }
    stillMs = busyMs = 0
    return answer
  }
  Object.assign(globalThis, { lanyard: { probe } })
}

/** Processor time of this thread so far, in ms. */
function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
