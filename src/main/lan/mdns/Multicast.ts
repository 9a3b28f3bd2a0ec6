import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { Emitter } from '../../../shared/emitter.ts'
import type { Interfaces } from '../Interfaces.ts'
import { isLinkLocal, isOnNetworkOf, type LocalAddress } from '../localAddresses.ts'
import type { Log } from '../log.ts'
import { Intake } from './Intake.ts'
import { readMessage, writeMessage, type Message } from './message.ts'
import type { Heard, Link, Wire } from './wire.ts'

/** RFC 6762, section 3. */
export const mdnsPort = 5353
const groups = { 4: '224.0.0.251', 6: 'ff02::fb' } as const
/** Of the best: one machine may have a hundred, for its containers. */
const mostLinks = 16
/** After a port was refused. In ms. */
const tryAgainAfter = 10_000
/** How long a packet that came by several sockets is known to be the same. Honest repetitions are a second apart. In ms. */
const sameWithin = 200
const mostRemembered = 256

interface Opened {
  link: Link
  socket: Socket
  /** What makes it another socket: the address that multicast goes out by. */
  via: string
}

/** Multicast DNS on each of this machine's networks, over IPv4 and IPv6. Nothing here throws: what fails is in the log. */
export class Multicast extends Emitter<{ heard: [Heard]; changed: []; woke: [] }> implements Wire {
  readonly #interfaces: Interfaces
  readonly #log: Log
  readonly #opened = new Map<string, Opened>()
  /** What was heard lately, by sender and content, and when. */
  readonly #lately = new Map<string, number>()
  /** The links and failures that are in the log. */
  readonly #complainedOf = new Set<string>()
  readonly #retry: NodeJS.Timeout
  readonly #offs: (() => void)[]
  readonly #isKnown: (fingerprint: string) => boolean
  /** For what is about servers of ours, and for all the rest: printers and the like are many, and of little concern. */
  readonly #ours = new Intake(performance.now())
  readonly #others = new Intake(performance.now())
  #isClosed = false
  #malformed = 0

  /** Servers that are known are listened to even when very much is to be heard. */
  constructor(interfaces: Interfaces, log: Log, isKnown: (fingerprint: string) => boolean = () => false) {
    super()
    this.#isKnown = isKnown
    this.#interfaces = interfaces
    this.#log = log
    this.#offs = [interfaces.on('changed', () => this.#openAll()), interfaces.on('woke', () => this.#reopenAll())]
    this.#retry = setInterval(() => this.#openRefused(), tryAgainAfter)
    this.#retry.unref()
    this.#openAll()
  }

