import type { types } from 'mediasoup'
import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import type { Producer, Source } from '../../shared/model.ts'
import type { Params, Value } from '../../shared/protocol.ts'
import type { RoomMedia } from './RoomMedia.ts'
import { produceOn, unavailable } from './sfu.ts'

/** What a source is made of. */
const kindOf = { microphone: 'audio', camera: 'video', screen: 'video' } as const satisfies Record<Source, 'audio' | 'video'>

/**
 * One peer's media: a transport for each direction, its producers and consumers. All of it lives in the room's router, and
 * ids of others are unknown here: whoever names one gets a named error.
 */
export class PeerMedia extends Emitter<{ changed: []; consumerClosed: [consumerId: string] }> {
  readonly #peerId: string
  readonly #room: RoomMedia
  readonly #transports = new Map<'send' | 'receive', types.WebRtcTransport>()
  readonly #producers = new Map<Source, types.Producer>()
  readonly #consumers = new Map<string, types.Consumer>()
  /** Sources that are being started, so that two at once cannot both succeed. */
  readonly #starting = new Set<Source>()
  #rtpCapabilities: types.RtpCapabilities | null = null
  #maxKbps: number | null = null
  #closed = false

  constructor(peerId: string, room: RoomMedia) {
    super()
    this.#peerId = peerId
    this.#room = room
  }

