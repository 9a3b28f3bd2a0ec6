import type { types } from 'mediasoup'
import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import type { Payload } from '../../shared/protocol.ts'
import type { Logger } from './log.ts'
import { observeVoices, unavailable, type MediaRouter, type MediaTransport, type Routers } from './sfu.ts'

export type Voices = Payload<'voices'>['voices']

/** A producer in the room's router, and whose it is. */
export interface RoomProducer {
  producer: types.Producer
  peerId: string
}

/**
 * A room's media: its router, what is produced in it, and who is heard. Made at the first need; when its worker dies, all in it
 * is gone, `reset` says so, and the next need makes it anew.
 */
export class RoomMedia extends Emitter<{ reset: []; voices: [Voices] }> {
  readonly #sfu: Routers
  readonly #log: Logger
  readonly #producers = new Map<string, RoomProducer>()
  #opening: Promise<OpenRouter> | null = null
  #closed = false

  constructor(sfu: Routers, log: Logger) {
    super()
    this.#sfu = sfu
    this.#log = log
  }

  /** Makes the router, if there is none. Throws `mediaUnavailable`. */
  async open(): Promise<OpenRouter> {
    if (this.#closed) throw unavailable(null)
    if (!this.#opening) {
      const opening = this.#open()
      this.#opening = opening
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = null
      })
    }
    return this.#opening
  }

  async createTransport(): Promise<MediaTransport> {
    const media = await this.open()
    return media.createTransport().catch((cause: unknown) => {
      throw unavailable(cause)
    })
  }

  /** Lists a new producer until it closes, and listens to it. */
  add(producer: types.Producer, peerId: string): void {
    this.#producers.set(producer.id, { producer, peerId })
    producer.observer.once('close', () => this.#producers.delete(producer.id))
    if (producer.kind !== 'audio') return
    void this.open()
      .then(({ observer }) => observer.addProducer({ producerId: producer.id }))
      .catch((error: unknown) => {
        if (!producer.closed) this.#log.warn({ err: error }, 'a voice cannot be observed')
      })
  }

  /** Throws `producerNotFound`. */
  producer(producerId: string): RoomProducer {
    const found = this.#producers.get(producerId)
    if (!found) throw new AppError('producerNotFound', 'Nothing in this room is sent under that id')
    return found
  }

  /** Whether the router can give this producer to such a receiver. */
  async canConsume(producerId: string, rtpCapabilities: types.RtpCapabilities): Promise<boolean> {
    const { router } = await this.open()
    return router.canConsume({ producerId, rtpCapabilities })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    void this.#opening?.then(({ router }) => router.close()).catch(() => {})
  }

  async #open(): Promise<OpenRouter> {
    const made = await this.#sfu.createRouter()
    if (this.#closed) {
      made.router.close()
      throw unavailable(null)
    }
    made.router.once('workerclose', () => {
      this.#opening = null
      this.#producers.clear()
      if (!this.#closed) this.emit('reset')
    })
    const observer = await observeVoices(made.router).catch((cause: unknown) => {
      made.router.close()
      throw unavailable(cause)
    })
    observer.on('volumes', (volumes) => {
      const voices = volumes.flatMap(({ producer, volume }) => {
        const known = this.#producers.get(producer.id)
        return known ? [{ peerId: known.peerId, level: Math.max(-127, Math.min(0, Math.round(volume))) }] : []
      })
      this.emit('voices', voices)
    })
    observer.on('silence', () => this.emit('voices', []))
    return { ...made, observer }
  }
}

interface OpenRouter extends MediaRouter {
  observer: types.AudioLevelObserver
}
