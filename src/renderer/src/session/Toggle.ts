import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'

/**
 * A switch that follows the last wish. `apply` does what is asked and says which state came of it; one loop calls it until the
 * wish and the truth agree, however fast someone clicks. When it throws, the switch returns to the truth and keeps the error.
 */
export class Toggle extends Emitter<{ changed: [] }> {
  readonly #apply: (on: boolean) => Promise<boolean>
  #desired = false
  #actual = false
  #error: AppError | null = null
  #running = false

  constructor(apply: (on: boolean) => Promise<boolean>) {
    super()
    this.#apply = apply
  }

  get desired(): boolean {
    return this.#desired
  }

  get actual(): boolean {
    return this.#actual
  }

  /** Why the last wish did not come true. A new wish clears it. */
  get error(): AppError | null {
    return this.#error
  }

  set(on: boolean): void {
    if (on === this.#desired && this.#error === null) return
    this.#wish(on, null)
  }

  toggle(): void {
    this.set(!this.#desired)
  }

  /** Switches off because the thing itself has gone. */
  drop(error: AppError | null): void {
    this.#wish(false, error)
  }

  /** Resolves when the wish and the truth agree. */
  async settled(): Promise<void> {
    while (this.#running) await this.once('changed')
  }

  #wish(on: boolean, error: AppError | null): void {
    this.#desired = on
    this.#error = error
    this.emit('changed')
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#actual !== this.#desired) {
      const wish = this.#desired
      try {
        this.#actual = await this.#apply(wish)
      } catch (error) {
        if (this.#desired === wish) this.#error = AppError.from(error)
      }
      // Someone who has asked for something else meanwhile gets that; otherwise the wish gives in to the truth.
      if (this.#desired === wish) this.#desired = this.#actual
    }
    this.#running = false
    this.emit('changed')
  }
}
