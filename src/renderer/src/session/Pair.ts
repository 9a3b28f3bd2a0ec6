import { Emitter } from '../../../shared/emitter.ts'
import type { CallSignal, Sent } from './callSignal.ts'
import type { DeviceKind } from './capture.ts'

/** How long a connection may take to come about, and to come back, in ms. */
export interface PairPatience {
  connectMs: number
  restartMs: number
}

export type PairState = 'connecting' | 'connected' | 'interrupted' | 'lost'

type Word = Omit<CallSignal, 'callId'>

export interface PairOptions {
  /** Of two who offer at once, the polite one gives way. */
  isPolite: boolean
  tell: (word: Word) => void
  patience?: PairPatience
}

const KINDS = { microphone: 'audio', camera: 'video' } as const satisfies Record<DeviceKind, string>

/**
 * The direct connection to one other person: microphone and camera, both ways, from the beginning; which of them is on is told
 * beside it, so that a switch needs no new offer. Negotiated as in https://www.w3.org/TR/webrtc/#perfect-negotiation-example.
 */
export class Pair extends Emitter<{ changed: [] }> {
  readonly #connection = new RTCPeerConnection()
  readonly #options: PairOptions
  readonly #patience: PairPatience
  readonly #own: Record<DeviceKind, MediaStreamTrack | null> = { microphone: null, camera: null }
  #state: PairState = 'connecting'
  #sent: Sent = { microphone: false, camera: false }
  #isOffering = false
  #ignoresOffer = false
  /** What came is taken in order, each after the one before. */
  #turn: Promise<void> = Promise.resolve()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: PairOptions) {
    super()
    this.#options = options
    this.#patience = options.patience ?? { connectMs: 25_000, restartMs: 12_000 }
    const connection = this.#connection
    connection.onnegotiationneeded = () => void this.#offer()
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) options.tell({ candidate: candidate.toJSON() })
    }
    connection.onconnectionstatechange = () => this.#connectionChanged()
    this.#giveUpAfter(this.#patience.connectMs)
    // One of them makes the two lines of media; the other one takes them from the offer.
    if (options.isPolite) return
    for (const kind of Object.values(KINDS)) connection.addTransceiver(kind, { direction: 'sendrecv' })
  }

  get state(): PairState {
    return this.#state
  }

  /** What the other one says is on. */
  get sent(): Sent {
    return this.#sent
  }

  /** What is received; null while it is off there. */
  track(kind: DeviceKind): MediaStreamTrack | null {
    return this.#sent[kind] ? (this.#transceiver(kind)?.receiver.track ?? null) : null
  }

  /** Sends this track, or nothing. */
  send(kind: DeviceKind, track: MediaStreamTrack | null): void {
    if (this.#own[kind] === track) return
    this.#own[kind] = track
    this.#attach(kind)
  }

  hear(word: Word): void {
    if (word.sent) {
      this.#sent = word.sent
      return this.emit('changed')
    }
    this.#turn = this.#turn
      .then(() => this.#take(word))
      .catch(() => {
        // A description that does not fit leaves the connection as it is; where that leads nowhere, time is up in the end.
      })
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#state = 'lost'
    this.#connection.close()
  }

  async #offer(): Promise<void> {
    this.#isOffering = true
    try {
      await this.#connection.setLocalDescription()
      this.#tellDescription()
    } catch {
      // Closed meanwhile, or the other one's offer came first.
    } finally {
      this.#isOffering = false
    }
  }

  async #take({ description, candidate }: Word): Promise<void> {
    const connection = this.#connection
    if (this.#state === 'lost') return
    if (candidate) {
      await connection.addIceCandidate(candidate).catch((error: unknown) => {
        if (!this.#ignoresOffer) throw error
      })
    } else if (description) {
      const collides = description.type === 'offer' && (this.#isOffering || connection.signalingState !== 'stable')
      this.#ignoresOffer = collides && !this.#options.isPolite
      if (this.#ignoresOffer) return
      await connection.setRemoteDescription(description)
      if (description.type === 'offer') {
        for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv'
        for (const kind of ['microphone', 'camera'] as const) this.#attach(kind)
        await connection.setLocalDescription()
        this.#tellDescription()
      }
      this.emit('changed')
    }
  }

  #tellDescription(): void {
    const description = this.#connection.localDescription
    if (description) this.#options.tell({ description: { type: description.type, sdp: description.sdp } })
  }

  #attach(kind: DeviceKind): void {
    this.#transceiver(kind)
      ?.sender.replaceTrack(this.#own[kind])
      .catch(() => {
        // Closed meanwhile.
      })
  }

  #transceiver(kind: DeviceKind): RTCRtpTransceiver | undefined {
    return this.#connection.getTransceivers().find(({ receiver }) => receiver.track.kind === KINDS[kind])
  }

  #connectionChanged(): void {
    const { connectionState } = this.#connection
    if (this.#state === 'lost') return
    if (connectionState === 'connected') {
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#become('connected')
    } else if (connectionState === 'disconnected') {
      this.#become('interrupted')
    } else if (connectionState === 'failed') {
      if (this.#state !== 'connecting') this.#become('interrupted')
      // Once more, by other ways than before.
      this.#connection.restartIce()
      this.#giveUpAfter(this.#patience.restartMs)
    }
  }

  #giveUpAfter(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.close()
      this.emit('changed')
    }, ms)
  }

  #become(state: PairState): void {
    this.#state = state
    this.emit('changed')
  }
}
