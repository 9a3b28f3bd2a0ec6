import { Emitter } from '../../../shared/emitter.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Ban, Room, RoomSettings, Source, Waiting } from '../../../shared/model.ts'
import type { ParamsInput } from '../../../shared/protocol.ts'
import { may, type Role } from '../../../shared/roles.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from '../../../client/Signaling.ts'

/**
 * What those who lead a room see and do beyond the others. Every act throws what the server answers, `forbidden` first of all:
 * what one's role allows is in `roles.ts`.
 */
export class Leading extends Emitter<{ changed: [] }> {
  readonly #signaling: Signaling
  readonly #asking = new Reconciler(() => this.#ask())
  /** Null outside of rooms. */
  #role: Role | null = null
  #waiting: readonly Waiting[] = []

  constructor(signaling: Signaling) {
    super()
    this.#signaling = signaling
    signaling.on('waitingChanged', ({ waiting }) => this.#become(waiting))
  }

  /** Who waits before the room, in the order of coming; nobody for those who may not let them in. */
  get waiting(): readonly Waiting[] {
    return this.#waiting
  }

  /** In a room, in this role: at the beginning, after a loss, and with another role. */
  enter(role: Role): void {
    this.#role = role
    if (may(role, 'admit')) this.#asking.kick()
    else this.#become([])
  }

  /** One's role may be another one now. */
  turn(role: Role): void {
    if (this.#role !== null && this.#role !== role) this.enter(role)
  }

  exit(): void {
    this.#role = null
    this.#become([])
  }

  close(): void {
    this.#asking.close()
  }

  /** Lets someone in who waits in the lobby; everyone where nobody is named. Throws `nobodyWaiting`. */
  admit(waitingId?: string): Promise<void> {
    return this.#do('admit', { waitingId })
  }

  /** Sends someone away who waits. Throws `nobodyWaiting`. */
  refuse(waitingId: string): Promise<void> {
    return this.#do('refuse', { waitingId })
  }

  /** Gives someone another place among those who wait for the same; 1 is the next. Throws `nobodyWaiting`. */
  move(waitingId: string, place: number): Promise<void> {
    return this.#do('moveWaiting', { waitingId, place })
  }

  /** Says something to one who waits, or to all. Throws `nobodyWaiting`. */
  messageWaiting(text: string, waitingId?: string): Promise<void> {
    return this.#do('messageWaiting', { text, waitingId })
  }

  /** Stops what someone sends, until it is allowed again. Throws `peerNotFound`. */
  stop(peerId: string, sources: readonly Source[]): Promise<void> {
    return this.#do('stopMember', { peerId, sources: [...sources] })
  }

  /** Lets someone send it again, when they want to. Throws `peerNotFound`. */
  allow(peerId: string, sources: readonly Source[]): Promise<void> {
    return this.#do('allowMember', { peerId, sources: [...sources] })
  }

  /** Sends someone out, and keeps them out with `ban`. Throws `peerNotFound`. */
  remove(peerId: string, ban: boolean): Promise<void> {
    return this.#do('removeMember', { peerId, ban })
  }

  /** Gives someone a role below one's own, for good. Throws `peerNotFound`. */
  setRole(peerId: string, role: Exclude<Role, 'host'>): Promise<void> {
    return this.#do('setRole', { peerId, role })
  }

  /** Makes someone else the host, for good. Throws `peerNotFound`. */
  handOver(peerId: string): Promise<void> {
    return this.#do('handOver', { peerId })
  }

  /** Changes the room that one is in. With a version, only where it still is that one: otherwise `changedMeanwhile`. */
  async updateRoom(changes: RoomSettings, version?: number): Promise<Room> {
    return (await this.#signaling.request('updateRoom', { changes, version })).room
  }

  /** Another join code; the old one leads nowhere from then on. */
  async renewJoinCode(): Promise<Room> {
    return (await this.#signaling.request('renewJoinCode', {})).room
  }

  /** Deletes the room that one is in, and all that was written in it. */
  deleteRoom(): Promise<void> {
    return this.#do('deleteRoom', {})
  }

  /** Whom the room does not let in. */
  async listBans(): Promise<readonly Ban[]> {
    return (await this.#signaling.request('listBans', {})).bans
  }

  /** Throws `memberNotFound`. */
  unban(userId: string): Promise<void> {
    return this.#do('unban', { userId })
  }

  async #do<N extends Act>(name: N, params: ParamsInput<N>): Promise<void> {
    await this.#signaling.request(name, params)
  }

  async #ask(): Promise<void> {
    const before = this.#waiting
    try {
      const { waiting } = await this.#signaling.request('listWaiting', {})
      // What was told meanwhile is newer, and whole.
      if (this.#role !== null && this.#waiting === before) this.#become(waiting)
    } catch (thrown) {
      const { code } = AppError.from(thrown)
      // The next role, or the next connection, asks again.
      if (code !== 'forbidden' && code !== 'notInRoom' && code !== 'disconnected') throw thrown
    }
  }

  #become(waiting: readonly Waiting[]): void {
    if (waiting.length === 0 && this.#waiting.length === 0) return
    this.#waiting = waiting
    this.emit('changed')
  }
}

/** What is answered by nothing but success. */
type Act =
  | 'admit'
  | 'refuse'
  | 'moveWaiting'
  | 'messageWaiting'
  | 'stopMember'
  | 'allowMember'
  | 'removeMember'
  | 'setRole'
  | 'handOver'
  | 'deleteRoom'
  | 'unban'
