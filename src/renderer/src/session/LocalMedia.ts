import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { Source, type Member } from '../../../shared/model.ts'
import type { Capture, DeviceKind } from './capture.ts'
import { LocalSource } from './LocalSource.ts'
import type { MediaEngine } from './MediaEngine.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from '../../../client/Signaling.ts'
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
  #isDeclaring = false
  /** Oneself, as the server has shown it last, be it in an answer. */
  #self: Member | null = null
  /** The same, as the roster has shown it last. */
  #listed: Member | null = null
  /** What the server has switched off, and may not let on again. */
  readonly #silenced = new Set<Source>()

  constructor(capture: Capture, engine: MediaEngine, signaling: Signaling) {
    super()
    this.#engine = engine
    this.#signaling = signaling
    this.#sources = {
      microphone: this.#source('microphone', capture),
      camera: this.#source('camera', capture),
      screen: this.#source('screen', capture),
    }
    engine.on('refused', (source, error) => {
      // One that is off by now, because the server has said why, needs no other word.
      if (this.toggle(source).desired) this.toggle(source).drop(error)
    })
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
  enter(self: Member): void {
    const { microphone, camera, screen } = self
    this.#self = self
    this.#declared = { microphone, camera, screen }
    for (const source of self.stopped) this.#silence(source)
    this.#declaring.kick()
  }

  /** The room shows us otherwise now: what was stopped there goes off here. Nothing goes on that nobody here has switched on. */
  follow(self: Member): void {
    if (self === this.#listed) return
    this.#listed = self
    const before = this.#self?.stopped ?? []
    this.#self = self
    for (const source of self.stopped) if (!before.includes(source)) this.#silence(source)
    // What was said of it is not true any more.
    for (const source of before)
      if (!self.stopped.includes(source) && this.toggle(source).error?.code === 'forbidden') this.toggle(source).drop(null)
    this.#obey()
  }

  /** Out of the room: everything off, and the devices free. */
  exit(): void {
    this.#declared = null
    this.#self = null
    this.#listed = null
    this.#silenced.clear()
    for (const source of Object.values(this.#sources)) source.release()
  }

  close(): void {
    this.#declaring.close()
    for (const source of Object.values(this.#sources)) source.close()
  }

  #source(name: Source, capture: Capture): LocalSource {
    const source = new LocalSource(name, capture, () => this.#askFor(name))
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
    this.#isDeclaring = true
    try {
      const { member } = await this.#signaling.request('updateMember', live)
      // Unless the room was left, or joined again, meanwhile.
      if (this.#declared === told) {
        this.#declared = live
        this.#self = member
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'forbidden') throw error
      this.#refused(error)
    } finally {
      this.#isDeclaring = false
    }
    this.#obey()
  }

  /** One source, or all where none is named. */
  #refused(error: AppError): void {
    const named = Source.safeParse(error.details?.['source'])
    for (const { source, live, toggle } of Object.values(this.#sources))
      if (live && (!named.success || named.data === source)) toggle.drop(error)
  }

  /** Whatever the room has been told is on, and shows as off, the server has switched off: for a role, or for the room's limits. */
  #obey(): void {
    if (!this.#declared || !this.#self || this.#isDeclaring) return
    for (const { source, live } of Object.values(this.#sources))
      if (live && this.#declared[source] && !this.#self[source]) this.#silence(source)
  }

  #silence(source: Source): void {
    this.#silenced.add(source)
    if (this.#declared) this.#declared = { ...this.#declared, [source]: false }
    const { desired, actual } = this.toggle(source)
    if (desired || actual) this.toggle(source).drop(null)
  }

  /** The server has the last word on what it has switched off, before the device goes on. Throws `forbidden`, with its sentence. */
  async #askFor(source: Source): Promise<void> {
    if (!this.#declared || !this.#silenced.has(source)) return
    await this.#signaling.request('updateMember', { [source]: true })
    this.#silenced.delete(source)
    if (this.#declared) this.#declared = { ...this.#declared, [source]: true }
  }
}
