import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Party } from '../../../shared/model.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from './Signaling.ts'

/** How often it is asked who is there, in ms, while someone looks: the server does not tell by itself. */
const LOOK_MS = 3_000

/** Who can be called on the server outside of rooms, and by which name one can be called there oneself. */
export class Bystanders extends Emitter<{ changed: [] }> {
  readonly #signaling: Signaling
  readonly #isFree: () => boolean
  readonly #looking = new Reconciler(() => this.#look())
  /** By which name one wants to be known; null: by none. */
  #name: string | null = null
  /** What the server has been told, on which connection. */
  #told: { connectionId: string; name: string } | null = null
  #people: readonly Party[] | null = null
  #watchers = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(signaling: Signaling, isFree: () => boolean) {
    super()
    this.#signaling = signaling
    this.#isFree = isFree
    signaling.on('changed', () => this.follow())
  }

  /** Null where the server does not allow it, or has not said so yet. */
  get people(): readonly Party[] | null {
    return this.#people
  }

  /** Says by which name one can be called, again after each loss; null: not any more. */
  introduce(name: string | null): void {
    if (name === this.#name) return
    this.#name = name
    this.#looking.kick()
  }

  /** Keeps `people` up to date until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1
    this.#looking.kick()
    return () => {
      this.#watchers -= 1
    }
  }

  /** One's connection, or one's place, may be another one now. */
  follow(): void {
    // Whoever is in a room is called there, and says it again afterwards.
    if (!this.#isFree()) this.#told = null
    this.#looking.kick()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#looking.close()
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer)
    const { state } = this.#signaling
    if (state.status !== 'connected' || !this.#isFree()) return
    try {
      await this.#introduce(state.welcome.connectionId)
      const { people } = await this.#signaling.request('listConnected', {})
      this.#become(people)
    } catch (thrown) {
      const { code } = AppError.from(thrown)
      // Not allowed: asked for again with the next connection, which may be another server's.
      if (code === 'forbidden') return this.#become(null)
      if (code !== 'disconnected') throw thrown
      return
    }
    if (this.#watchers > 0) this.#timer = setTimeout(() => this.#looking.kick(), LOOK_MS)
  }

  async #introduce(connectionId: string): Promise<void> {
    const told = this.#told?.connectionId === connectionId ? this.#told.name : null
    const name = this.#name
    if (name === told) return
    await this.#signaling.request('introduce', { name })
    this.#told = name === null ? null : { connectionId, name }
  }

  #become(people: readonly Party[] | null): void {
    if (JSON.stringify(people) === JSON.stringify(this.#people)) return
    this.#people = people
    this.emit('changed')
  }
}
