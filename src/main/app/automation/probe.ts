import type { Hosting as HostingState } from '../../../shared/bridge.ts'
import type { AppProbe, HostingProbe, InMain, ServerProbe } from '../../../shared/probe.ts'
import type { Hosting } from '../hosting.ts'
import type { NoticeBoard } from './NoticeBoard.ts'

export interface ProbeParts {
  hosting: Hosting
  notices: NoticeBoard
  version: string
  isWindowOpen: () => boolean
}

/** How finely it is measured how busy main is, in ms. */
const TICK_MS = 10
/** How long the server may take to say what it counts, in ms. */
const COUNT_MS = 2_000

/** Offers it. Only where the app was started with `--automation`. */
export function offerProbe({ hosting, notices, version, isWindowOpen }: ProbeParts): InMain['probe'] {
  const takePace = measurePace()
  const probe = async (): Promise<AppProbe> => ({
    version,
    isWindowOpen: isWindowOpen(),
    hosting: tellHosting(hosting.state),
    server: hosting.state.status === 'on' ? await countAt(hosting.state.url) : null,
    serverPid: hosting.pid,
    notifications: notices.posted,
    ...takePace(),
  })
  const lanyard: InMain = { probe, clickNotification: (title) => notices.click(title) }
  Object.assign(globalThis, { lanyard })
  return probe
}

/** What the probe promises, and nothing more. */
function tellHosting(state: HostingState): HostingProbe {
  switch (state.status) {
    case 'on': {
      const { status, url, urls, plainPort, fingerprint, words, people } = state
      return { status, url, urls, plainPort, fingerprint, words, people }
    }
    case 'failed': {
      const { status, reason, message } = state
      return { status, reason, message }
    }
    default:
      return { status: state.status }
  }
}

/** Answers how long main has stood still, and worked, at a stretch since it was last asked. */
function measurePace(): () => { stillMs: number; busyMs: number } {
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
  return () => {
    const pace = { stillMs, busyMs }
    stillMs = busyMs = 0
    return pace
  }
}

/** Processor time of this thread so far, in ms. */
function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** What the server counts for Prometheus; null where it does not answer, as one that has just crashed. */
async function countAt(url: string): Promise<ServerProbe | null> {
  try {
    const answer = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(COUNT_MS) })
    const count = countsIn(await answer.text())
    return {
      rooms: count('lanyard_rooms'),
      connections: count('lanyard_connections'),
      people: count('lanyard_peers'),
      waiting: count('lanyard_waiting'),
      producers: count('lanyard_producers'),
      consumers: count('lanyard_consumers'),
      workers: count('lanyard_workers'),
    }
  } catch {
    return null
  }
}

/** Reads Prometheus' text format; what has labels is added up. */
function countsIn(text: string): (name: string) => number {
  const samples = [...text.matchAll(/^(\w+)(?:\{.*\})? (\S+)$/gm)]
  return (name) => samples.filter(([, one]) => one === name).reduce((sum, [, , value]) => sum + Number(value), 0)
}
