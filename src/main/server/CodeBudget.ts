import { RateLimiterMemory } from 'rate-limiter-flexible'
import { charge, networkOf } from './charge.ts'

/** Whoever asks for a room by its code. */
export interface Guesser {
  /** Null where it is not known. */
  address: string | null
  /** Whoever was in a room here long enough ago not to have been made for guessing; null for a stranger. */
  knownUserId: string | null
}

/**
 * Wrong codes that are looked up, at most. There are 32^6 = 2^30 codes, so 48 + 20 in a minute are 97,920 in 24 hours: the chance to
 * hit a given room is 9.1e-5 (bar R10: below 1e-4), from however many addresses. Known devices have a budget of their own, so that
 * guessing does not lock them out.
 */
const IN_A_MINUTE = { strangers: 48, known: 20 }
/** From one address, or by one known device. People mistype; programs guess. */
const FROM_ONE = { misses: 40, seconds: 600 }

const TOO_MANY = 'Too many wrong codes were tried; wait a little, or open the link that you were sent'

export class CodeBudget {
  readonly #strangers = new RateLimiterMemory({ points: IN_A_MINUTE.strangers, duration: 60 })
  readonly #known = new RateLimiterMemory({ points: IN_A_MINUTE.known, duration: 60 })
  readonly #single = new RateLimiterMemory({ points: FROM_ONE.misses, duration: FROM_ONE.seconds })

  /** Runs a look-up where there is a budget for it, and charges a miss. Throws `rateLimited`. */
  spend<T>(guesser: Guesser, lookUp: () => Promise<T | null>): Promise<T | null> {
    return charge(this.#budgetsOf(guesser), TOO_MANY, lookUp, (found) => found !== null)
  }

  /** One's own, which others cannot use up for someone known who shares their address, and that of all together. */
  #budgetsOf({ address, knownUserId }: Guesser): [RateLimiterMemory, string][] {
    return [
      [this.#single, knownUserId ?? networkOf(address)],
      [knownUserId === null ? this.#strangers : this.#known, 'all'],
    ]
  }
}
