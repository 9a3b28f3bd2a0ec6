import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { nonceIn, type EchoTime, type MediaTrial } from '../lan/doctor/echo.ts'
import type { Wire } from '../lan/mdns/wire.ts'
import { networkOf, pay } from './charge.ts'
import { Paced } from '../lan/Paced.ts'
import type { Routers } from './sfu.ts'
import { isLoopback } from './tls/onePort.ts'

/** What may be asked in a minute, by one network and by all; a look at everything costs some thirty. */
const IN_A_MINUTE = { one: 180, all: 1_800 }
/** What costs the server more than an answer. */
const DEAR = 5
/** Media transports at once, for one network and for all, and how long one is there, in ms. A look takes two, over UDP and TCP. */
const MOST_TRIALS = { one: 4, all: 8 }
const TRIAL_MS = 10_000
/** Questions to everyone that are remembered. */
const MOST_QUESTIONS = 200
/** Everyone is told again that often, at most; in ms. */
const ANNOUNCE_EVERY_MS = 1_000
/** How long a connection back may take, in ms. */
const CONNECT_MS = 3_000

interface Trial {
  /** Whose it is. */
  network: string
  isHeard: boolean
  /** Resolves when the worker has said all that it has heard until now. */
  settle: () => Promise<unknown>
  end: () => void
}

/** What the server does for whoever looks for the fault of a network, as `lan/doctor/echo.ts` says it: little, seldom, and for them alone. */
export class Echo {
  readonly #sfu: Pick<Routers, 'createRouter'>
  readonly #one = new RateLimiterMemory({ points: IN_A_MINUTE.one, duration: 60 })
  readonly #all = new RateLimiterMemory({ points: IN_A_MINUTE.all, duration: 60 })
  readonly #trials = new Map<string, Trial>()
  readonly #questions = new Set<string>()
  /** Whose trials are about to be there. */
  readonly #starting: string[] = []
  #announcing: Paced | null = null
  #off: (() => void) | null = null
  #closed = false

  constructor(sfu: Pick<Routers, 'createRouter'>) {
    this.#sfu = sfu
  }

  /** From now on the server is to be seen on that wire, and hears what is asked there. */
  listenOn(wire: Pick<Wire, 'on'>, announce: () => void): void {
    this.#announcing = new Paced(ANNOUNCE_EVERY_MS, announce)
    this.#off = wire.on('heard', ({ message }) => {
      for (const { name } of message.isResponse ? [] : message.questions) {
        const nonce = nonceIn(name)
        if (nonce !== null) this.#remember(nonce)
      }
    })
  }

  async time(asker: string | null): Promise<z.output<typeof EchoTime>> {
    await this.#pay(asker)
    return { now: Date.now(), isDiscoverable: this.#announcing !== null, seenAt: asker?.replace(/^::ffff:/, '') ?? null }
  }

  /** Shows the server to everyone anew. */
  async announce(asker: string | null): Promise<void> {
    await this.#pay(asker)
    this.#announcing?.due()
  }

  /** Whether someone has asked everyone that. */
  async hasHeard(asker: string | null, nonce: string): Promise<boolean> {
    await this.#pay(asker)
    return this.#questions.has(nonce)
  }

  /** A transport that is there for a moment. Throws `rateLimited`, `mediaUnavailable`. */
  async tryMedia(asker: string | null): Promise<MediaTrial> {
    await this.#pay(asker, DEAR)
    const network = networkOf(asker)
    const networks = [...this.#starting, ...[...this.#trials.values()].map((trial) => trial.network)]
    if (networks.length >= MOST_TRIALS.all || networks.filter((one) => one === network).length >= MOST_TRIALS.one)
      throw new AppError('rateLimited', 'Others try the media port just now; wait a little', {
        details: { retryAfterMs: TRIAL_MS },
      })
    this.#starting.push(network)
    try {
      const made = await this.#sfu.createRouter({ mayStartWorker: false })
      const { router } = made
      const { transport, iceCandidates } = await made.createTransport().catch((error: unknown) => {
        router.close()
        throw error
      })
      const patience = setTimeout(() => router.close(), TRIAL_MS)
      const trial: Trial = {
        network,
        isHeard: false,
        settle: () => transport.getStats().catch(() => null),
        end: () => router.close(),
      }
      router.observer.once('close', () => {
        clearTimeout(patience)
        this.#trials.delete(transport.id)
      })
      transport.on('icestatechange', (state) => {
        if (state === 'connected' || state === 'completed') trial.isHeard = true
      })
      if (this.#closed) router.close()
      else this.#trials.set(transport.id, trial)
      const { usernameFragment, password } = transport.iceParameters
      const candidates = iceCandidates.map(({ protocol, address, port }) => ({ protocol, address, port }))
      return { trialId: transport.id, usernameFragment, password, candidates }
    } finally {
      this.#starting.splice(this.#starting.indexOf(network), 1)
    }
  }

  /** Whether anything has come to that transport; it is closed. */
  async endTrial(asker: string | null, trialId: string): Promise<boolean> {
    await this.#pay(asker)
    const trial = this.#trials.get(trialId)
    if (!trial) return false
    await trial.settle()
    // mediasoup hands on what it was told a turn after the answers that came with it.
    await setImmediate()
    trial.end()
    return trial.isHeard
  }

  /** Whether the asker answers at one of its own ports with that greeting. Throws `forbidden` where it is not sure whose port it is. */
  async connectBack(asker: string | null, port: number, greeting: string): Promise<boolean> {
    await this.#pay(asker, DEAR)
    if (asker === null || isLoopback(asker))
      throw new AppError('forbidden', 'The server connects only to others, who come by themselves')
    return answersAt(asker, port, greeting)
  }

  close(): void {
    this.#closed = true
    this.#off?.()
    this.#announcing?.close()
    for (const { end } of this.#trials.values()) end()
  }

  #pay(asker: string | null, points = 1): Promise<void> {
    const shares = [
      [this.#one, networkOf(asker)],
      [this.#all, 'all'],
    ] as const
    return pay(shares, 'The network was looked at very often; wait a minute', points)
  }

  #remember(nonce: string): void {
    this.#questions.add(nonce)
    const [oldest] = this.#questions
    if (this.#questions.size > MOST_QUESTIONS && oldest !== undefined) this.#questions.delete(oldest)
  }
}

function answersAt(host: string, port: number, greeting: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    let said = ''
    const end = (reached: boolean) => {
      clearTimeout(patience)
      socket.destroy()
      resolve(reached)
    }
    const patience = setTimeout(() => end(false), CONNECT_MS)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      said += text
      if (said.length >= greeting.length) end(said === greeting)
    })
    socket.on('error', () => end(false))
    socket.on('end', () => end(said === greeting))
  })
}
