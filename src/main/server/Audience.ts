import type { Connection, Tell } from './Connection.ts'

/** Those of each tenant who have asked to be told of something, until they go into a room. */
export class Audience {
  readonly #name: string
  readonly #teller: (channel: string) => Tell
  /** By connection, the channel that it has entered: a token may have brought it to another tenant meanwhile. */
  readonly #entered = new WeakMap<Connection, string>()

  /** `name` is one that no other audience has. */
  constructor(name: string, teller: (channel: string) => Tell) {
    this.#name = name
    this.#teller = teller
  }

  add(connection: Connection): void {
    const channel = this.#channelOf(connection.tenantId)
    this.#entered.set(connection, channel)
    connection.wire.enter(channel)
  }

  remove(connection: Connection): void {
    const channel = this.#entered.get(connection)
    if (channel !== undefined) connection.wire.exit(channel)
    this.#entered.delete(connection)
  }

  /** How those of a tenant are told. */
  of(tenantId: string): Tell {
    return this.#teller(this.#channelOf(tenantId))
  }

  #channelOf(tenantId: string): string {
    return `${this.#name} of ${tenantId}`
  }
}
