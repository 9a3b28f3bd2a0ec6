import { Emitter } from '../../shared/emitter.ts'
import type { Waiting } from '../../shared/model.ts'
import type { Connection } from './Connection.ts'
import { randomId } from './ids.ts'
import type { Applicant, ResumeHashes } from './Peer.ts'
import type { Room } from './Room.ts'

type Reason = Waiting['reason']

/** Someone before the door of a room. The place survives a lost connection for the grace period. */
export class Waiter {
  readonly id = randomId()
  readonly room: Room
  applicant: Applicant
  readonly since = new Date().toISOString()
  reason: Reason
  /** Null while the place is held for a lost connection. */
  connection: Connection | null
  /** Of the credentials that take the place back, as for a seat. */
  resumeHashes: ResumeHashes
  /** The place that they were told last. */
  told = 0

  constructor(room: Room, applicant: Applicant, reason: Reason, connection: Connection, resumeHashes: ResumeHashes) {
    this.room = room
    this.applicant = applicant
    this.reason = reason
    this.connection = connection
    this.resumeHashes = resumeHashes
  }

  /** As those inside see them. */
  get waiting(): Waiting {
    const { userId, name } = this.applicant
    return {
      waitingId: this.id,
      userId,
      name,
      reason: this.reason,
      connection: this.connection ? 'connected' : 'reconnecting',
      since: this.since,
    }
  }
}

/** Those who wait before a room, in the order of coming. Each knows their own place, and nothing of the others. */
export class WaitingList extends Emitter<{ changed: [] }> {
  #waiters: Waiter[] = []

  get waiting(): Waiting[] {
    return this.#waiters.map((waiter) => waiter.waiting)
  }

  [Symbol.iterator](): IterableIterator<Waiter> {
    return this.#waiters[Symbol.iterator]()
  }

  get size(): number {
    return this.#waiters.length
  }

  has(reason: Reason): boolean {
    return this.#waiters.some((waiter) => waiter.reason === reason)
  }

  get(id: string): Waiter | undefined {
    return this.#waiters.find((waiter) => waiter.id === id)
  }

  /** Whose turn it is when a place is free: the first who is connected. */
  get next(): Waiter | undefined {
    return this.#waiters.find(({ reason, connection }) => reason === 'full' && connection !== null)
  }

  /** 1 is the next, among those who wait for the same. */
  placeOf(waiter: Waiter): number {
    return this.#of(waiter.reason).indexOf(waiter) + 1
  }

  add(waiter: Waiter): void {
    this.#waiters.push(waiter)
    waiter.told = this.placeOf(waiter)
    this.emit('changed')
  }

  remove(waiter: Waiter): void {
    const index = this.#waiters.indexOf(waiter)
    if (index < 0) return
    this.#waiters.splice(index, 1)
    this.#changed()
  }

  /** From the lobby into the line for a place, at its end. */
  requeue(waiter: Waiter): void {
    waiter.reason = 'full'
    this.#waiters = [...this.#waiters.filter((other) => other !== waiter), waiter]
    waiter.told = 0
    this.#changed()
  }

  /** To another place, among those who wait for the same; the last for a number above all of them. */
  move(waiter: Waiter, place: number): void {
    const same = this.#of(waiter.reason).filter((other) => other !== waiter)
    same.splice(place - 1, 0, waiter)
    this.#waiters = this.#waiters.map((other) => (other.reason === waiter.reason ? same.shift()! : other))
    this.#changed()
  }

  #of(reason: Reason): Waiter[] {
    return this.#waiters.filter((waiter) => waiter.reason === reason)
  }

  /** Tells each whose place is another one now. */
  #changed(): void {
    const counts = { lobby: 0, full: 0 }
    for (const waiter of this.#waiters) {
      const place = (counts[waiter.reason] += 1)
      if (place === waiter.told) continue
      waiter.told = place
      waiter.connection?.wire.notify('placeChanged', {
        status: 'waiting',
        reason: waiter.reason,
        place,
        room: waiter.room.shownTo(waiter.applicant),
      })
    }
    this.emit('changed')
  }
}
