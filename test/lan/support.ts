import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Announced } from '../../src/main/lan/mdns/service.ts'
import type { Seen } from '../../src/main/lan/mdns/Sightings.ts'
import { Emitter } from '../../src/shared/emitter.ts'
import type { Machine } from '../support/lan/Machine.ts'
import type { MakeNetwork } from '../support/lan/networks.ts'
import { until } from '../support/until.ts'
import type { Shout } from './programs/shout.ts'

/** What the product promises: from a server's start, its goodbye, and its crash. In ms. */
export const appearsWithin = 3_000
export const goesWithin = 3_000
export const isForgottenWithin = 10_500

interface Line {
  label?: string
  seen?: Seen[]
  shouted?: string
  warning?: string
}

/** A small program on a machine, which speaks in lines of JSON. */
class Program extends Emitter<{ changed: [] }> {
  readonly lines: Line[] = []
  readonly child: ChildProcess

  constructor(machine: Machine, name: string, ...args: string[]) {
    super()
    const stdio = ['pipe', 'pipe', 'inherit'] as const
    this.child = machine.run(process.execPath, [join(import.meta.dirname, 'programs', name), ...args], { stdio: [...stdio] })
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line)
      this.emit('changed')
    })
  }

  /** Gives it a line, and waits for its next one. */
  async tell(what: object): Promise<Line> {
    const said = this.lines.length
    this.child.stdin!.write(`${JSON.stringify(what)}\n`)
    return until(this, () => this.lines[said])
  }

  /** Lets it end in its own way. */
  async end(): Promise<void> {
    const ended = once(this.child, 'close')
    this.child.stdin!.end()
    await ended
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    const ended = once(this.child, 'close')
    this.child.kill('SIGKILL')
    await ended
  }
}

/** A server's host, when it has begun to show it. */
export async function host(machine: Machine, announced: Announced): Promise<Program> {
  const program = new Program(machine, 'host.ts', JSON.stringify(announced))
  await until(program, () => program.lines.length > 0)
  return program
}

export class Looker extends Program {
  /** Someone who looks, when they have begun; and the servers that they know. */
  static async on(machine: Machine, ...known: Announced[]): Promise<Looker> {
    const looker = new Looker(machine, 'look.ts', ...known.map(({ fingerprint }) => fingerprint))
    await until(looker, () => looker.lines.length > 0)
    return looker
  }

  /** What is seen now. */
  get seen(): Seen[] {
    return this.lines.findLast(({ seen }) => seen)?.seen ?? []
  }

  /** Waits until what is seen passes. Gives how long that took, in ms. */
  async sees(isSo: (seen: Seen[]) => boolean): Promise<number> {
    const began = performance.now()
    await until(this, () => isSo(this.seen))
    return performance.now() - began
  }

  /** Waits until exactly these are seen, by fingerprint. Gives how long that took, in ms. */
  seesOnly(...servers: Announced[]): Promise<number> {
    const wanted = JSON.stringify(servers.map(({ fingerprint }) => fingerprint).sort())
    return this.sees((seen) => JSON.stringify(seen.map(({ fingerprint }) => fingerprint).sort()) === wanted)
  }

  /** Whether a server was seen in everything that was ever told since the line of that number. */
  hasSeenAllAlong({ fingerprint }: Announced, since = 0): boolean {
    return this.lines.slice(since).every(({ seen }) => !seen || seen.some((server) => server.fingerprint === fingerprint))
  }
}

/** Someone who says as much as they can from 60 addresses, when they have begun. */
export async function flood(machine: Machine): Promise<void> {
  const addresses = Array.from({ length: 60 }, (_, index) => `10.77.0.${100 + index}`)
  for (const address of addresses) await machine.ip('address', 'add', `${address}/24`, 'dev', 'eth0')
  const program = new Program(machine, 'flood.ts', ...addresses)
  await until(program, () => program.lines.length > 0)
}

export class Shouter extends Program {
  static on(machine: Machine): Shouter {
    return new Shouter(machine, 'shout.ts')
  }

  shout(what: Shout): Promise<Line> {
    return this.tell(what)
  }
}

/** Three machines on one network, with addresses of both families that end in 1, 2 and 3. */
export async function machines(makeNetwork: MakeNetwork): Promise<[Machine, Machine, Machine]> {
  const network = await makeNetwork()
  const machine = (name: string, number: number) =>
    network.machine(name, { addresses: [`10.77.0.${number}/24`, `fd77::${number}/64`] })
  return [await machine('A', 1), await machine('B', 2), await machine('C', 3)]
}

let made = 0

/** A server of its own name and fingerprint. */
export function server(changes: Partial<Announced> = {}): Announced {
  const number = ++made
  return {
    name: `Office ${number}`,
    instanceId: `instance-${number}`,
    protocol: 1,
    fingerprint: number.toString(16).padStart(6, '0').padEnd(64, 'a'),
    revision: 1,
    port: 4433,
    ...changes,
  }
}
