import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process as no later one can be: pids are used again. */
export interface ProcessId {
  pid: number
  /** When it started, in the operating system's own words. */
  started: string
}

interface Row extends ProcessId {
  parent: number
  dead: boolean
}

/** A process and everything below it, as they are now. Itself first; [] when it has ended. */
export function familyOf(pid: number): ProcessId[] {
  const rows = list().filter(({ dead }) => !dead)
  const children = Map.groupBy(rows, ({ parent }) => parent)
  const below = ({ pid, started }: Row): ProcessId[] => [{ pid, started }, ...(children.get(pid) ?? []).flatMap(below)]
  return rows.filter((row) => row.pid === pid).flatMap(below)
}

/** Those whose environment has NAME=value, wherever they hang by now. Linux only; elsewhere []. */
export function withEnvironment(name: string, value: string): ProcessId[] {
  if (process.platform !== 'linux') return []
  return list()
    .filter(({ pid, dead }) => !dead && read(pid, 'environ').split('\0').includes(`${name}=${value}`))
    .map(({ pid, started }) => ({ pid, started }))
}

/** Which of them still run. A zombie does not. */
export function alive(processes: readonly ProcessId[]): ProcessId[] {
  const now = new Map(list().map((row) => [row.pid, row]))
  return processes.filter(({ pid, started }) => now.get(pid)?.started === started && !now.get(pid)?.dead)
}

export function killAll(processes: readonly ProcessId[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

/** What to call a process in a message. */
export function describe({ pid }: ProcessId): string {
  return `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ').slice(0, 200)}`.trim()
}

function list(): Row[] {
  if (process.platform === 'linux') {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.map(Number).flatMap(rowOfLinux)
  }
  if (process.platform === 'win32') return listOfWindows()
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,state=,lstart='], { encoding: 'utf8' })
  return [...rows.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/gm)].map(([, pid, parent, state = '', started = '']) => ({
    pid: Number(pid),
    parent: Number(parent),
    started,
    dead: state.startsWith('Z'),
  }))
}

function rowOfLinux(pid: number): Row[] {
  // The second field is the program's name in brackets, which may contain anything.
  const fields = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? []
  const [state, parent] = fields
  const started = fields[19]
  if (state === undefined || parent === undefined || started === undefined) return []
  return [{ pid, parent: Number(parent), started, dead: state === 'Z' || state === 'X' }]
}

function listOfWindows(): Row[] {
  const command =
    'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.Ticks)" }'
  const rows = execFileSync('powershell', ['-NoProfile', '-Command', command], { encoding: 'utf8' })
  return [...rows.matchAll(/^(\d+) (\d+) (\d*)\s*$/gm)].map(([, pid, parent, started = '']) => ({
    pid: Number(pid),
    parent: Number(parent),
    started,
    dead: false,
  }))
}

/** '' where the process has ended, or is somebody else's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
