import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { Capture } from './Capture.ts'
import { ip, killAllIn, runToEnd } from './namespace.ts'
import type { Network } from './Network.ts'

/** How a machine is plugged into a network. */
export interface Plug {
  /** With the length of the prefix: `10.77.0.1/24`, `fd77::1/64`. Each interface has a link-local one of IPv6 besides. */
  addresses: string[]
  /** The address that leads elsewhere. Without one nothing does. */
  gateway?: string
  /** The interface's name; eth0, eth1, … without. */
  interfaceName?: string
}

interface Socket {
  network: Network
  interfaceName: string
  /** The switch's end of the cable. */
  port: string
  addresses: string[]
}

/** A machine of a test's own network: what runs on it has only the interfaces that it was given. */
export class Machine {
  readonly namespace: string
  readonly #sockets: Socket[] = []
  readonly #running = new Set<ChildProcess>()
  #closing: Promise<void> | null = null

  private constructor(namespace: string) {
    this.namespace = namespace
  }

  static async make(namespace: string): Promise<Machine> {
    await ip('netns', 'add', namespace)
    const machine = new Machine(namespace)
    await machine.ip('link', 'set', 'lo', 'up')
    // Addresses of IPv6 serve at once, without a second of asking who else has them.
    await machine.sysctl('net/ipv6/conf/all/accept_dad', '0')
    await machine.sysctl('net/ipv6/conf/default/accept_dad', '0')
    return machine
  }

  /** Gives the machine an interface on that network. */
  async plugInto(network: Network, { addresses, gateway, interfaceName = `eth${this.#sockets.length}` }: Plug): Promise<void> {
    const port = await network.cable(this.namespace, interfaceName)
    const socket = { network, interfaceName, port, addresses: [] }
    this.#sockets.push(socket)
    await this.ip('link', 'set', interfaceName, 'up')
    await this.#address(socket, addresses)
    if (gateway) await this.ip('route', 'add', 'default', 'via', gateway)
  }

  /** Pulls the cable out of the switch. */
  async plugOut(network = this.#home.network): Promise<void> {
    await network.ip('link', 'set', this.#socket(network).port, 'down')
  }

  /** Puts the cable back. */
  async plugIn(network = this.#home.network): Promise<void> {
    await network.ip('link', 'set', this.#socket(network).port, 'up')
  }

  /** Other addresses instead of those that the interface was given. */
  async changeAddresses(addresses: string[], network = this.#home.network): Promise<void> {
    await this.#address(this.#socket(network), addresses)
  }

  /** Starts a program here. It ends with the machine at the latest. */
  run(command: string, args: string[] = [], options: SpawnOptions = {}): ChildProcess {
    // `ip netns exec` becomes the program, so the child's process id is the program's.
    const child = spawn('ip', ['netns', 'exec', this.namespace, command, ...args], options)
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    return child
  }

  /** Runs a program to its end. Gives what it prints. @throws what it complained of, where it failed */
  output(command: string, args: string[] = [], input = ''): Promise<string> {
    return runToEnd(this.run(command, args), input)
  }

  /** Runs `ip` on this machine: routes, links, addresses. */
  ip(...args: string[]): Promise<string> {
    return ip('-n', this.namespace, ...args)
  }

  /** A firewall's rules, as a file for nft. */
  async nft(rules: string): Promise<void> {
    await this.output('nft', ['-f', '-'], rules)
  }

  /** Sets one of /proc/sys, as `net/ipv6/conf/all/disable_ipv6`. */
  async sysctl(name: string, value: string): Promise<void> {
    await this.output('tee', [`/proc/sys/${name}`], value)
  }

  /** Keeps what goes over one interface and matches, in the words of pcap-filter(7), from now on. */
  capture(filter: string, network = this.#home.network): Promise<Capture> {
    const { interfaceName } = this.#socket(network)
    // -n: no names, -p: only what this machine would hear, -U: each packet at once.
    const args = ['-n', '-p', '-U', '--immediate-mode', '-s', '0', '-i', interfaceName, '-w', '-', filter]
    return Capture.of(this.run('tcpdump', args))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const ended = [...this.#running].map((child) => once(child, 'close'))
    await killAllIn(this.namespace)
    await Promise.all(ended)
    await ip('netns', 'delete', this.namespace)
  }

  async #address(socket: Socket, addresses: string[]): Promise<void> {
    const { interfaceName } = socket
    const gone = socket.addresses
    socket.addresses = addresses
    for (const address of gone) await this.ip('address', 'delete', address, 'dev', interfaceName)
    for (const address of addresses) await this.ip('address', 'add', address, 'dev', interfaceName)
  }

  get #home(): Socket {
    return this.#sockets[0]!
  }

  #socket(network: Network): Socket {
    return this.#sockets.find((socket) => socket.network === network)!
  }
}
