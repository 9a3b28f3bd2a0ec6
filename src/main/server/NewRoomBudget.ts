import { RateLimiterMemory } from 'rate-limiter-flexible'
import { networkOf, pay } from './charge.ts'

/**
 * Rooms that people without a key may make from one address. Nobody makes so many by hand; a program that does would fill the disk.
 */
const FROM_ONE = { rooms: 3_000, seconds: 3_600 }

export class NewRoomBudget {
  readonly #single = new RateLimiterMemory({ points: FROM_ONE.rooms, duration: FROM_ONE.seconds })

  /** Throws `rateLimited`. */
  async spend(address: string | null): Promise<void> {
    await pay([[this.#single, networkOf(address)]], 'Too many rooms were made from there; wait a while')
  }
}
