import type { types } from 'mediasoup-client'
import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Member, Producer, RtpCapabilities, Source } from '../../../shared/model.ts'
import { Inbound } from './Inbound.ts'
import { Link, type LinkState } from './Link.ts'
import { Outbound } from './Outbound.ts'
import type { Signaling } from '../../../client/Signaling.ts'

type Events = { changed: []; refused: [source: Source, error: AppError] }

/** Worst first: what is said of both directions together. */
const SEVERITY: readonly LinkState['status'][] = ['failed', 'building', 'interrupted', 'ready', 'off']

/**
 * Sends one's own tracks and receives those of the others. It is told what should be (who is here, what is on) and sees to it,
 * again after every loss; so nothing here can fail a join.
 */
export class MediaEngine extends Emitter<Events> {
  readonly #signaling: Signaling
  readonly #createDevice: () => Promise<types.Device>
  readonly #sending: Link
  readonly #receiving: Link
  readonly #outbound: Record<Source, Outbound>
  /** By peer and source. */
  readonly #inbound = new Map<string, Inbound>()
  #paused: ReadonlySet<string> = new Set()

  constructor(signaling: Signaling, createDevice: () => Promise<types.Device>) {
    super()
    this.#signaling = signaling
    this.#createDevice = createDevice
    this.#sending = new Link('send', signaling)
    this.#receiving = new Link('receive', signaling)
    this.#outbound = {
      microphone: this.#makeOutbound('microphone'),
      camera: this.#makeOutbound('camera'),
      screen: this.#makeOutbound('screen'),
    }
    for (const link of [this.#sending, this.#receiving]) link.on('changed', () => this.emit('changed'))
    signaling.on('consumerClosed', ({ consumerId }) => {
      for (const inbound of this.#inbound.values()) if (inbound.consumerId === consumerId) inbound.ended()
    })
  }

  get state(): LinkState {
    const states = [this.#sending.state, this.#receiving.state]
    return states.sort((a, b) => SEVERITY.indexOf(a.status) - SEVERITY.indexOf(b.status))[0]!
  }

  /** What is sent, or will be as soon as it can be. */
  localTrack(source: Source): MediaStreamTrack | null {
    return this.#outbound[source].track
  }

  /** What is received. A picture that is paused is none; a voice that is paused stays, to be back at once. */
  track(peerId: string, source: Source): MediaStreamTrack | null {
    const inbound = this.#inbound.get(keyOf(peerId, source))
    if (!inbound || (source !== 'microphone' && this.#paused.has(inbound.producerId))) return null
    return inbound.track
  }

  /** How what is received fares, as WebRTC counts it; null where nothing is. */
  stats(peerId: string, source: Source): Promise<RTCInboundRtpStreamStats | null> {
    return this.#inbound.get(keyOf(peerId, source))?.stats() ?? Promise.resolve(null)
  }

  /** Builds everything, or everything anew, for a router with these capabilities; without `sends`, only what receives. */
  start(routerRtpCapabilities: RtpCapabilities, { sends = true } = {}): void {
    let loading: Promise<types.Device> | null = null
    // One for both directions; where it does not load, the next attempt begins with a new one.
    const load = () =>
      (loading ??= this.#loadDevice(routerRtpCapabilities).catch((error: unknown) => {
        loading = null
        throw error
      }))
    if (sends) this.#sending.open(load)
    this.#receiving.open(load)
  }

  stop(): void {
    this.#sending.off()
    this.#receiving.off()
    this.setMembers([], null)
  }

  /** Sends this track of one's own, or nothing. */
  send(source: Source, track: MediaStreamTrack | null): void {
    const outbound = this.#outbound[source]
    if (outbound.track === track) return
    outbound.track = track
    this.emit('changed')
  }

  /** Who is here, and what can be consumed of them. */
  setMembers(members: readonly Member[], selfId: string | null): void {
    const offers = new Map<string, { peerId: string; producer: Producer }>()
    const others = members.filter(({ peerId }) => peerId !== selfId)
    for (const { peerId, producers } of others)
      for (const producer of producers) offers.set(keyOf(peerId, producer.source), { peerId, producer })

    for (const [key, inbound] of this.#inbound) {
      const offer = offers.get(key)
      if (offer?.producer.producerId === inbound.producerId) continue
      this.#inbound.delete(key)
      inbound.close()
    }
    for (const [key, { peerId, producer }] of offers) {
      if (this.#inbound.has(key)) continue
      const inbound = new Inbound(peerId, producer, this.#receiving, this.#signaling)
      inbound.on('changed', () => this.emit('changed'))
      this.#inbound.set(key, inbound)
    }
    this.#paused = new Set(
      [...offers.values()].filter(({ producer }) => producer.paused).map(({ producer }) => producer.producerId),
    )
    this.emit('changed')
  }

  close(): void {
    this.stop()
    for (const outbound of Object.values(this.#outbound)) outbound.close()
    this.#sending.close()
    this.#receiving.close()
  }

  #makeOutbound(source: Source): Outbound {
    const outbound = new Outbound(source, this.#sending, this.#signaling)
    outbound.on('refused', (error) => this.emit('refused', source, error))
    return outbound
  }

  async #loadDevice(routerRtpCapabilities: RtpCapabilities): Promise<types.Device> {
    try {
      const device = await this.#createDevice()
      await device.load({ routerRtpCapabilities })
      return device
    } catch (cause) {
      throw new AppError('mediaUnavailable', 'Sound and picture do not work in this browser; everything else does', { cause })
    }
  }
}

const keyOf = (peerId: string, source: Source) => `${source} ${peerId}`
