import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import type { WaitingPlace } from '../../shared/protocol.ts'
import type { Role } from '../../shared/roles.ts'
import { decide, type Facts, type Refusal } from './admission.ts'
import type { Connection } from './Connection.ts'
import { randomId } from './ids.ts'
import { roleWithout, type Applicant, type Peer, type ResumeHashes } from './Peer.ts'
import type { Room, RoomContext } from './Room.ts'
import { Paced } from '../lan/Paced.ts'
import { admitsPlain, encryptionRequired } from './plainGuests.ts'
import { opensAt } from './schedule.ts'
import { addMember } from './store/members.ts'
import { Waiter, WaitingList } from './WaitingList.ts'

/** The least time between two `waitingChanged`, in ms. */
const NEWS_EVERY_MS = 100

/** What the room does not know of someone by itself. */
export type Known = Pick<Facts, 'isBanned' | 'knowsPassword'>

/**
 * The door of a room: lets people in, makes them wait, or says why not. Between a decision and the seat nothing waits, so that of
 * many who ask at once none is let in above the number of places.
 */
export class Door extends Emitter<{ waits: [Waiter]; gaveUp: [Waiter] }> {
  readonly waiting = new WaitingList()
  readonly #room: Room
  readonly #context: RoomContext
  readonly #held = new Map<Waiter, NodeJS.Timeout>()
  readonly #news = new Paced(NEWS_EVERY_MS, () => this.#tellLeaders())

