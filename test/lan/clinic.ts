/** A network with a server and a doctor on it, each a real program on a machine of its own, to break one thing at a time. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { Checkup } from '../../src/shared/checkup.ts'
import { Network } from '../support/lan/Network.ts'
import type { Machine } from '../support/lan/Machine.ts'
import { built } from '../support/serve.ts'

export const serverAddress = '10.77.0.1:4433'

/** What a case has to break. */
export interface Clinic {
  network: Network
  /** Where the server runs. */
  host: Machine
  /** Where the doctor looks. */
  here: Machine
}

export interface Case {
  /** What is broken, in a few words. */
  broken: string
  /** How, when everything runs. */
  breakIt?: (clinic: Clinic) => Promise<void>
  /** Whether a server runs on the host; it does without a word. */
  isServed?: boolean
  /** Of `lanyard doctor`; the server's address without a word. */
  args?: string[]
  /** Of Node, before the program. */
  nodeArgs?: string[]
}

export interface Seen {
  checkup: Checkup
  code: number | null
}

/** Breaks it, looks, and takes everything away. */
export async function examineBroken({ breakIt, isServed = true, args = [serverAddress], nodeArgs = [] }: Case): Promise<Seen> {
  const network = await Network.make()
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-test-'))
  try {
    const host = await network.machine('host', { addresses: ['10.77.0.1/24'] })
    const here = await network.machine('here', { addresses: ['10.77.0.2/24'] })
    if (isServed) await serveOn(host, join(folder, 'host'))
    await breakIt?.({ network, host, here })
    const program = [...nodeArgs, built, 'doctor', ...args, '--json', '--data-dir', join(folder, 'here')]
    const child = here.run(process.execPath, program)
    const [printed, complaint, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close') as Promise<[number | null]>,
    ])
    if (printed === '') throw new Error(`the doctor has said nothing: ${complaint}`)
    return { checkup: Checkup.parse(JSON.parse(printed)), code }
  } finally {
    await network.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function serveOn(machine: Machine, dataDir: string): Promise<void> {
  const args = ['serve', '--host', '0.0.0.0', '--data-dir', dataDir, '--name', 'Office', '--log-level', 'warn', '--no-web']
  const child = machine.run(process.execPath, [built, ...args])
  const complaint = text(child.stderr!)
  const ended = once(child, 'close')
  const first = await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), ended.then(() => null)])
  if (first === null) throw new Error(`the server did not start: ${await complaint}`)
}

/** Starts all, so many at once, and gives what comes of each. */
export function startAll<T, R>(items: readonly T[], atOnce: number, start: (item: T) => Promise<R>): Map<T, Promise<R>> {
  const waiting: (() => void)[] = []
  let running = 0
  const turn = async () => {
    if (running < atOnce) running++
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return new Map(
    items.map((item) => {
      const run = turn().then(async () => {
        try {
          return await start(item)
        } finally {
          const next = waiting.shift()
          if (next) next()
          else running--
        }
      })
      // Whoever waits for it hears of it.
      run.catch(() => null)
      return [item, run]
    }),
  )
}
