import { RateLimiterRes, type RateLimiterMemory } from 'rate-limiter-flexible'
import { AppError } from '../../shared/errors.ts'

/** A budget, and whose share of it. */
type Share = readonly [RateLimiterMemory, key: string]

/**
 * Takes something out of each budget, one's own first: who has nothing left there does not use up what is for all. Throws `rateLimited` with
 * the sentence where one of them has not enough left; then nothing is taken from any.
 */
export async function pay(shares: readonly Share[], sentence: string, points = 1): Promise<void> {
  const taken: Share[] = []
  for (const share of shares) {
    const [budget, key] = share
    // Also what is refused is counted.
    taken.push(share)
    try {
      await budget.consume(key, points)
    } catch (refusal) {
      await giveBack(taken, points)
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      throw new AppError('rateLimited', sentence, { details: { retryAfterMs: refusal.msBeforeNext } })
    }
  }
}

/**
 * Tries something that may be tried so often only, and gives back what it has cost where it succeeds. It is paid before: many at once
 * would all be tried with what is left for one. Throws `rateLimited` with the sentence.
 */
export async function charge<T>(
  shares: readonly Share[],
  sentence: string,
  attempt: () => Promise<T>,
  succeeded: (result: T) => boolean,
): Promise<T> {
  await pay(shares, sentence)
  const result = await attempt()
  if (succeeded(result)) await giveBack(shares, 1)
  return result
}

async function giveBack(shares: readonly Share[], points: number): Promise<void> {
  await Promise.all(shares.map(([budget, key]) => budget.reward(key, points)))
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
