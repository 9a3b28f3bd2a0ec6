import { Emitter } from '../../shared/emitter.ts'
import { readLocalAddresses, type LocalAddress } from './localAddresses.ts'

/** No system tells Node of a change, so it is looked for. In ms. */
const lookEvery = 2_000
/** A clock that is this far ahead of where it should be: the machine has slept. In ms. */
const slept = 10_000

interface Sources {
  read?: () => LocalAddress[]
  /** Calls again and again, after so many ms, until the returned function is called. */
  every?: (ms: number, look: () => void) => () => void
  now?: () => number
}

/** The addresses of this machine as they come and go. Whoever makes one closes it. */
export class Interfaces extends Emitter<{ changed: []; woke: [] }> {
  readonly #read: () => LocalAddress[]
  readonly #now: () => number
  readonly #stop: () => void
  #addresses: readonly LocalAddress[]
  #lookedAt: number

  constructor({ read = readLocalAddresses, every = everyUnheld, now = Date.now }: Sources = {}) {
    super()
    this.#read = read
    this.#now = now
    this.#addresses = read()
    this.#lookedAt = now()
    this.#stop = every(lookEvery, () => this.look())
  }

  /** The best first. The same list as long as nothing has changed. */
  get addresses(): readonly LocalAddress[] {
    return this.#addresses
  }

  /** Looks now, and announces what has changed. */
  look(): void {
    const asleep = this.#now() - this.#lookedAt - lookEvery > slept
    this.#lookedAt = this.#now()
    const addresses = this.#read()
    if (JSON.stringify(addresses) !== JSON.stringify(this.#addresses)) {
      this.#addresses = addresses
      this.emit('changed')
    }
    if (asleep) this.emit('woke')
  }

  close(): void {
    this.#stop()
  }
}

/** A timer that keeps no program from ending. */
function everyUnheld(ms: number, look: () => void): () => void {
  const timer = setInterval(look, ms)
  timer.unref()
  return () => clearInterval(timer)
}
