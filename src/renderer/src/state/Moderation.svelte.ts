import { AppError } from '../../../shared/errors.ts'
import type { Ban, Member, RoomSettings, Source, Waiting } from '../../../shared/model.ts'
import { may, outranks, type Right, type Role } from '../../../shared/roles.ts'
import type { Leading } from '../session/Leading.ts'
import type { Session } from '../session/Session.ts'
import { follow } from './follow.ts'

const GIVEN_ROLES = ['cohost', 'speaker', 'listener'] as const
export type GivenRole = (typeof GIVEN_ROLES)[number]

/** What one may do in the room beyond talking: with those before its door, with those inside, and with the room itself. */
export class Moderation {
  readonly #session: Session
  readonly #roster: () => void
  readonly #waiting: () => void
  /** Why the last act from a menu did not work, until it is put aside. */
  #error = $state.raw<AppError | null>(null)

  constructor(session: Session) {
    this.#session = session
    this.#roster = follow(session, 'roster', 'state')
    this.#waiting = follow(session, 'waiting')
    session.on('state', () => {
      if (session.state.status === 'left') this.#error = null
    })
  }

  get #leading(): Leading {
    return this.#session.leading
  }

  get error(): AppError | null {
    return this.#error
  }

  dismissError(): void {
    this.#error = null
  }

  may(right: Right): boolean {
    this.#roster()
    const { self } = this.#session
    return self !== null && may(self.role, right, self.standsIn)
  }

  /** Whether one may do something of that kind to them. */
  mayTo(right: Right, member: Member): boolean {
    const { self } = this.#session
    return this.may(right) && self !== null && outranks(self.role, member.role)
  }

  /** The roles that one may give someone who has another one. */
  rolesFor(member: Member): readonly GivenRole[] {
    const { self } = this.#session
    if (!self || member.plain || !this.mayTo('setRole', member)) return []
    return GIVEN_ROLES.filter((role) => role !== member.role && outranks(self.role, role))
  }

  /** Who waits to be let in. */
  get lobby(): readonly Waiting[] {
    this.#waiting()
    return this.#leading.waiting.filter(({ reason }) => reason === 'lobby')
  }

  /** Who waits for a free place, the next one first. */
  get line(): readonly Waiting[] {
    this.#waiting()
    return this.#leading.waiting.filter(({ reason }) => reason === 'full')
  }

  admit(waitingId?: string): void {
    this.#do(() => this.#leading.admit(waitingId))
  }

  refuse(waitingId: string): void {
    this.#do(() => this.#leading.refuse(waitingId))
  }

  move(waitingId: string, place: number): void {
    this.#do(() => this.#leading.move(waitingId, place))
  }

  /** To all who wait. Resolves with why that did not work, or null. */
  messageWaiting(text: string): Promise<string | null> {
    return tell(() => this.#leading.messageWaiting(text))
  }

  stop({ peerId }: Member, source: Source): void {
    this.#do(() => this.#leading.stop(peerId, [source]))
  }

  allow({ peerId }: Member, source: Source): void {
    this.#do(() => this.#leading.allow(peerId, [source]))
  }

  setRole({ peerId }: Member, role: Exclude<Role, 'host'>): void {
    this.#do(() => this.#leading.setRole(peerId, role))
  }

  lock(locked: boolean): void {
    this.#do(() => this.#leading.updateRoom({ locked }))
  }

  /** Sends someone out, and keeps them out with `ban`. Resolves with why that did not work, or null; so do the following ones. */
  remove({ peerId }: Member, ban: boolean): Promise<string | null> {
    return tell(() => this.#leading.remove(peerId, ban))
  }

  handOver({ peerId }: Member): Promise<string | null> {
    return tell(() => this.#leading.handOver(peerId))
  }

  /** Only where the room has that version still: `changedMeanwhile` is told apart, so that a form can take in what has changed. */
  async updateRoom(changes: RoomSettings, version: number): Promise<AppError | null> {
    try {
      await this.#leading.updateRoom(changes, version)
      return null
    } catch (error) {
      return AppError.from(error)
    }
  }

  renewJoinCode(): Promise<string | null> {
    return tell(() => this.#leading.renewJoinCode())
  }

  deleteRoom(): Promise<string | null> {
    return tell(() => this.#leading.deleteRoom())
  }

  /** Throws what the server answers. */
  listBans(): Promise<readonly Ban[]> {
    return this.#leading.listBans()
  }

  unban(userId: string): Promise<string | null> {
    return tell(() => this.#leading.unban(userId))
  }

  /** For acts without a place of their own where it could be said that they did not work. */
  #do(act: () => Promise<unknown>): void {
    this.#error = null
    act().catch((thrown: unknown) => {
      const error = AppError.from(thrown)
      // They have gone meanwhile, which the list shows.
      if (error.code !== 'nobodyWaiting' && error.code !== 'peerNotFound') this.#error = error
    })
  }
}

async function tell(act: () => Promise<unknown>): Promise<string | null> {
  try {
    await act()
    return null
  } catch (error) {
    return AppError.from(error).message
  }
}
