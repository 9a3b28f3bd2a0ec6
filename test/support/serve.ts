import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** The program as it is built. */
export const built = join(import.meta.dirname, '../../out/main/headless.js')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface ServedProcess {
  ready: { url: string; urls: string[]; dataDir: string; pid: number; [more: string]: unknown }
  pid: number
  ended: Promise<Ended>
  stop(signal: NodeJS.Signals): Promise<Ended>
}

/** What is started: a file for the Node that runs the tests, or an installed `lanyard`, which finds nothing of the checkout. */
interface Started {
  entry?: string
  program?: string
}

function start(args: string[], { entry = built, program }: Started = {}) {
  const child = program
    ? spawn(program, ['serve', ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env: { PATH: '/usr/bin:/bin' } })
    : spawn(process.execPath, [entry, 'serve', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, stdout, stderr }))
  return { child, ended, stdout: () => stdout }
}

/** A command of the program, as its users call it. */
export function lanyard(...args: string[]): Promise<Ended> {
  return lanyardIn({}, ...args)
}

/** With these variables of the environment. */
export async function lanyardIn(environment: Record<string, string>, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [built, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** The program as its users start it, in a process of its own, until it has ended by itself. */
export function serveToEnd(args: string[]): Promise<Ended> {
  return start(args).ended
}

/** The program, once it has said that it is ready. Whoever starts it stops it. */
export async function serve(
  dataDir: string,
  options: { port?: number; flags?: readonly string[] } & Started = {},
): Promise<ServedProcess> {
  const { child, ended, stdout } = start(
    [
      '--host',
      '127.0.0.1',
      '--port',
      `${options.port ?? (await lastingPort())}`,
      '--data-dir',
      dataDir,
      ...(options.flags ?? []),
    ],
    options,
  )
  const line = new Promise<string>((resolve) => {
    child.stdout.on('data', () => {
      const [first, rest] = stdout().split('\n')
      if (rest !== undefined) resolve(first ?? '')
    })
  })
  const first = await Promise.race([line, ended])
  if (typeof first !== 'string') throw new Error(`the server did not start:\n${first.stderr}`)
  return {
    ready: JSON.parse(first) as ServedProcess['ready'],
    pid: child.pid!,
    ended,
    stop(signal) {
      child.kill(signal)
      return ended
    },
  }
}

/** Those who run tests at the same time have ports of their own. */
const lane = Number(process.env['TEST_PARALLEL_INDEX'] ?? process.env['VITEST_POOL_ID'] ?? 0) % 12

/**
 * A free port that stays free while its server is started again and again: below those that the system gives to connections (from
 * 32,768 on under Linux; /proc/sys/net/ipv4/ip_local_port_range), one of which might take it meanwhile.
 */
async function lastingPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + lane * 1_000 + randomInt(1_000)
    const probe = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => probe.close(resolve))
    return port
  }
}
