import { uptime } from 'node:os'

/** Tells the time, and how much of it has passed: those differ where a clock is set. */
export interface Clock {
  /** What the machine's clock shows, in ms since 1970. */
  now(): number
  /** How long the machine is up, in ms, with the time for which it slept; nobody sets that. */
  uptime(): number
}

export const systemClock: Clock = { now: () => Date.now(), uptime: () => uptime() * 1_000 }

/** Clients are heard of every 5 s (`signaling.ts`); whoever was not for so long, in ms, had gone by then, or the machine slept. */
const SILENT_MS = 7_000
/** The two clocks of a machine may differ by so much, in ms, without anyone having set one. */
const TOLERANCE_MS = 2_000

/** How long someone was in a room, whatever happens to the machine's clock meanwhile. */
export class Stay {
  readonly #clock: Clock
  readonly #began: { at: number; up: number }
  #lostUp: number | null = null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#began = { at: clock.now(), up: clock.uptime() }
  }

  get beganAt(): string {
    return new Date(this.#began.at).toISOString()
  }

  /** The connection is lost, over which they were last heard of at that uptime, in ms. */
  lost(heardUp: number): void {
    const up = this.#clock.uptime()
    this.#lostUp = Math.max(this.#began.up, up - heardUp > SILENT_MS ? heardUp : up)
  }

  returned(): void {
    this.#lostUp = null
  }

  /** When it ends that ends now: for whoever was lost, and has not come back, when they were. */
  get endedAt(): string {
    const up = this.#clock.uptime()
    const until = this.#lostUp ?? up
    const lasted = until - this.#began.up
    const byClock = this.#clock.now() - (up - until) - this.#began.at
    const wasSet = Math.abs(byClock - lasted) > TOLERANCE_MS
    return new Date(this.#began.at + (wasSet ? lasted : Math.max(0, byClock))).toISOString()
  }
}
