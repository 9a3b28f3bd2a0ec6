import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Measure, Sample } from './Row.ts'

/** A server under test: a process of its own, with a directory of its own. */
export interface Subject {
  url: string
  pid: number
  /** Ends it, and removes its directory. */
  stop(): Promise<void>
}

export interface Launch {
  /** Of the program, from the repository's root. */
  program: string
  args?: string[]
  /** Keeps it, and all that it starts, to one core; the load generator gets the others. */
  pinned?: boolean
}

const root = join(import.meta.dirname, '../..')

/** Lanyard as its users start it. */
export const lanyard: Launch = {
  program: 'src/main/headless.ts',
  args: ['serve', '--port', '0', '--no-web', '--log-level', 'error'],
}

/**
 * Starts a server, which is told its directory by `--data-dir` and says in one line of JSON when it is ready. Whoever starts it
 * stops it.
 */
async function launch({ program, args = [], pinned = false }: Launch): Promise<Subject> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lanyard-bench-'))
  const [command, ...rest] = [...onCore(pinned ? 0 : null), process.execPath, join(root, program), ...args, '--data-dir', dataDir]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  const first = await Promise.race([line, ended.then(() => null)])
  if (!first) throw new Error(`${program} did not start`)
  const { url } = JSON.parse(first[0]) as { url: string }
  return {
    url,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Measures a server that is started for it, and ended after it. */
export function served(program: Launch, measure: (subject: Subject) => Promise<Sample>): Measure {
  return async () => {
    const server = await launch(program)
    try {
      return await measure(server)
    } finally {
      await server.stop()
    }
  }
}

/** What to put before a command so that it stays on that core; nothing where there is only one. */
export function onCore(core: number | null): string[] {
  return core === null || availableParallelism() < 2 ? [] : ['taskset', '--cpu-list', `${core}`]
}
