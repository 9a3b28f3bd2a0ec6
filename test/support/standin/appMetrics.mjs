/** app.getAppMetrics(): real processes with their real memory, as /proc tells it. */
import { readdirSync, readFileSync } from 'node:fs'
import { state } from './core.mjs'

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100
const types = { renderer: 'Tab', 'gpu-process': 'GPU', zygote: 'Zygote', utility: 'Utility' }

/** Ticks of each process and the time, at the last call: percentages are since then. */
let last = { at: 0, ticks: new Map() }

/** Main, Chromium's processes, utility processes. Chromium's own main process, which Electron has not, is a 'Utility' too. */
export function appMetrics() {
  const at = Date.now()
  const bootedAt = at - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000
  const ticks = new Map()
  const chromium = family(state.chromium.pid).map((pid) => ({ pid, ...kindOf(pid) }))
  const utilities = [...state.utilities].map(({ pid, name }) => ({
    pid,
    type: 'Utility',
    serviceName: 'node.mojom.NodeService',
    name,
  }))
  const metrics = [{ pid: process.pid, type: 'Browser' }, ...chromium, ...utilities].flatMap((entry) => {
    try {
      const stat = statOf(entry.pid)
      ticks.set(entry.pid, stat.ticks)
      const since = (stat.ticks - (last.ticks.get(entry.pid) ?? stat.ticks)) / TICKS_PER_SECOND
      const cpu = {
        percentCPUUsage: since > 0 ? (100 * since) / ((at - last.at) / 1_000) : 0,
        cumulativeCPUUsage: stat.ticks / TICKS_PER_SECOND,
        idleWakeupsPerSecond: 0,
      }
      const creationTime = bootedAt + (stat.startedAfterTicks / TICKS_PER_SECOND) * 1_000
      return [{ ...entry, cpu, creationTime, memory: memoryOf(entry.pid), sandboxed: false }]
    } catch {
      return [] // it has ended meanwhile
    }
  })
  last = { at, ticks }
  return metrics
}

/** A process and all below it. */
function family(root) {
  const children = Map.groupBy(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
    (pid) => {
      try {
        return statOf(pid).parent
      } catch {
        return 0
      }
    },
  )
  const below = (pid) => [pid, ...(children.get(pid) ?? []).flatMap(below)]
  return below(root)
}

function kindOf(pid) {
  const [, type] = /--type=([\w-]+)/.exec(read(pid, 'cmdline')) ?? []
  return type === undefined ? { type: 'Utility', name: 'Chromium' } : { type: types[type] ?? 'Unknown' }
}

function statOf(pid) {
  // The second field is the program's name in brackets, which may contain anything.
  const fields = read(pid, 'stat').split(') ').at(-1).split(' ')
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), startedAfterTicks: Number(fields[19]) }
}

/** In kB. */
function memoryOf(pid) {
  const status = read(pid, 'status')
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return { workingSetSize: kilobytes('VmRSS'), peakWorkingSetSize: kilobytes('VmHWM') }
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (file === 'cmdline') return ''
    throw error
  }
}
