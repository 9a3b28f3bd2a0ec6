import type { Whereabouts } from '../../shared/bridge.ts'
import { AppError } from '../../shared/errors.ts'
import type { KnownServers } from './servers/KnownServers.ts'
import type { Servers } from './servers/Servers.ts'
import type { Partitions } from './partitions.ts'
import type { MainWindow } from './window.ts'

export interface PlaceParts {
  known: KnownServers
  servers: Servers
  partitions: Partitions
  window: MainWindow
}

/** Where the window is: at the first screen, or at the server of someone else, in that server's session. */
export class Place {
  readonly #parts: PlaceParts
  #server: Whereabouts['server'] = null
  #room: string | null = null
  /** Where its server was last seen in the network. */
  #seenAt = ''

  constructor(parts: PlaceParts) {
    this.#parts = parts
    parts.servers.on('changed', () => void this.#look())
  }

  /** The room is for a page that has just come: a page that crashed begins at the first screen of the same server. */
  get whereabouts(): Whereabouts {
    return { server: this.#server, room: this.#room }
  }

  /** To the door of a room of a known server. Throws `disconnected` where it is not to be found. */
  async visit(serverId: string, room: string | null): Promise<void> {
    const { known, servers, partitions, window } = this.#parts
    const url = await servers.locate(serverId)
    const server = known.withId(serverId)
    if (url === null || !server)
      throw new AppError('disconnected', 'The server does not answer; check that you are on its network')
    this.#server = { serverId, name: server.name, url }
    this.#room = room
    this.#seenAt = servers.seenAt(serverId).join()
    window.moveTo(partitions.of(server.fingerprint))
  }

  /** Whoever shows itself elsewhere may have left the address that the window is connected to, which would go unnoticed for long. */
  async #look(): Promise<void> {
    const { servers, window } = this.#parts
    const server = this.#server
    if (!server) return
    const seenAt = servers.seenAt(server.serverId).join()
    if (seenAt === this.#seenAt) return
    this.#seenAt = seenAt
    const hasLeft = await servers.hasLeft(server.serverId, new URL(server.url).host)
    if (hasLeft && this.#server === server) window.tell('serverMoved', {})
  }

  goHome(): void {
    this.#room = null
    if (this.#server === null) return
    this.#server = null
    this.#parts.window.moveTo(null)
  }

  /** Where its server is by now. One whose certificate was renewed meanwhile has another session: the window goes there. */
  async locate(): Promise<string | null> {
    const { known, servers, partitions, window } = this.#parts
    const { serverId } = this.#server ?? {}
    if (serverId === undefined) return null
    const before = known.withId(serverId)?.fingerprint
    const url = await servers.locate(serverId)
    if (url === null || this.#server?.serverId !== serverId) return null
    const { fingerprint, name } = known.withId(serverId)!
    this.#server = { serverId, name, url }
    if (fingerprint !== before) window.moveTo(partitions.of(fingerprint))
    return url
  }
}