  constructor(room: Room, context: RoomContext) {
    super()
    this.#room = room
    this.#context = context
    this.waiting.on('changed', () => this.#news.due())
  }

  /** Someone's seat, or their place before the door. Throws the one reason for which they have neither. */
  knock(connection: Connection, applicant: Applicant, known: Known, resumeHashes: ResumeHashes): Peer | Waiter {
    const verdict = decide({ ...known, ...this.#facts(), ...wishOf(applicant) })
    switch (verdict.come) {
      case 'never':
        throw this.#refusal(verdict.code, connection)
      case 'in':
        return this.#room.admit(connection, seatOf(applicant), applicant.declared, resumeHashes)
      case 'wait': {
        const waiter = new Waiter(this.#room, applicant, verdict.reason, connection, resumeHashes)
        connection.waiter = waiter
        this.waiting.add(waiter)
        this.emit('waits', waiter)
        return waiter
      }
    }
  }

  /** As whoever waits is told. */
  placeOf(waiter: Waiter): WaitingPlace {
    return {
      status: 'waiting',
      reason: waiter.reason,
      place: this.waiting.placeOf(waiter),
      room: this.#room.shownTo(waiter.applicant),
    }
  }

  /** Lets those of the lobby in who are named, or all. Throws `nobodyWaiting`. */
  admit(by: Peer, waitingId?: string): void {
    const chosen = waitingId === undefined ? [...this.waiting] : [this.#waiter(waitingId)]
    const admitted = chosen.filter(({ reason }) => reason === 'lobby')
    if (admitted.length === 0) throw nobodyWaiting()
    for (const waiter of admitted) {
      const { userId, name } = waiter.applicant
      // Whoever has passed the lobby once is known from then on.
      void addMember(this.#context.store, {
        roomId: this.#room.id,
        userId,
        role: waiter.applicant.role,
        at: new Date().toISOString(),
      }).catch((error: unknown) => this.#context.log.warn({ err: error }, 'a member could not be stored'))
      this.#room.note('admitted', by, { id: userId, name })
      if (this.#hasNoPlace || this.waiting.has('full')) this.waiting.requeue(waiter)
      else this.#seat(waiter)
    }
  }

  /** Sends someone away. Throws `nobodyWaiting`. */
  refuse(by: Peer, waitingId: string): void {
    const waiter = this.#waiter(waitingId)
    const { userId, name } = waiter.applicant
    this.#room.note('refused', by, { id: userId, name })
    this.#sendAway(waiter, 'refused')
  }

  /** Sends those away whom the room does not let in any more. */
  ban(userId: string, deviceHash: string | null): void {
    for (const waiter of [...this.waiting]) {
      const { applicant } = waiter
      if (applicant.userId === userId || (deviceHash !== null && applicant.deviceHash === deviceHash))
        this.#sendAway(waiter, 'banned')
    }
  }

  /** Someone who waits has another lasting role now, or none. */
  place(userId: string, role: Role | null): void {
    for (const waiter of this.waiting) {
      const { applicant } = waiter
      if (applicant.userId === userId) waiter.applicant = { ...applicant, role: role ?? roleWithout(applicant) }
    }
  }

  /** Sends those away who came with a token that is good no more. */
  revoke(tokenId: string): void {
    for (const waiter of [...this.waiting])
      if (waiter.applicant.grant?.tokenId === tokenId) this.#sendAway(waiter, 'tokenRevoked')
  }

  /** Sends those away whose connection others can read. */
  sendPlainAway(): void {
    for (const waiter of [...this.waiting]) if (waiter.applicant.isPlain) this.#sendAway(waiter, 'encryptionRequired')
  }

  move(waitingId: string, place: number): void {
    this.waiting.move(this.#waiter(waitingId), place)
  }

  /** Says something to one who waits, or to all. Throws `nobodyWaiting`. */
  message(by: Peer, text: string, waitingId?: string): void {
    const chosen = waitingId === undefined ? [...this.waiting] : [this.#waiter(waitingId)]
    if (chosen.length === 0) throw nobodyWaiting()
    const { userId, name } = by.seat
    for (const { connection } of chosen)
      connection?.wire.notify('waitingMessage', { roomId: this.#room.id, from: { userId, name }, text })
  }

  /** Gives free places to those whose turn it is. */
  fill(): void {
    for (;;) {
      const { closedAt, locked } = this.#room.stored
      // Nobody new comes into a locked room; the line goes on when it is open again.
      const next = this.#hasNoPlace || closedAt !== null || locked ? undefined : this.waiting.next
      if (!next) return
      this.#seat(next)
    }
  }

  /** Those inside who lead the room should know of everyone who waits. */
  lead(peer: Peer): void {
    if (peer.may('admit') && this.waiting.size > 0)
      peer.connection?.wire.notify('waitingChanged', { waiting: this.waiting.waiting })
  }

  /** Someone has gone, or given up. */
  leave(waiter: Waiter): void {
    this.#release(waiter)
    this.waiting.remove(waiter)
    this.#room.freed()
  }

  /** The connection is gone without a word: the place is held for the grace period. */
  lost(waiter: Waiter): void {
    waiter.connection = null
    this.#held.set(
      waiter,
      setTimeout(() => this.leave(waiter), this.#context.graceMs),
    )
    this.#news.due()
  }

  /** Gives a place to a new connection of the same device. */
  resume(waiter: Waiter, connection: Connection): void {
    clearTimeout(this.#held.get(waiter))
    this.#held.delete(waiter)
    const old = waiter.connection
    waiter.connection = connection
    connection.userId = waiter.applicant.userId
    connection.tenantId = this.#room.stored.tenantId
    connection.grant = waiter.applicant.grant
    connection.waiter = waiter
    if (old) {
      old.waiter = null
      old.wire.close()
    }
    this.#news.due()
    this.fill()
  }

  /** Nobody waits any more; whoever did has been told why. */
  close(): void {
    for (const waiter of [...this.waiting]) {
      this.#release(waiter)
      this.waiting.remove(waiter)
    }
    this.#news.close()
  }

  get #hasNoPlace(): boolean {
    return this.#room.isFull || this.#room.isTenantFull
  }

  #facts(): Omit<Facts, keyof Known | keyof ReturnType<typeof wishOf>> {
    const { closedAt, locked, passwordHash, admission } = this.#room.stored
    return {
      admitsPlain: admitsPlain(this.#room.stored),
      isClosed: closedAt !== null,
      isEarly: opensAt(this.#room.stored) !== null,
      isLocked: locked,
      hasPassword: passwordHash !== null,
      hasLobby: admission === 'lobby',
      isFull: this.#room.isFull,
      isTenantFull: this.#room.isTenantFull,
      hasQueue: this.waiting.has('full'),
    }
  }

  #refusal(code: Refusal, { plain }: Connection): AppError {
    if (code === 'encryptionRequired') return encryptionRequired(plain!)
    const { name, maxPeers } = this.#room.stored
    const sentences: Record<Exclude<Refusal, 'encryptionRequired'>, string> = {
      banned: `${name} does not let you in any more`,
      roomClosed: `${name} has been ended by its host`,
      notOpenYet: `${name} is not open yet`,
      roomLocked: `${name} is locked: nobody new comes in`,
      passwordRequired: `${name} asks for a password`,
      roomFull: `${name} holds ${maxPeers} ${maxPeers === 1 ? 'person' : 'people'}, and all places are taken`,
      limitReached: 'All places of this server’s rooms are taken; come again when someone has left',
    }
    const opens = code === 'notOpenYet' ? { opensAt: opensAt(this.#room.stored) } : null
    const details = code === 'limitReached' ? { limit: 'people' } : opens
    return new AppError(code, sentences[code], details === null ? {} : { details })
  }

  /** From before the door to a seat. */
  #seat(waiter: Waiter): void {
    const { applicant, connection, resumeHashes } = waiter
    this.#release(waiter)
    this.waiting.remove(waiter)
    const peer = this.#room.admit(connection, seatOf(applicant), applicant.declared, resumeHashes)
    if (!connection) return
    void this.#room.welcome(peer).then((joined) => {
      if (peer.connection === connection) connection.wire.notify('admitted', joined)
    })
  }

  #sendAway(waiter: Waiter, reason: 'refused' | 'banned' | 'tokenRevoked' | 'encryptionRequired'): void {
    waiter.connection?.wire.notify('removed', { roomId: this.#room.id, reason })
    this.leave(waiter)
  }

  #release(waiter: Waiter): void {
    clearTimeout(this.#held.get(waiter))
    this.#held.delete(waiter)
    if (waiter.connection) waiter.connection.waiter = null
    this.emit('gaveUp', waiter)
  }

  #waiter(waitingId: string): Waiter {
    const waiter = this.waiting.get(waitingId)
    if (!waiter) throw nobodyWaiting()
    return waiter
  }

  #tellLeaders(): void {
    const { waiting } = this.waiting
    for (const peer of this.#room.roster) if (peer.may('admit')) peer.connection?.wire.notify('waitingChanged', { waiting })
  }
}

const wishOf = ({ isPlain, standing, wouldWait }: Applicant) => ({ isPlain, standing, wouldWait })

function seatOf({ userId, deviceHash, isPlain, name, role, grant }: Applicant) {
  const joinedAt = new Date().toISOString()
  return { peerId: randomId(), userId, deviceHash, isPlain, name, role, grant, sessionId: randomId(), joinedAt }
}

const nobodyWaiting = () => new AppError('nobodyWaiting', 'Nobody with that id waits here any more')
