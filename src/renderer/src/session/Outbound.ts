import type { types } from 'mediasoup-client'
import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Source } from '../../../shared/model.ts'
import type { Link, Live } from './Link.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from '../../../client/Signaling.ts'

/** Bits per second that a picture may take: people in motion at 720p, letters at full size. */
const CAMERA_BITRATE = 1_500_000
const SCREEN_BITRATE = 2_500_000
/** kbit/s to begin with; the browser's own 300 would show a blurred picture for the first seconds. */
const START_KBPS = 1_000

/**
 * One of one's own sources, as the others receive it. A microphone or a camera that goes off is paused and keeps its producer;
 * a screen ends.
 */
export class Outbound extends Emitter<{ refused: [AppError] }> {
  readonly #source: Source
  readonly #link: Link
  readonly #signaling: Signaling
  readonly #sending = new Reconciler(() => this.#step())
  #track: MediaStreamTrack | null = null
  #producer: types.Producer | null = null

  constructor(source: Source, link: Link, signaling: Signaling) {
    super()
    this.#source = source
    this.#link = link
    this.#signaling = signaling
    link.on('changed', () => this.#sending.kick())
  }

  get track(): MediaStreamTrack | null {
    return this.#track
  }

  /** Sends this track as soon as it can be sent; null sends nothing. The track stays the caller's. */
  set track(track: MediaStreamTrack | null) {
    if (track === this.#track) return
    this.#track = track
    this.#sending.kick()
  }

  close(): void {
    this.#sending.close()
  }

  async #step(): Promise<void> {
    const live = this.#link.live
    if (!live) return
    try {
      const producer = this.#producer?.closed ? null : this.#producer
      if (this.#track && !producer) await this.#produce(live, this.#track)
      else if (this.#track && producer) await this.#resume(producer, this.#track)
      else if (producer) await (this.#source === 'screen' ? this.#end(producer) : this.#pause(producer))
    } catch (thrown) {
      if (this.#link.live === live) this.#failed(thrown)
    }
  }

  async #produce(live: Live, track: MediaStreamTrack): Promise<void> {
    this.#producer = await live.transport.produce({
      track,
      appData: { source: this.#source },
      // The track is not the producer's: whoever opened it stops it.
      stopTracks: false,
      disableTrackOnPause: false,
      ...(this.#source === 'microphone' ? voice : picture(live, this.#source === 'camera' ? CAMERA_BITRATE : SCREEN_BITRATE)),
    })
    // What was wished for meanwhile.
    if (this.#track !== track) this.#sending.kick()
  }

  async #resume(producer: types.Producer, track: MediaStreamTrack): Promise<void> {
    await producer.replaceTrack({ track })
    if (!producer.paused) return
    await this.#signaling.request('resumeProducer', { producerId: producer.id })
    producer.resume()
  }

  async #pause(producer: types.Producer): Promise<void> {
    if (producer.paused) return
    await producer.replaceTrack({ track: null })
    await this.#signaling.request('pauseProducer', { producerId: producer.id })
    producer.pause()
  }

  async #end(producer: types.Producer): Promise<void> {
    producer.close()
    await this.#signaling.request('closeProducer', { producerId: producer.id })
  }

  #failed(thrown: unknown): void {
    const code = thrown instanceof AppError ? thrown.code : null
    switch (code) {
      case 'forbidden':
        this.#track = null
        this.emit('refused', AppError.from(thrown))
        break
      case 'producerNotFound':
        this.#producer?.close()
        this.#sending.kick()
        break
      // The server has a producer that this side does not know: one whose answer was lost.
      case 'alreadyProducing':
      case 'transportNotFound':
        this.#link.rebuild()
        break
      default:
        throw thrown
    }
  }
}

const voice = { codecOptions: { opusStereo: false, opusDtx: true, opusFec: true } } satisfies types.ProducerOptions

function picture({ device }: Live, maxBitrate: number): types.ProducerOptions {
  const codec = device.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType.toLowerCase() === 'video/vp8')
  return { encodings: [{ maxBitrate }], codecOptions: { videoGoogleStartBitrate: START_KBPS }, ...(codec && { codec }) }
}
