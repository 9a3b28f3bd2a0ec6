/** Does something at once when it is due, and in a burst again only after a pause, for all that has come meanwhile. */
export class Paced {
  readonly #everyMs: number
  readonly #act: () => void
  #isDue = false
  #pause: NodeJS.Timeout | null = null
  #closed = false

  /** `everyMs` is the least time between two rounds. */
  constructor(everyMs: number, act: () => void) {
    this.#everyMs = everyMs
    this.#act = act
  }

  due(): void {
    this.#isDue = true
    if (!this.#pause) this.#round()
  }

  close(): void {
    this.#closed = true
    if (this.#pause) clearTimeout(this.#pause)
  }

  #round(): void {
    if (!this.#isDue || this.#closed) return
    this.#isDue = false
    this.#pause = setTimeout(() => {
      this.#pause = null
      this.#round()
    }, this.#everyMs)
    this.#act()
  }
}
