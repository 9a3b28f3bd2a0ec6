import wrtc from '@roamhq/wrtc'
import type { types } from 'mediasoup-client'
import type { CrowdSeat, Offer } from './CrowdSeat.ts'
import { nodeDevice } from './webrtc.ts'
import { Emitter } from '../../src/shared/emitter.ts'

/** libwebrtc shows black until it has decoded something; luma of black is 16. */
const BRIGHTER_THAN_BLACK = 40

/** A picture that was received. Times are of `performance.now()`, in ms. */
export interface Sight {
  producerId: string
  resumedAt: number
  firstFrameAt: number | null
}

/** Someone in a room who really encodes and decodes: libwebrtc with mediasoup-client, as a browser has it. */
export class CrowdDecoder extends Emitter<{ changed: [] }> {
  readonly sights: Sight[] = []
  readonly #seat: CrowdSeat
  readonly #device: types.Device
  readonly #transports: types.Transport[] = []
  readonly #sinks: { stop(): void }[] = []
  #closed = false

  private constructor(seat: CrowdSeat, device: types.Device) {
    super()
    this.#seat = seat
    this.#device = device
  }

  static async create(seat: CrowdSeat): Promise<CrowdDecoder> {
    const device = await nodeDevice()
    await device.load({ routerRtpCapabilities: seat.rtpCapabilities })
    return new CrowdDecoder(seat, device)
  }

  /** Sends this track from now on, as VP8. */
  async produce(track: MediaStreamTrack): Promise<void> {
    const { transportId, ...options } = await this.#seat.request('createTransport', { direction: 'send' })
    const transport = this.#watched(this.#device.createSendTransport({ ...options, id: transportId }))
    transport.on('produce', ({ kind, rtpParameters }, done, failed) => {
      this.#seat
        .request('produce', { transportId, source: 'camera', kind, rtpParameters })
        .then(({ producerId }) => done({ id: producerId }))
        .catch(failed)
    })
    const codec = this.#device.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType.toLowerCase() === 'video/vp8')
    await transport.produce({ track, stopTracks: false, ...(codec && { codec }) })
  }

  /** How many pictures have been decoded. */
  get seen(): number {
    return this.sights.filter(({ firstFrameAt }) => firstFrameAt !== null).length
  }

  /** Receives everything that others offer, now and later. */
  async consumeAll(): Promise<void> {
    const { recvRtpCapabilities: rtpCapabilities } = this.#device
    const { transportId, ...options } = await this.#seat.request('createTransport', { direction: 'receive', rtpCapabilities })
    const transport = this.#watched(this.#device.createRecvTransport({ ...options, id: transportId }))
    this.#seat.onOffer((offer) => void this.#consume(transport, offer).catch((error: unknown) => this.#failed(error)))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const sink of this.#sinks) sink.stop()
    for (const transport of this.#transports) transport.close()
    this.#seat.leave()
  }

  /** A defect of whoever uses it, unless it is the end. */
  #failed(error: unknown): void {
    if (!this.#closed) throw error
  }

  #watched<T extends types.Transport>(transport: T): T {
    this.#transports.push(transport)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.#seat.request('connectTransport', { transportId: transport.id, dtlsParameters }).then(() => done(), failed)
    })
    return transport
  }

  async #consume(transport: types.Transport, { producerId, kind }: Offer): Promise<void> {
    const { consumerId, rtpParameters } = await this.#seat.request('consume', { producerId })
    const { track } = await transport.consume({ id: consumerId, producerId, kind, rtpParameters })
    if (kind === 'video') this.#watch(track, producerId)
    await this.#seat.request('resumeConsumer', { consumerId })
  }

  #watch(track: MediaStreamTrack, producerId: string): void {
    const sight: Sight = { producerId, resumedAt: performance.now(), firstFrameAt: null }
    this.sights.push(sight)
    const sink = new wrtc.nonstandard.RTCVideoSink(track)
    this.#sinks.push(sink)
    sink.onframe = ({ frame }: { frame: { width: number; height: number; data: Uint8Array } }) => {
      const centre = (frame.height >> 1) * frame.width + (frame.width >> 1)
      if (sight.firstFrameAt !== null || (frame.data[centre] ?? 0) < BRIGHTER_THAN_BLACK) return
      sight.firstFrameAt = performance.now()
      this.emit('changed')
    }
  }
}
