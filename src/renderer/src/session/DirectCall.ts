import { Emitter } from '../../../shared/emitter.ts'
import { readCallSignal, type CallSignal, type Sent } from './callSignal.ts'
import type { Capture, DeviceKind } from './capture.ts'
import { LocalSource } from './LocalSource.ts'
import { Pair, type PairPatience, type PairState } from './Pair.ts'
import type { Toggle } from './Toggle.ts'

/** Early words of someone who is not known to be in the call yet; more is no haste but noise. */
const MAX_EARLY = 64
const KINDS = ['microphone', 'camera'] as const

export interface DirectCallOptions {
  callId: string
  selfId: string
  capture: Capture
  /** The chosen devices; null is the system's choice. */
  devices: Readonly<Record<DeviceKind, string | null>>
  tell: (to: string, signal: CallSignal) => void
  patience?: PairPatience | undefined
}

/**
 * The sound and the pictures of one call: a direct connection to each of the others, and a microphone and a camera of its own,
 * which have nothing to do with what goes to the room.
 */
export class DirectCall extends Emitter<{ changed: [] }> {
  readonly #options: DirectCallOptions
  readonly #pairs = new Map<string, Pair>()
  readonly #early = new Map<string, CallSignal[]>()
  readonly #sources: Record<DeviceKind, LocalSource>
  #closed = false

  constructor(options: DirectCallOptions) {
    super()
    this.#options = options
    this.#sources = { microphone: this.#source('microphone'), camera: this.#source('camera') }
  }

  get microphone(): Toggle {
    return this.#sources.microphone.toggle
  }

  get camera(): Toggle {
    return this.#sources.camera.toggle
  }

  localTrack(kind: DeviceKind): MediaStreamTrack | null {
    return this.#sources[kind].live
  }

  /** What is received of someone. */
  track(id: string, kind: DeviceKind): MediaStreamTrack | null {
    return this.#pairs.get(id)?.track(kind) ?? null
  }

  /** How it stands with the connection to someone; null for whoever is not in the call. */
  connection(id: string): PairState | null {
    return this.#pairs.get(id)?.state ?? null
  }

  /** What someone has switched on. */
  sent(id: string): Sent | null {
    return this.#pairs.get(id)?.sent ?? null
  }

  /** Whether none of those who are in the call can be reached any more. */
  get isLost(): boolean {
    const pairs = [...this.#pairs.values()]
    return pairs.length > 0 && pairs.every(({ state }) => state === 'lost')
  }

  /** Who else is in the call now. */
  setParties(ids: readonly string[]): void {
    if (this.#closed) return
    for (const [id, pair] of this.#pairs) {
      if (ids.includes(id)) continue
      this.#pairs.delete(id)
      pair.close()
    }
    for (const id of ids) if (!this.#pairs.has(id)) this.#connect(id)
    this.emit('changed')
  }

  /** Takes what someone has relayed, if it belongs to this call. */
  hear(from: string, payload: unknown): void {
    const signal = readCallSignal(payload)
    if (this.#closed || signal?.callId !== this.#options.callId) return
    const pair = this.#pairs.get(from)
    if (pair) return pair.hear(signal)
    const early = this.#early.get(from) ?? []
    if (early.length < MAX_EARLY) this.#early.set(from, [...early, signal])
  }

  /** Takes another device. Throws `deviceNotFound` and its like, and keeps the old one. */
  use(kind: DeviceKind, deviceId: string | null): Promise<void> {
    return this.#sources[kind].use(deviceId)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const pair of this.#pairs.values()) pair.close()
    this.#pairs.clear()
    for (const source of Object.values(this.#sources)) source.close()
  }

  #connect(id: string): void {
    const { callId, selfId, tell, patience } = this.#options
    const pair = new Pair({
      isPolite: selfId < id,
      tell: (word) => tell(id, { callId, ...word }),
      ...(patience && { patience }),
    })
    this.#pairs.set(id, pair)
    pair.on('changed', () => this.emit('changed'))
    for (const kind of KINDS) pair.send(kind, this.localTrack(kind))
    tell(id, { callId, sent: this.#sent })
    for (const signal of this.#early.get(id) ?? []) pair.hear(signal)
    this.#early.delete(id)
  }

  get #sent(): Sent {
    return { microphone: this.localTrack('microphone') !== null, camera: this.localTrack('camera') !== null }
  }

  #source(kind: DeviceKind): LocalSource {
    const { callId, capture, devices, tell } = this.#options
    const source = new LocalSource(kind, capture)
    void source.use(devices[kind])
    source.on('changed', () => {
      for (const [id, pair] of this.#pairs) {
        pair.send(kind, source.live)
        tell(id, { callId, sent: this.#sent })
      }
      this.emit('changed')
    })
    source.toggle.on('changed', () => this.emit('changed'))
    return source
  }
}
