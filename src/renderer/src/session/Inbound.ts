import type { types } from 'mediasoup-client'
import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Producer } from '../../../shared/model.ts'
import type { Link } from './Link.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from '../../../client/Signaling.ts'

/** Someone else's source, received for as long as this is open. */
export class Inbound extends Emitter<{ changed: [] }> {
  readonly producerId: string
  /** What plays in time with each other: a person's voice and face. */
  readonly #streamId: string
  readonly #link: Link
  readonly #signaling: Signaling
  readonly #receiving = new Reconciler(() => this.#step())
  readonly #off: () => void
  #consumer: types.Consumer | null = null
  #closed = false

  constructor(peerId: string, { producerId, source }: Producer, link: Link, signaling: Signaling) {
    super()
    this.producerId = producerId
    this.#streamId = source === 'screen' ? `${peerId}-screen` : peerId
    this.#link = link
    this.#signaling = signaling
    this.#off = link.on('changed', () => this.#linkChanged())
    this.#receiving.kick()
  }

  get consumerId(): string | null {
    return this.#consumer?.id ?? null
  }

  get track(): MediaStreamTrack | null {
    return this.#consumer?.track ?? null
  }

  /** As WebRTC counts it; null while there is nothing. */
  async stats(): Promise<RTCInboundRtpStreamStats | null> {
    if (!this.#consumer || this.#consumer.closed) return null
    const report = await this.#consumer.getStats()
    const stats = [...report.values()] as RTCStats[]
    return (stats.find(({ type }) => type === 'inbound-rtp') as RTCInboundRtpStreamStats | undefined) ?? null
  }

  /** The server has ended the consumer. The roster will tell whether its producer is gone; until then, once more. */
  ended(): void {
    this.#drop()
    this.#receiving.later()
  }

  /** The producer is gone; the server has ended its consumers. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#off()
    this.#receiving.close()
    this.#drop()
  }

  #linkChanged(): void {
    if (this.#consumer?.closed) this.#drop()
    this.#receiving.kick()
  }

  async #step(): Promise<void> {
    const live = this.#link.live
    if (!live || this.#consumer) return
    try {
      const { consumerId, kind, rtpParameters } = await this.#signaling.request('consume', { producerId: this.producerId })
      if (this.#closed) return this.#release(consumerId)
      if (this.#link.live !== live) return
      const consumer = await live.transport.consume({
        id: consumerId,
        producerId: this.producerId,
        kind,
        rtpParameters,
        streamId: this.#streamId,
      })
      if (this.#closed) {
        consumer.close()
        return this.#release(consumerId)
      }
      this.#consumer = consumer
      this.emit('changed')
      // Only now: the first key frame must find someone who can take it.
      await this.#signaling.request('resumeConsumer', { consumerId })
    } catch (error) {
      if (this.#link.live !== live) return
      if (this.#consumer) this.#release(this.#consumer.id)
      this.#drop()
      if (error instanceof AppError && error.code === 'transportNotFound') return this.#link.rebuild()
      throw error
    }
  }

  #drop(): void {
    const consumer = this.#consumer
    if (!consumer) return
    this.#consumer = null
    consumer.close()
    this.emit('changed')
  }

  #release(consumerId: string): void {
    this.#signaling.request('closeConsumer', { consumerId }).catch(() => {
      // Gone already, or with the connection.
    })
  }
}
