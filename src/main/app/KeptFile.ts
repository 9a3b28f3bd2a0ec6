import Store from 'electron-store'
import type { Logger } from 'pino'

/** A small file of what this copy keeps, for its user alone. Where the disk refuses, all works from memory for as long as the app runs. */
export class KeptFile {
  readonly #log: Logger
  readonly #store: Store | null
  readonly #unstored = new Map<string, unknown>()

  constructor(name: string, log: Logger) {
    this.#log = log
    try {
      this.#store = new Store({ name, clearInvalidConfig: true, accessPropertiesByDotNotation: false, configFileMode: 0o600 })
    } catch (error) {
      log.error({ err: error, name }, 'what is kept cannot be read')
      this.#store = null
    }
  }

  get(key: string): unknown {
    return this.#unstored.has(key) ? this.#unstored.get(key) : this.#store?.get(key)
  }

  set(key: string, value: unknown): void {
    this.#unstored.set(key, value)
    try {
      if (!this.#store) return
      this.#store.set(key, value)
      this.#unstored.delete(key)
    } catch (error) {
      this.#log.error({ err: error }, 'what is to be kept cannot be stored')
    }
  }
}
