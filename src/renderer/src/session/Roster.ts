import { Emitter } from '../../../shared/emitter.ts'
import type { Member, Revision } from '../../../shared/model.ts'
import { Reconciler } from './Reconciler.ts'

interface Whole {
  members: readonly Member[]
  revision: Revision
}

interface Change {
  revision: Revision
  apply: () => void
}

/**
 * Who is in the room, at which revision. A change counts only where it is the next one; where one is missing, or the server was
 * started anew, the whole roster is asked for.
 */
export class Roster extends Emitter<{ changed: [] }> {
  readonly #ask: () => Promise<Whole>
  readonly #refreshing = new Reconciler(() => this.#refresh())
  readonly #members = new Map<string, Member>()
  #list: readonly Member[] = []
  #revision: Revision | null = null
  /** Changes that came before the whole roster did: some are in it already, the rest follow it. */
  #early: Change[] = []

  constructor(ask: () => Promise<Whole>) {
    super()
    this.#ask = ask
  }

  /** In the order of joining; the same array until something changes. */
  get members(): readonly Member[] {
    return this.#list
  }

  /** Null without a roster. */
  get revision(): Revision | null {
    return this.#revision
  }

  get(peerId: string): Member | undefined {
    return this.#members.get(peerId)
  }

  put(member: Member, revision: Revision): void {
    this.#take({ revision, apply: () => this.#members.set(member.peerId, member) })
  }

  remove(peerId: string, revision: Revision): void {
    this.#take({ revision, apply: () => this.#members.delete(peerId) })
  }

  /** Someone's connection is lost; their seat is held. */
  reconnecting(peerId: string, revision: Revision): void {
    const apply = () => {
      const member = this.#members.get(peerId)
      if (member) this.#members.set(peerId, { ...member, connection: 'reconnecting' })
    }
    this.#take({ revision, apply })
  }

  /** Takes the whole roster, unless a newer one is known. */
  replace({ members, revision }: Whole): void {
    const isOld = this.#revision?.epoch === revision.epoch && revision.number < this.#revision.number
    if (!isOld) {
      this.#members.clear()
      for (const member of members) this.#members.set(member.peerId, member)
      this.#revision = revision
    }
    const early = this.#early.filter((change) => change.revision.epoch === revision.epoch)
    this.#early = early.filter((change) => !this.#apply(change))
    this.#changed()
  }

  /** In no room: whatever comes is kept for the answer to the next join. */
  clear(): void {
    this.#members.clear()
    this.#revision = null
    this.#early = []
    this.#changed()
  }

  close(): void {
    this.#refreshing.close()
  }

  #take(change: Change): void {
    if (this.#apply(change)) return this.#changed()
    this.#early.push(change)
    if (this.#revision) this.#refreshing.kick()
  }

  /** False where something is missing before it. */
  #apply({ revision: { epoch, number }, apply }: Change): boolean {
    const known = this.#revision
    if (known?.epoch !== epoch || number > known.number + 1) return false
    if (number <= known.number) return true
    apply()
    this.#revision = { epoch, number }
    return true
  }

  async #refresh(): Promise<void> {
    while (this.#revision && this.#early.length > 0) {
      const before = this.#revision
      const whole = await this.#ask()
      // Null: the room was left meanwhile.
      if (!this.#revision) return
      this.replace(whole)
      // The server knows of nothing more: what still does not fit belongs to no roster.
      if (whole.revision.epoch === before.epoch && whole.revision.number <= before.number) this.#early = []
    }
  }

  #changed(): void {
    this.#list = [...this.#members.values()]
    this.emit('changed')
  }
}
