/** Tokens that come back with time, as many as it holds at most. */
class Bucket {
  readonly #rate: number
  readonly #size: number
  #level: number
  #at: number

  /** Full; `rate` is a second's. */
  constructor({ rate, size }: Rate, now: number) {
    this.#rate = rate
    this.#size = size
    this.#level = size
    this.#at = now
  }

  /** How full it is, from 0 to 1. */
  fullness(now: number): number {
    this.#level = Math.min(this.#size, this.#level + ((now - this.#at) / 1_000) * this.#rate)
    this.#at = now
    return this.#level / this.#size
  }

  take(tokens: number): void {
    this.#level -= tokens
  }
}

interface Rate {
  rate: number
  size: number
}

/** One token is a packet of an Ethernet's length, of which up to 0.3 ms of work can be made: 6 % of one core. */
const ofAll: Rate = { rate: 200, size: 400 }
/** A server that answers everyone, and looks around, says five things a second. What is passed on from another network has one sender. */
const ofOne: Rate = { rate: 10, size: 40 }
/** In bytes. */
const inOneToken = 1_500
const mostSenders = 1_024
/** Above so much of a sender's bucket it has said little lately. */
const quiet = 0.95
/** So much of all there is is kept for those who have said little, and for those who are expected. */
const keptForQuiet = 0.5
const keptForExpected = 0.25

export interface Packet {
  source: string
  /** In bytes. */
  length: number
  /** Whether it concerns a server that someone knows, as far as it says. */
  isExpected: boolean
}

/**
 * Who is listened to. What a packet says costs far more than to throw it away, and anyone may send: so many are looked into in a second,
 * and no more. Where there are too many, those who say much give way to those who say little.
 */
export class Intake {
  readonly #all: Bucket
  /** By sender, who spoke last at the end. */
  readonly #senders = new Map<string, Bucket>()
  #dropped = 0

  constructor(now: number) {
    this.#all = new Bucket(ofAll, now)
  }

  /** Packets that were not looked into. */
  get dropped(): number {
    return this.#dropped
  }

  /** Whether a packet is to be looked into; then it is paid for. Time is in ms. */
  admits(packet: Packet, now: number): boolean {
    const isAdmitted = this.#pays(packet, now)
    if (!isAdmitted) this.#dropped++
    return isAdmitted
  }

  #pays({ source, length, isExpected }: Packet, now: number): boolean {
    const one = this.#bucketOf(source, now)
    const left = one.fullness(now)
    if (left <= 0) return false
    const tokens = Math.ceil(length / inOneToken)
    // Also where there is nothing left of all: otherwise whoever is refused would look quiet soon.
    one.take(tokens)
    const kept = isExpected ? 0 : left >= quiet ? keptForExpected : keptForQuiet
    if (this.#all.fullness(now) <= kept) return false
    this.#all.take(tokens)
    return true
  }

  #bucketOf(source: string, now: number): Bucket {
    const bucket = this.#senders.get(source) ?? new Bucket(ofOne, now)
    this.#senders.delete(source)
    this.#senders.set(source, bucket)
    const [oldest] = this.#senders.keys()
    if (this.#senders.size > mostSenders && oldest !== undefined) this.#senders.delete(oldest)
    return bucket
  }
}
