import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Member, Source } from '../../../shared/model.ts'
import type { Capture, DeviceKind } from './capture.ts'
import { LocalSource } from './LocalSource.ts'
import type { MediaEngine } from './MediaEngine.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from './Signaling.ts'
import type { Toggle } from './Toggle.ts'

export type Declared = Pick<Member, Source>

/** One's own microphone, camera and screen: what is on is sent by the engine, and declared to the room. */
export class LocalMedia extends Emitter<{ changed: [] }> {
  readonly #signaling: Signaling
  readonly #engine: MediaEngine
  readonly #sources: Record<Source, LocalSource>
  readonly #declaring = new Reconciler(() => this.#declare())
  /** What the room has been told; null outside. */
  #declared: Declared | null = null

  constructor(capture: Capture, engine: MediaEngine, signaling: Signaling) {
    super()
    this.#engine = engine
    this.#signaling = signaling
    this.#sources = {
      microphone: this.#source('microphone', capture),
      camera: this.#source('camera', capture),
      screen: this.#source('screen', capture),
    }
    engine.on('refused', (source, error) => this.toggle(source).drop(error))
  }

  /** What is on now. */
  get live(): Declared {
    const { microphone, camera, screen } = this.#sources
    return { microphone: microphone.live !== null, camera: camera.live !== null, screen: screen.live !== null }
  }

  toggle(source: Source): Toggle {
    return this.#sources[source].toggle
  }

  use(kind: DeviceKind, deviceId: string | null): Promise<void> {
    return this.#sources[kind].use(deviceId)
  }

  /** In a room that believes this of us: declares what is different. */
  enter({ microphone, camera, screen }: Declared): void {
    this.#declared = { microphone, camera, screen }
    this.#declaring.kick()
  }

  /** Out of the room: everything off, and the devices free. */
  exit(): void {
    this.#declared = null
    for (const source of Object.values(this.#sources)) source.release()
  }

  close(): void {
    this.#declaring.close()
    for (const source of Object.values(this.#sources)) source.close()
  }

  #source(name: Source, capture: Capture): LocalSource {
    const source = new LocalSource(name, capture)
    source.on('changed', () => {
      this.#engine.send(name, source.live)
      this.#declaring.kick()
    })
    source.toggle.on('changed', () => this.emit('changed'))
    return source
  }

  async #declare(): Promise<void> {
    const { live } = this
    const told = this.#declared
    if (!told || (live.microphone === told.microphone && live.camera === told.camera && live.screen === told.screen)) return
    try {
      await this.#signaling.request('updateMember', live)
      // Unless the room was left, or joined again, meanwhile.
      if (this.#declared === told) this.#declared = live
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'forbidden') throw error
      for (const source of Object.values(this.#sources)) if (source.live) source.toggle.drop(error)
    }
  }
}
