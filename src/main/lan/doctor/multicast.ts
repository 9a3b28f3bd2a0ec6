import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { Interfaces } from '../Interfaces.ts'
import { allServices, readClaims } from '../mdns/service.ts'
import { Multicast } from '../mdns/Multicast.ts'
import type { Heard as HeardMessage } from '../mdns/wire.ts'
import type { Check, Judgement } from './Check.ts'
import { askEcho, Heard, questionOf, type EchoAbout } from './echo.ts'

/** What was heard of multicast DNS. */
export interface HeardMulticast {
  /** Interfaces with families, as `eth0/4`. */
  links: string[]
  /** Another program keeps the port of multicast DNS to itself. */
  isPortTaken: boolean
  /** The system's error codes of what could not be sent. */
  errors: string[]
  /** Whether this computer has heard itself. */
  own: boolean
  /** Addresses of others that were heard, but for the server. */
  others: string[]
  /** What went from the server here, and from here to the server; null where there is none to try with. */
  server: { came: boolean; arrived: boolean } | null
}

/** A network may lose what goes to everyone: so often is it sent, this far apart. In ms. */
const ROUNDS = 3
const ROUND_MS = 1_100
/** After what was sent, until it is asked for. In ms. */
const TRAVEL_MS = 300

/** Whether servers are seen without typing an address: multicast DNS, out and in. */
export const multicast: Check<'multicast'> = {
  name: 'multicast',
  skipped: 'This computer is on no network.',
  async probe({ addresses }, { server }) {
    if (addresses.every(({ kind }) => kind === 'loopback')) return null
    const listening = new Listening(server?.isDiscoverable ? server : null)
    try {
      for (let round = 0; round < ROUNDS && !listening.isAllHeard; round++) await listening.try()
      return listening.heard
    } finally {
      listening.close()
    }
  },
  judge: judgeMulticast,
}

export function judgeMulticast({ own, others, server, isPortTaken, errors }: HeardMulticast): Judgement {
  if (server) {
    const { came, arrived } = server
    if (came && arrived) return { status: 'ok', detail: 'What is sent to everyone goes both ways.' }
    if (arrived && isPortTaken)
      return {
        status: 'warning',
        detail: 'Another program keeps the port of discovery (UDP 5353) to itself, so little is heard.',
      }
    if (arrived) return { status: 'failed', detail: 'What the server sends to everyone does not come here.' }
    if (came) return { status: 'failed', detail: 'What this computer sends to everyone does not come to the server.' }
    return { status: 'failed', detail: 'What is sent to everyone goes neither way between this computer and the server.' }
  }
  if (isPortTaken)
    return { status: 'warning', detail: 'Another program keeps the port of discovery (UDP 5353) to itself, so little is heard.' }
  if (!own) {
    const why = errors.length > 0 ? ` (${errors.join(', ')})` : ''
    return { status: 'failed', detail: `This computer does not even hear what it sends to everyone itself${why}.` }
  }
  return others.length > 0
    ? {
        status: 'ok',
        detail: `Others are heard on this network (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}).`,
      }
    : { status: 'ok', detail: 'This computer hears what it sends to everyone, and nobody else. There may be nobody.' }
}

/** A look of a few seconds. */
class Listening {
  readonly #server: EchoAbout | null
  readonly #interfaces = new Interfaces()
  readonly #nonce = randomBytes(8).toString('hex')
  readonly #errors = new Set<string>()
  readonly #wire: Multicast
  readonly #others = new Set<string>()
  #own = false
  #came = false
  #arrived = false

  constructor(server: EchoAbout | null) {
    this.#server = server
    this.#wire = new Multicast(this.#interfaces, { warn: (about) => this.#errors.add(String((about as { code?: string }).code)) })
    this.#wire.on('heard', (heard) => this.#hear(heard))
  }

  get heard(): HeardMulticast {
    const { links } = this.#wire
    return {
      links: links.map(({ id }) => id),
      isPortTaken: links.length > 0 && links.every(({ asksOnly }) => asksOnly),
      errors: [...this.#errors],
      own: this.#own,
      others: [...this.#others],
      server: this.#server && { came: this.#came, arrived: this.#arrived },
    }
  }

  /** Nothing more would be learned. */
  get isAllHeard(): boolean {
    return this.#own && (this.#server ? this.#came && this.#arrived : this.#others.size > 0)
  }

  async try(): Promise<void> {
    const began = performance.now()
    // The first time, until the sockets are open.
    await delay(TRAVEL_MS / 3)
    const questions = [
      { name: questionOf(this.#nonce), type: 'TXT' },
      { name: allServices, type: 'PTR' },
    ]
    for (const link of this.#wire.links) void this.#wire.send({ id: 0, isResponse: false, questions, records: [] }, link)
    if (this.#server) await this.#askServer(this.#server)
    const left = ROUND_MS - (performance.now() - began)
    if (!this.isAllHeard && left > 0) await delay(left)
  }

  close(): void {
    this.#wire.close()
    this.#interfaces.close()
  }

  async #askServer({ endpoint, fingerprint }: EchoAbout): Promise<void> {
    if (!this.#came) await askEcho(endpoint, fingerprint, ['POST', '/announcement'], z.object({}))
    await delay(TRAVEL_MS)
    if (!this.#arrived) this.#arrived = (await askEcho(endpoint, fingerprint, ['GET', `/question/${this.#nonce}`], Heard)).heard
  }

  #hear({ message, source, link }: HeardMessage): void {
    const address = source.replace(/%.*/, '')
    if (link.addresses.some((own) => own.address === address)) this.#own = true
    else if (this.#isServer(message)) this.#came = true
    else this.#others.add(address)
  }

  #isServer(message: HeardMessage['message']): boolean {
    const isSame = ({ fingerprint }: { fingerprint: Fingerprint }) => fingerprint === this.#server?.fingerprint
    return message.isResponse && readClaims(message).claims.some(isSame)
  }
}
