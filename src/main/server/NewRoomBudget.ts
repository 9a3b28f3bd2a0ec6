import { RateLimiterMemory } from 'rate-limiter-flexible'
import { networkOf, pay } from './charge.ts'
import { isLoopback } from './tls/onePort.ts'

/**
 * Rooms that people without a key may make in an hour, as every room is shown to all who watch the list, and is on the disk: from one
 * address three a minute, which is beyond a whole class that shares one; and from all that come over the network.
 */
const IN_AN_HOUR = { one: 200, all: 2_000 }
/** From this computer: its owner's programs, and a proxy, which brings everybody. In a minute five a second, and in an hour what fills no disk. */
const HERE = { minute: 300, hour: 3_000 }

const TOO_MANY = 'Too many rooms were made from there; wait a while'

export class NewRoomBudget {
  readonly #one = new RateLimiterMemory({ points: IN_AN_HOUR.one, duration: 3_600 })
  readonly #all = new RateLimiterMemory({ points: IN_AN_HOUR.all, duration: 3_600 })
  readonly #minuteHere = new RateLimiterMemory({ points: HERE.minute, duration: 60 })
  readonly #hourHere = new RateLimiterMemory({ points: HERE.hour, duration: 3_600 })

  /** Throws `rateLimited`. */
  async spend(address: string | null): Promise<void> {
    const shares = isLoopback(address ?? undefined)
      ? ([
          [this.#minuteHere, 'here'],
          [this.#hourHere, 'here'],
        ] as const)
      : ([
          [this.#one, networkOf(address)],
          [this.#all, 'all'],
        ] as const)
    await pay(shares, TOO_MANY)
  }
}
