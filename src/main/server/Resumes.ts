import type { Peer, ResumeHashes } from './Peer.ts'
import type { KeptSeat } from './store/seats.ts'
import type { Waiter } from './WaitingList.ts'

/** Who can be taken back by a credential: living seats, places before doors, and seats that a crash has left without their people. */
export class Resumes {
  readonly #living = new Map<string, Peer | Waiter>()
  readonly #kept = new Map<string, KeptSeat>()

  add(holder: Peer | Waiter): void {
    for (const hash of both(holder.resumeHashes)) this.#living.set(hash, holder)
  }

  /** Its credentials are worth nothing any more, unless they are another's by now. */
  remove(holder: Peer | Waiter): void {
    for (const hash of both(holder.resumeHashes)) if (this.#living.get(hash) === holder) this.#living.delete(hash)
  }

  /** Gives a holder other credentials. */
  rotate(holder: Peer | Waiter, next: ResumeHashes): void {
    this.remove(holder)
    holder.resumeHashes = next
    this.add(holder)
  }

  living(hash: string): Peer | Waiter | undefined {
    return this.#living.get(hash)
  }

  keep(seats: readonly KeptSeat[]): void {
    for (const seat of seats) for (const hash of both(keptHashes(seat))) this.#kept.set(hash, seat)
  }

  kept(hash: string): KeptSeat | undefined {
    return this.#kept.get(hash)
  }

  /** Takes a kept seat, so that nobody else can. */
  takeKept(seat: KeptSeat): void {
    for (const hash of both(keptHashes(seat))) this.#kept.delete(hash)
  }

  /** Forgets those whose people have not come back (all, or some), and says which seats they were. */
  dropKept(which: (seat: KeptSeat) => boolean = () => true): string[] {
    const dropped = new Set([...this.#kept.values()].filter(which))
    for (const seat of dropped) this.takeKept(seat)
    return [...dropped].map(({ peerId }) => peerId)
  }
}

const both = ({ current, previous }: ResumeHashes) => (previous === null ? [current] : [current, previous])
const keptHashes = ({ hash, previousHash }: KeptSeat) => ({ current: hash, previous: previousHash })
