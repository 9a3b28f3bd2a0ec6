import { AppError } from '../../../shared/errors.ts'
import { backOff } from '../../../client/backOff.ts'

const RETRY = { firstMs: 250, mostMs: 8_000 }

/**
 * Brings something to where it should be. `step` looks at what is wanted now and does what is missing; it runs one at a time,
 * again when it is kicked meanwhile, and again after a while when it throws.
 */
export class Reconciler {
  readonly #step: () => Promise<void>
  #running = false
  #wanted = false
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(step: () => Promise<void>) {
    this.#step = step
  }

  /** Something has changed: look now. */
  kick(): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#wanted = true
    if (!this.#running) void this.#run()
  }

  /** It did not work: look again after the back-off, or after what the error itself asks for. */
  later(error?: unknown): void {
    if (this.#closed) return
    this.#failures += 1
    const asked = error instanceof AppError ? error.details?.['retryAfterMs'] : undefined
    const wait = backOff(this.#failures, RETRY)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.kick(), typeof asked === 'number' ? Math.max(wait, asked) : wait)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#wanted && !this.#closed) {
      this.#wanted = false
      try {
        await this.#step()
        this.#failures = 0
      } catch (error) {
        this.later(error)
      }
    }
    this.#running = false
  }
}
