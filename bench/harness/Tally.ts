/** How long what is under way may take to arrive, in ms. */
const PATIENCE_MS = 10_000

/** Counts what arrives, so that nothing is lost or doubled unseen. */
export class Tally {
  #count = 0
  #expected = Infinity
  #reached = () => {}

  add(): void {
    this.#count += 1
    if (this.#count >= this.#expected) this.#reached()
  }

  /** Resolves when so many have come since the last time. Throws where they do not come, or more do. */
  async take(expected: number): Promise<void> {
    this.#expected = expected
    if (this.#count < expected) {
      await new Promise<void>((resolve) => {
        const patience = setTimeout(resolve, PATIENCE_MS)
        this.#reached = () => {
          clearTimeout(patience)
          resolve()
        }
      })
    }
    const count = this.#count
    this.#count -= expected
    this.#expected = Infinity
    if (count !== expected) throw new Error(`${count} came where ${expected} were sent`)
  }
}
