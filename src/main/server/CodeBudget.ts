import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../../shared/errors.ts'

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
const FROM_ONE = { misses: 20, seconds: 600 }

export class CodeBudget {
  readonly #strangers = new RateLimiterMemory({ points: IN_A_MINUTE.strangers, duration: 60 })
  readonly #known = new RateLimiterMemory({ points: IN_A_MINUTE.known, duration: 60 })
  readonly #single = new RateLimiterMemory({ points: FROM_ONE.misses, duration: FROM_ONE.seconds })

  /** Runs a look-up where there is a budget for it, and charges a miss. Throws `rateLimited`. */
  async spend<T>(guesser: Guesser, lookUp: () => Promise<T | null>): Promise<T | null> {
    const budgets = this.#budgetsOf(guesser)
    // Charged before, or many at once would all be looked up with what is left for one.
    await Promise.all(budgets.map(([budget, key]) => budget.consume(key))).catch((refusal: unknown) => {
      throw refusal instanceof RateLimiterRes ? tooMany(refusal.msBeforeNext) : refusal
    })
    const found = await lookUp()
    if (found !== null) await Promise.all(budgets.map(([budget, key]) => budget.reward(key)))
    return found
  }

  /** One's own, which others cannot use up for someone known who shares their address, and that of all together. */
  #budgetsOf({ address, knownUserId }: Guesser): [RateLimiterMemory, string][] {
    return [
      [this.#single, knownUserId ?? (address === null ? 'unknown' : networkOf(address))],
      [knownUserId === null ? this.#strangers : this.#known, 'all'],
    ]
  }
}

/** One network of IPv6 has as many addresses as it likes: the first 64 bits name it (RFC 4291). */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const groups = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back]
  return groups.slice(0, 4).join(':')
}

const tooMany = (retryAfterMs: number) =>
  new AppError('rateLimited', 'Too many wrong codes were tried; wait a little, or open the link that you were sent', {
    details: { retryAfterMs },
  })
