import { RateLimiterMemory } from 'rate-limiter-flexible'
import { pay } from './charge.ts'

/**
 * What one person may do in a time, far above what anyone does by hand or a client for them: a program that floods is stopped before
 * it fills the disk, or the lines of others.
 */
const budgets = {
  /** Characters that are said in ten minutes: a novel has a million. */
  chat: { points: 50_000_000, duration: 600, sentence: 'You have written very much; wait a while' },
  /** Characters that are relayed in ten seconds. A call of twenty people is set up with some 2,000 candidates and 40 descriptions. */
  relay: { points: 4_000_000, duration: 10, sentence: 'Too much is relayed at once; wait a little' },
  ring: { points: 30, duration: 60, sentence: 'You ring very often; wait a little' },
} as const

export type Spending = keyof typeof budgets

/** By the person's id; whoever has two windows has one budget. */
export class PersonBudgets {
  readonly #limiters = Object.fromEntries(
    Object.entries(budgets).map(([name, { points, duration }]) => [name, new RateLimiterMemory({ points, duration })]),
  ) as Record<Spending, RateLimiterMemory>

  /** Throws `rateLimited`. */
  async spend(spending: Spending, userId: string, points = 1): Promise<void> {
    await pay([[this.#limiters[spending], userId]], budgets[spending].sentence, points)
  }
}