  /** What others can consume. */
  get producers(): Producer[] {
    return [...this.#producers].map(([source, { id, kind, paused }]) => ({ producerId: id, source, kind, paused }))
  }

  /** How many streams it receives. */
  get consumers(): number {
    return this.#consumers.size
  }

  async createTransport({ direction, rtpCapabilities }: Params<'createTransport'>): Promise<Value<'createTransport'>> {
    const { transport, iceCandidates } = await this.#room.createTransport()
    if (this.#closed) {
      transport.close()
      throw unavailable(null)
    }
    this.#transports.get(direction)?.close()
    this.#transports.set(direction, transport)
    if (direction === 'send') this.#slowDown(transport)
    if (direction === 'receive') this.#rtpCapabilities = (rtpCapabilities as types.RtpCapabilities | undefined) ?? null
    transport.observer.once('close', () => {
      if (this.#transports.get(direction) === transport) this.#transports.delete(direction)
    })
    return {
      transportId: transport.id,
      iceParameters: transport.iceParameters,
      iceCandidates,
      dtlsParameters: transport.dtlsParameters,
    }
  }

  async connectTransport({ transportId, dtlsParameters }: Params<'connectTransport'>): Promise<void> {
    const transport = this.#transport(transportId)
    await refusing('These DTLS parameters cannot be used', transport, () => transport.connect({ dtlsParameters }))
  }

  async restartIce(transportId: string): Promise<Value<'restartIce'>> {
    const transport = this.#transport(transportId)
    return refusing('ICE cannot be restarted', transport, async () => ({ iceParameters: await transport.restartIce() }))
  }

  async produce({ transportId, source, kind, rtpParameters, paused = false }: Params<'produce'>): Promise<string> {
    const transport = this.#transport(transportId)
    if (transport !== this.#transports.get('send')) throw new AppError('badRequest', 'That transport is for receiving')
    if (kind !== kindOf[source])
      throw new AppError('badRequest', `A ${source} is ${kindOf[source]}, not ${kind}`, { details: { path: 'kind' } })
    if (this.#producers.has(source) || this.#starting.has(source))
      throw new AppError('alreadyProducing', `Your ${source} is being sent already`)
    this.#starting.add(source)
    try {
      const producer = await refusing('These RTP parameters cannot be used', transport, () =>
        produceOn(transport, { kind, rtpParameters, paused }),
      )
      if (this.#closed || producer.closed) {
        producer.close()
        throw unavailable(null)
      }
      this.#producers.set(source, producer)
      producer.observer.once('close', () => {
        if (this.#producers.get(source) === producer) this.#producers.delete(source)
        this.#changed()
      })
      this.#room.add(producer, this.#peerId)
      this.#changed()
      return producer.id
    } finally {
      this.#starting.delete(source)
    }
  }

  /** How much may be sent in all, in kbit/s; null: no limit. Senders learn of it by their bandwidth estimation (REMB, transport-cc). */
  limit(maxKbps: number | null): void {
    if (maxKbps === this.#maxKbps) return
    this.#maxKbps = maxKbps
    const transport = this.#transports.get('send')
    if (transport) this.#slowDown(transport)
  }

  #slowDown(transport: types.WebRtcTransport): void {
    // 0 takes the limit away. A worker that dies takes the transport along.
    transport.setMaxIncomingBitrate((this.#maxKbps ?? 0) * 1_000).catch(() => {})
  }

  /** Stops what is being sent of some sources, if anything is. */
  async pauseSources(sources: Iterable<Source>): Promise<void> {
    const stopped = [...sources].map((source) => this.#producers.get(source)).filter((producer) => producer !== undefined)
    await Promise.all(stopped.map((producer) => producer.pause().catch(gone)))
    this.#changed()
  }

  sourceOf(producerId: string): Source | undefined {
    return [...this.#producers].find(([, { id }]) => id === producerId)?.[0]
  }

  async pauseProducer(producerId: string): Promise<void> {
    await this.#producer(producerId).pause().catch(gone)
    this.#changed()
  }

  async resumeProducer(producerId: string): Promise<void> {
    await this.#producer(producerId).resume().catch(gone)
    this.#changed()
  }

  closeProducer(producerId: string): void {
    this.#producer(producerId).close()
  }

  /** A paused consumer of someone else's producer. */
  async consume(producerId: string): Promise<Value<'consume'>> {
    const transport = this.#transports.get('receive')
    const rtpCapabilities = this.#rtpCapabilities
    if (!transport || !rtpCapabilities) {
      throw new AppError('transportNotFound', 'First make a transport for receiving, and say with it what you can receive')
    }
    const { producer, peerId } = this.#room.producer(producerId)
    if (peerId === this.#peerId) throw new AppError('cannotConsume', 'This is your own')
    const consumer = await refusing('This cannot be received', transport, async () => {
      if (!(await this.#room.canConsume(producerId, rtpCapabilities))) {
        throw new AppError('cannotConsume', 'Your side has no codec for this')
      }
      return transport.consume({ producerId, rtpCapabilities, paused: true })
    })
    if (this.#closed || consumer.closed) {
      consumer.close()
      throw new AppError('producerNotFound', 'It has just ended')
    }
    // One for each producer: asking again gives a new one in place of the old.
    for (const other of this.#consumers.values()) if (other.producerId === producerId) other.close()
    this.#consumers.set(consumer.id, consumer)
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id))
    consumer.once('producerclose', () => this.emit('consumerClosed', consumer.id))
    return {
      consumerId: consumer.id,
      producerId: producer.id,
      kind: consumer.kind,
      rtpParameters: consumer.rtpParameters as Value<'consume'>['rtpParameters'],
    }
  }

  async pauseConsumer(consumerId: string): Promise<void> {
    await this.#consumer(consumerId).pause().catch(gone)
  }

  /** Video starts with a key frame, which mediasoup asks the sender for. */
  async resumeConsumer(consumerId: string): Promise<void> {
    await this.#consumer(consumerId).resume().catch(gone)
  }

  closeConsumer(consumerId: string): void {
    this.#consumer(consumerId).close()
  }

  /** Closes the transports, and with them all producers and consumers. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const transport of this.#transports.values()) transport.close()
  }

  #changed(): void {
    if (!this.#closed) this.emit('changed')
  }

  #transport(transportId: string): types.WebRtcTransport {
    for (const transport of this.#transports.values()) if (transport.id === transportId) return transport
    throw new AppError('transportNotFound', 'You have no transport with that id')
  }

  #producer(producerId: string): types.Producer {
    for (const producer of this.#producers.values()) if (producer.id === producerId) return producer
    throw new AppError('producerNotFound', 'You are sending nothing under that id')
  }

  #consumer(consumerId: string): types.Consumer {
    const consumer = this.#consumers.get(consumerId)
    if (!consumer) throw new AppError('consumerNotFound', 'You are receiving nothing under that id')
    return consumer
  }
}

/** Pausing and resuming fail only with the worker. */
const gone = (cause: unknown) => {
  throw unavailable(cause)
}

/**
 * Names what mediasoup throws: `mediaUnavailable` where the transport was closed meanwhile (its worker died, it was replaced),
 * else `badRequest`, because everything else that mediasoup refuses here is what the client gave.
 */
async function refusing<T>(sentence: string, transport: types.WebRtcTransport, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    if (transport.closed) throw unavailable(cause)
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new AppError('badRequest', `${sentence}${why}`, { cause })
  }
}
