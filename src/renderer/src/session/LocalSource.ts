import { Emitter } from '../../../shared/emitter.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Source } from '../../../shared/model.ts'
import { unplugged, type Capture } from './capture.ts'
import { Toggle } from './Toggle.ts'

/**
 * One's own microphone, camera or screen: its switch and its track. An off microphone is only silenced, so that it is back at
 * once; an off camera is stopped, so that its light goes out.
 */
export class LocalSource extends Emitter<{ changed: [] }> {
  readonly source: Source
  readonly toggle: Toggle
  readonly #capture: Capture
  readonly #mayOpen: () => Promise<void>
  #deviceId: string | undefined
  #track: MediaStreamTrack | null = null
  /** Opening and closing devices, one at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  /** `mayOpen` is asked before it goes on, and throws why it must not. */
  constructor(source: Source, capture: Capture, mayOpen: () => Promise<void> = async () => {}) {
    super()
    this.source = source
    this.#capture = capture
    this.#mayOpen = mayOpen
    this.toggle = new Toggle((on) => this.#inTurn(() => this.#switch(on)))
  }

  /** The track, while it is on. */
  get live(): MediaStreamTrack | null {
    return this.#track?.enabled ? this.#track : null
  }

  /** Takes another device, at once where it is on; null is the system's choice. On an error the old one stays. */
  async use(deviceId: string | null): Promise<void> {
    await this.#inTurn(async () => {
      const wanted = deviceId ?? undefined
      if (wanted === this.#deviceId) return
      if (this.live) this.#take(await this.#open(wanted))
      else this.#release()
      this.#deviceId = wanted
    })
  }

  /** Off, and the device free. */
  release(): void {
    this.toggle.drop(null)
    void this.#inTurn(async () => {
      if (!this.toggle.desired) this.#release()
    })
  }

  close(): void {
    this.#closed = true
    this.#release()
  }

  async #switch(on: boolean): Promise<boolean> {
    if (on) await this.#mayOpen()
    if (!on) {
      if (this.source === 'microphone' && this.#track) this.#track.enabled = false
      else this.#release()
    } else if (this.#track?.readyState === 'live') {
      this.#track.enabled = true
    } else {
      try {
        const track = await this.#openChosen()
        // Whoever has changed their mind meanwhile is not heard or seen for a moment.
        if (!this.toggle.desired) {
          track.stop()
          return false
        }
        this.#take(track)
      } catch (error) {
        // Whoever closes the picker has changed their mind, and needs no explanation.
        if (this.source === 'screen' && error instanceof AppError && error.code === 'deviceDenied') return false
        throw error
      }
    }
    this.emit('changed')
    return on
  }

  /** The chosen device, or the system's choice while that one is not there: someone who goes on air should not have to search. */
  async #openChosen(): Promise<MediaStreamTrack> {
    try {
      return await this.#open(this.#deviceId)
    } catch (error) {
      const isGone = error instanceof AppError && error.code === 'deviceNotFound'
      if (!isGone || this.#closed || this.#deviceId === undefined) throw error
      return this.#open(undefined)
    }
  }

  async #open(deviceId: string | undefined): Promise<MediaStreamTrack> {
    const track = await this.#capture.open(this.source, { deviceId })
    if (!this.#closed) return track
    track.stop()
    throw new AppError('deviceNotFound', 'The session has ended')
  }

  #take(track: MediaStreamTrack): void {
    this.#track?.stop()
    this.#track = track
    track.addEventListener('ended', () => this.#ended(track))
    this.emit('changed')
  }

  #ended(track: MediaStreamTrack): void {
    if (this.#track !== track) return
    this.#release()
    if (this.toggle.desired) this.toggle.drop(this.source === 'screen' ? null : unplugged(this.source))
  }

  #release(): void {
    const track = this.#track
    if (!track) return
    this.#track = null
    track.stop()
    this.emit('changed')
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act)
    this.#turn = turn.catch(() => {})
    return turn
  }
}
