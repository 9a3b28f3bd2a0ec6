import { RateLimiterRes, type RateLimiterMemory } from 'rate-limiter-flexible'
import { AppError } from '../../shared/errors.ts'

/**
 * Tries something that may be tried so often only, and gives back what it has cost where it succeeds. It is paid before: many at once
 * would all be tried with what is left for one. Throws `rateLimited` with the sentence.
 */
export async function charge<T>(
  budgets: readonly (readonly [RateLimiterMemory, key: string])[],
  sentence: string,
  attempt: () => Promise<T>,
  succeeded: (result: T) => boolean,
  points = 1,
): Promise<T> {
  await Promise.all(budgets.map(([budget, key]) => budget.consume(key, points))).catch((refusal: unknown) => {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    throw new AppError('rateLimited', sentence, { details: { retryAfterMs: refusal.msBeforeNext } })
  })
  const result = await attempt()
  if (succeeded(result)) await Promise.all(budgets.map(([budget, key]) => budget.reward(key, points)))
  return result
}

/** One network of IPv6 has as many addresses as it likes: its first 64 bits stand for all (RFC 4291). */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown'
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const groups = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back]
  return groups.slice(0, 4).join(':')
}
