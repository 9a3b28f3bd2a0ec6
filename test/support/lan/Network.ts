/**
 * Networks of a test's own, out of Linux' network namespaces: switches, and machines plugged into them. Nothing in them reaches
 * this computer's networks or the internet, and nothing outside reaches them.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { ip, killAllIn, runToEnd } from './namespace.ts'
import { Machine, type Plug } from './Machine.ts'

/** Of every namespace of ours: the maker's process id comes next, so that what a dead one has left can be told. */
const prefix = 'lanyard-'

/** Why no networks can be made here, in a word for the name of a skipped test; null where they can. */
export const whyNoNetworks = lacking()

function lacking(): string | null {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root'
  const missing = [
    ['ip', 'iproute2'],
    ['nft', 'nftables'],
    ['tcpdump', 'tcpdump'],
  ].flatMap(([program, name]) => (['/usr/sbin', '/usr/bin'].some((folder) => existsSync(`${folder}/${program}`)) ? [] : [name]))
  return missing.length > 0 ? `needs ${missing.join(', ')}` : null
}

/** A switch. Whoever makes one closes it, and with it go the machines that were made on it. */
export class Network {
  readonly #namespace: string
  readonly #machines = new Set<Machine>()
  #ports = 0
  #closing: Promise<void> | null = null

  private constructor(namespace: string) {
    this.#namespace = namespace
  }

  static async make(): Promise<Network> {
    await removeLeftovers()
    const namespace = `${prefix}${process.pid}-${randomBytes(3).toString('hex')}`
    await ip('netns', 'add', namespace)
    const network = new Network(namespace)
    try {
      // A plain switch: it forwards at once, and every multicast to everyone.
      await network.ip('link', 'add', 'switch', 'type', 'bridge', 'forward_delay', '0', 'mcast_snooping', '0')
      await network.ip('link', 'set', 'switch', 'up')
    } catch (error) {
      await network.close()
      throw error
    }
    return network
  }

  /** A machine plugged into this switch, with a loopback and no route to anywhere else. The switch closes it. */
  async machine(name: string, plug: Plug): Promise<Machine> {
    const machine = await Machine.make(`${this.#namespace}-${name}`)
    this.#machines.add(machine)
    await machine.plugInto(this, plug)
    return machine
  }

  /** Runs `ip` on the switch itself. */
  ip(...args: string[]): Promise<string> {
    return ip('-n', this.#namespace, ...args)
  }

  /** Rules for what the switch forwards, as a file for nft; its family is `bridge`. */
  async nft(rules: string): Promise<void> {
    await runToEnd(execFile('ip', ['netns', 'exec', this.#namespace, 'nft', '-f', '-']), rules)
  }

  /** Keeps the machines that are plugged in now from hearing each other, as a guests' Wi-Fi does. */
  async isolateClients(): Promise<void> {
    for (let port = 0; port < this.#ports; port++) {
      await this.ip('link', 'set', `port${port}`, 'type', 'bridge_slave', 'isolated', 'on')
    }
  }

  /** A cable between the switch and an interface yet to be of that namespace. Gives the name of the switch's port. */
  async cable(namespace: string, interfaceName: string): Promise<string> {
    const port = `port${this.#ports++}`
    await this.ip('link', 'add', port, 'type', 'veth', 'peer', 'name', interfaceName, 'netns', namespace)
    await this.ip('link', 'set', port, 'master', 'switch', 'up')
    return port
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#machines].map((machine) => machine.close()))
    await ip('netns', 'delete', this.#namespace)
  }
}

/** Ends what makers that live no more have left: their programs, and their namespaces. */
async function removeLeftovers(): Promise<void> {
  const names = (await ip('netns', 'list')).split('\n').map((line) => line.split(' ')[0] ?? '')
  for (const name of names) {
    const maker = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]
    if (!maker || existsSync(`/proc/${maker}`)) continue
    // Another test may be just as tidy.
    await killAllIn(name)
      .then(() => ip('netns', 'delete', name))
      .catch(() => null)
  }
}
