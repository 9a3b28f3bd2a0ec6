/** Typed events. They announce what has happened; to ask for something, call a method. */

export class Emitter<E extends { [K in keyof E]: unknown[] }> {
  readonly #listeners: { [K in keyof E]?: Set<(...args: E[K]) => void> } = {}

  /** Listens until the returned function is called. */
  on<K extends keyof E>(event: K, listener: (...args: E[K]) => void): () => void {
    const listeners = (this.#listeners[event] ??= new Set())
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** Resolves with the arguments of the next such event. */
  once<K extends keyof E>(event: K): Promise<E[K]> {
    return new Promise((resolve) => {
      const off = this.on(event, (...args) => {
        off()
        resolve(args)
      })
    })
  }

  /** Only the owner announces: subclasses call it, outsiders listen. */
  protected emit<K extends keyof E>(event: K, ...args: E[K]): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) listener(...args)
  }
}
