import { RateLimiterMemory } from 'rate-limiter-flexible'
import { charge, networkOf } from './charge.ts'

/** Wrong passwords from one address for one room, and for one room from all addresses. */
const FROM_ONE = { points: 10, duration: 600 }
const FOR_ROOM = { points: 200, duration: 3_600 }
const TOO_MANY = 'Too many wrong passwords were tried; wait a little, or ask the host to let you in'

/** How often a wrong password is looked at: those who know it are not held up by one who guesses from elsewhere. */
export class PasswordBudget {
  readonly #single = new RateLimiterMemory(FROM_ONE)
  readonly #rooms = new RateLimiterMemory(FOR_ROOM)

  /** Runs a check where there is a budget for it, and charges a wrong one. Throws `rateLimited`. */
  spend(roomId: string, address: string | null, check: () => Promise<boolean>): Promise<boolean> {
    const budgets = [
      [this.#single, `${roomId} ${networkOf(address)}`],
      [this.#rooms, roomId],
    ] as const
    return charge(budgets, TOO_MANY, check, (isRight) => isRight)
  }
}
