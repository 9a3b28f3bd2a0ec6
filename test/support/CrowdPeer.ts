import type { CrowdSeat, Offer } from './CrowdSeat.ts'
import { asksForKeyFrame, crowdCapabilities, GreyVideo, isRtcp, SilentAudio, ssrcOf, startsKeyFrame } from './CrowdRtp.ts'
import { CrowdTransport } from './CrowdTransport.ts'
import { Emitter } from '../../src/shared/emitter.ts'

const OPUS_FRAME_MS = 20

/** What has come of one consumer. Times are of `performance.now()`, in ms. */
export interface Reception {
  producerId: string
  kind: 'audio' | 'video'
  resumedAt: number
  firstKeyFrameAt: number | null
  packets: number
}

export interface CrowdOptions {
  /** Whether it sends a silent microphone beside its grey picture. */
  audio?: boolean
  /** Time between two frames of its picture, in ms. */
  frameMs?: number
  /** A key-frame request that comes sooner after one that was heeded is ignored, as libwebrtc does with 300; in ms. */
  keyFrameIntervalMs?: number
}

/**
 * Someone in a room who sends and receives real packets over real ICE, DTLS and SRTP, but neither encodes nor decodes: many of
 * them fit where one browser does.
 */
export class CrowdPeer extends Emitter<{ changed: [] }> {
  readonly receptions: Reception[] = []
  readonly #seat: CrowdSeat
  readonly #options: Required<CrowdOptions>
  readonly #transports: CrowdTransport[] = []
  readonly #bySsrc = new Map<number, Reception>()
  readonly #timers: NodeJS.Timeout[] = []
  /** Sends a frame, once there is somewhere to send it to. */
  #show: (key: boolean) => void = () => {}
  #heededAt = -Infinity
  #closed = false

  constructor(seat: CrowdSeat, { audio = false, frameMs = 100, keyFrameIntervalMs = 0 }: CrowdOptions = {}) {
    super()
    this.#seat = seat
    this.#options = { audio, frameMs, keyFrameIntervalMs }
  }

  /** Sends from now on. */
  async produce(): Promise<void> {
    const { transport, transportId } = await this.#connect('send', (packet) => {
      if (isRtcp(packet) && asksForKeyFrame(packet)) this.#keyFrameAsked()
    })
    const video = new GreyVideo()
    await this.#seat.request('produce', { transportId, source: 'camera', kind: 'video', rtpParameters: video.rtpParameters })
    this.#show = (key) => {
      for (const packet of video.frame(key, performance.now())) transport.send(packet)
    }
    this.#show(true)
    this.#every(this.#options.frameMs, () => this.#show(false))
    if (!this.#options.audio) return
    const audio = new SilentAudio()
    await this.#seat.request('produce', { transportId, source: 'microphone', kind: 'audio', rtpParameters: audio.rtpParameters })
    this.#every(OPUS_FRAME_MS, () => transport.send(audio.frame()))
  }

  /** How many pictures have begun with a key frame. */
  get seen(): number {
    return this.receptions.filter(({ firstKeyFrameAt }) => firstKeyFrameAt !== null).length
  }

  /** Receives everything that others offer, now and later. */
  async consumeAll(): Promise<void> {
    await this.#connect('receive', (packet) => this.#hear(packet))
    this.#seat.onOffer((offer) => void this.#consume(offer).catch((error: unknown) => this.#failed(error)))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const transport of this.#transports) transport.close()
    this.#seat.leave()
  }

  async #connect(direction: 'send' | 'receive', hear: (packet: Buffer) => void) {
    const { transportId, ...remote } = await this.#seat.request('createTransport', {
      direction,
      ...(direction === 'receive' && { rtpCapabilities: crowdCapabilities }),
    })
    if (this.#closed) throw new Error('left meanwhile')
    const transport = new CrowdTransport(remote, hear)
    this.#transports.push(transport)
    await this.#seat.request('connectTransport', { transportId, dtlsParameters: transport.dtlsParameters })
    await transport.ready
    return { transport, transportId }
  }

  async #consume({ producerId }: Offer): Promise<void> {
    const { consumerId, kind, rtpParameters } = await this.#seat.request('consume', { producerId })
    const reception: Reception = { producerId, kind, resumedAt: performance.now(), firstKeyFrameAt: null, packets: 0 }
    this.#bySsrc.set(rtpParameters.encodings?.[0]?.ssrc ?? 0, reception)
    this.receptions.push(reception)
    await this.#seat.request('resumeConsumer', { consumerId })
  }

  #hear(packet: Buffer): void {
    if (isRtcp(packet)) return
    const reception = this.#bySsrc.get(ssrcOf(packet))
    if (!reception) return
    reception.packets += 1
    if (reception.kind === 'audio' || reception.firstKeyFrameAt !== null || !startsKeyFrame(packet)) return
    reception.firstKeyFrameAt = performance.now()
    this.emit('changed')
  }

  /** Gives one at once, unless another was asked for a moment ago. */
  #keyFrameAsked(): void {
    const now = performance.now()
    if (now - this.#heededAt < this.#options.keyFrameIntervalMs) return
    this.#heededAt = now
    this.#show(true)
  }

  /** A defect of whoever uses it, unless it is the end. */
  #failed(error: unknown): void {
    if (!this.#closed) throw error
  }

  #every(ms: number, act: () => void): void {
    if (!this.#closed) this.#timers.push(setInterval(act, ms))
  }
}
