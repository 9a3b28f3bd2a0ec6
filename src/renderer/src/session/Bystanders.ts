import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Party } from '../../../shared/model.ts'
import type { Payload } from '../../../shared/protocol.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from '../../../client/Signaling.ts'

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
  /** The connection on which the server tells of changes. */
  #asked: string | null = null

  constructor(signaling: Signaling, isFree: () => boolean) {
    super()
    this.#signaling = signaling
    this.#isFree = isFree
    signaling.on('changed', () => this.follow())
    signaling.on('connectedChanged', (told) => this.#merge(told))
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

  /** One's connection, or one's place, may be another one now. */
  follow(): void {
    // Whoever is in a room is called there, and says it again afterwards.
    if (!this.#isFree()) this.#told = this.#asked = null
    this.#looking.kick()
  }

  close(): void {
    this.#looking.close()
  }

  async #look(): Promise<void> {
    const { state } = this.#signaling
    if (state.status !== 'connected' || !this.#isFree()) return
    const { connectionId, features } = state.welcome
    if (!features['directCalls']) return this.#become(null)
    try {
      await this.#introduce(connectionId)
      if (this.#asked === connectionId) return
      const { people } = await this.#signaling.request('listConnected', {})
      this.#asked = connectionId
      this.#become(people)
    } catch (thrown) {
      if (AppError.from(thrown).code !== 'disconnected') throw thrown
    }
  }

  async #introduce(connectionId: string): Promise<void> {
    const told = this.#told?.connectionId === connectionId ? this.#told.name : null
    const name = this.#name
    if (name === told) return
    await this.#signaling.request('introduce', { name })
    this.#told = name === null ? null : { connectionId, name }
  }

  #merge({ people, gone }: Payload<'connectedChanged'>): void {
    const { state } = this.#signaling
    if (this.#people === null || state.status !== 'connected') return
    const known = new Map(this.#people.map((party) => [party.id, party]))
    for (const party of people) if (party.id !== state.welcome.connectionId) known.set(party.id, party)
    for (const id of gone) known.delete(id)
    this.#become([...known.values()])
  }

  #become(people: readonly Party[] | null): void {
    if (JSON.stringify(people) === JSON.stringify(this.#people)) return
    this.#people = people
    this.emit('changed')
  }
}