  get links(): readonly Link[] {
    return [...this.#opened.values()].map(({ link }) => link)
  }

  /** Packets that were no messages. */
  get malformed(): number {
    return this.#malformed
  }

  send(message: Message, link: Link): Promise<void> {
    const opened = this.#opened.get(link.id)
    return opened ? this.#send(message, opened, mdnsPort, groups[familyOf(link)]) : Promise.resolve()
  }

  reply(message: Message, { link, port, source }: Heard): Promise<void> {
    const opened = this.#opened.get(link.id)
    return opened ? this.#send(message, opened, port, source) : Promise.resolve()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#retry)
    for (const off of this.#offs) off()
    for (const id of this.#opened.keys()) this.#closeLink(id)
  }

  #openAll(): void {
    const wanted = wantedLinks(this.#interfaces.addresses)
    for (const [id, { via }] of this.#opened) if (wanted.get(id)?.via !== via) this.#closeLink(id)
    for (const [id, { link, via }] of wanted) {
      const opened = this.#opened.get(id)
      if (opened) opened.link = { ...link, asksOnly: opened.link.asksOnly }
      else this.#openLink(link, via)
    }
    this.emit('changed')
  }

  /** A machine that has slept may be on another network, and its sockets no members of any group. */
  #reopenAll(): void {
    for (const id of this.#opened.keys()) this.#closeLink(id)
    this.#openAll()
    this.emit('woke')
  }

  #openRefused(): void {
    const refused = [...this.#opened.values()].filter(({ link }) => link.asksOnly)
    const missing = wantedLinks(this.#interfaces.addresses).size - this.#opened.size
    for (const { link } of refused) this.#closeLink(link.id)
    if (refused.length > 0 || missing > 0) this.#openAll()
  }

  #openLink(link: Link, via: string): void {
    const family = familyOf(link)
    const socket = createSocket({ type: `udp${family}`, reuseAddr: !link.asksOnly, ipv6Only: family === 6 })
    const opened: Opened = { link, socket, via }
    this.#opened.set(link.id, opened)
    socket.on('message', (bytes, from) => this.#hear(bytes, from, opened))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#complain(link, error)
      if (this.#opened.get(link.id) !== opened) return
      this.#closeLink(link.id)
      // Whoever has the port for itself answers nobody else: with another port one can still ask.
      if (error.code === 'EADDRINUSE' && !link.asksOnly) this.#openLink({ ...link, asksOnly: true }, via)
    })
    socket.bind({ port: link.asksOnly ? 0 : mdnsPort, exclusive: true }, () => {
      if (this.#opened.get(link.id) !== opened) return
      try {
        socket.setMulticastInterface(via)
        socket.setMulticastTTL(255)
        socket.setMulticastLoopback(true)
        if (!link.asksOnly) socket.addMembership(groups[family], via)
        this.emit('changed')
      } catch (error) {
        socket.emit('error', error)
      }
    })
  }

  #closeLink(id: string): void {
    const opened = this.#opened.get(id)
    this.#opened.delete(id)
    opened?.socket.close()
  }

  #send(message: Message, { link, socket }: Opened, port: number, address: string): Promise<void> {
    return new Promise((resolve) => {
      socket.send(writeMessage(message), port, address, (error) => {
        if (error) this.#complain(link, error)
        resolve()
      })
    })
  }

  /** Once: what fails is tried again and again. */
  #complain({ id }: Link, { code, message }: NodeJS.ErrnoException): void {
    const complaint = `${id} ${code}`
    if (this.#complainedOf.has(complaint)) return
    this.#complainedOf.add(complaint)
    this.#log.warn({ link: id, code, error: message }, 'discovery does not work on one network')
  }

  #hear(bytes: Buffer, { address: source, port }: RemoteInfo, opened: Opened): void {
    const link = this.#linkOf(source, opened.link)
    const text = bytes.toString('latin1')
    if (!link || port === 0 || this.#heardLately(`${source} ${port} ${text}`) || !this.#admits(text, source)) return
    const message = readMessage(bytes)
    // RFC 6762, section 6: answers come from the port of Multicast DNS, or are no answers.
    if (message && !(message.isResponse && port !== mdnsPort)) this.emit('heard', { message, source, port, link })
    else this.#malformed++
  }

  /** All names stand somewhere in a packet in full. */
  #admits(text: string, source: string): boolean {
    const intake = /_lanyard|lanyard-|_dns-sd/i.test(text) ? this.#ours : this.#others
    const [, fingerprint] = /fp=([0-9a-f]{64})/.exec(text) ?? []
    const isExpected = fingerprint !== undefined && this.#isKnown(fingerprint)
    return intake.admits({ source, length: text.length, isExpected }, performance.now())
  }

  /**
   * The link that a packet came by: a socket may hear what is for another one. Null where the sender is on no network of ours, so
   * that nobody can speak from afar (section 11).
   */
  #linkOf(source: string, heardBy: Link): Link | null {
    const family = familyOf(heardBy)
    const zone = source.split('%')[1]
    const links = [heardBy, ...this.links].filter((link) => familyOf(link) === family)
    const fits = ({ id, addresses }: Link) =>
      zone === undefined
        ? addresses.some((address) => isOnNetworkOf(source, address))
        : id === `${zone}/6` || addresses.some(({ scopeId }) => `${scopeId}` === zone)
    // Whoever gave itself an address because nobody gave it one is here all the same.
    return links.find(fits) ?? (isLinkLocal(source) ? heardBy : null)
  }

  #heardLately(key: string): boolean {
    const now = performance.now()
    for (const [known, at] of this.#lately) {
      if (now - at < sameWithin && this.#lately.size < mostRemembered) break
      this.#lately.delete(known)
    }
    if (this.#lately.has(key)) return true
    this.#lately.set(key, now)
    return false
  }
}

function familyOf({ id }: Link): 4 | 6 {
  return id.endsWith('/4') ? 4 : 6
}

/** The best links that could be, and the address of each by which multicast goes out. */
function wantedLinks(addresses: readonly LocalAddress[]): Map<string, { link: Link; via: string }> {
  const wanted = new Map<string, { link: Link; via: string }>()
  for (const { interfaceName, family, address, kind } of addresses) {
    const id = `${interfaceName}/${family}`
    if (kind === 'loopback' || wanted.has(id) || wanted.size === mostLinks) continue
    const own = addresses.filter((other) => other.interfaceName === interfaceName)
    const scopeId = own.find((other) => other.scopeId !== null)?.scopeId
    // Windows wants an interface's number, others its name.
    const via = family === 4 ? address : `::%${process.platform === 'win32' ? (scopeId ?? 0) : interfaceName}`
    wanted.set(id, { link: { id, addresses: own, asksOnly: false }, via })
  }
  return wanted
}
