import { MAX_IN_FLIGHT } from '../../shared/protocol.ts'

/** Requests that wait behind the running ones before a client is told that it floods. */
const MAX_WAITING = 7 * MAX_IN_FLIGHT

/**
 * One connection's requests: started in the order in which they came, up to 32 at work at once, further ones waiting. What is
 * slower than its client slows the client down; only a flood is refused.
 */
export class Inbox {
  readonly #waiting: (() => Promise<void>)[] = []
  #running = 0
  #open = false
  #whenIdle: (() => void)[] = []

  /** Starts the work that has come so far. */
  open(): void {
    this.#open = true
    this.#next()
  }

  /** False where too much waits already: the work is not taken. */
  add(work: () => Promise<void>): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false
    this.#waiting.push(work)
    this.#next()
    return true
  }

  /** Resolves when all that was taken is done. */
  idle(): Promise<void> {
    if (!this.#open || this.#running + this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  /** Forgets what has not been started. */
  close(): void {
    this.#open = false
    this.#waiting.length = 0
  }

  #next(): void {
    while (this.#open && this.#running < MAX_IN_FLIGHT) {
      const work = this.#waiting.shift()
      if (!work) return
      this.#running += 1
      void work().finally(() => {
        this.#running -= 1
        this.#next()
        if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
      })
    }
  }
}
