import type { Logger } from 'pino'
import { Emitter } from '../../../shared/emitter.ts'
import type { KnownServer, KnownServers } from './KnownServers.ts'
import { RoomWatch } from './RoomWatch.ts'

/** How long a server that is not seen is looked for, in ms. */
const LOOK_MS = 2_000

export interface RoomWatchesOptions {
  known: KnownServers
  /** The secret by which a server knows this copy again. */
  deviceFor: (server: KnownServer) => Promise<string>
  /** Where a known server may be, as `HOST:PORT`, the best first. */
  addressesOf: (id: string) => string[]
  /** Where a known server is now, as `https://HOST:PORT`; null where it is not to be found. */
  locate: (id: string, signal?: AbortSignal) => Promise<string | null>
  log: Logger
}

/** Looks into the known servers that are there. */
export class RoomWatches extends Emitter<{ changed: [] }> {
  readonly #options: RoomWatchesOptions
  /** By the server's id. */
  readonly #watches = new Map<string, RoomWatch>()
  #wanted: readonly KnownServer[] = []
  #closed = false

  constructor(options: RoomWatchesOptions) {
    super()
    this.#options = options
  }

  get(id: string): RoomWatch | undefined {
    return this.#watches.get(id)
  }

  /** Watches these servers, and no others. */
  async keep(wanted: readonly KnownServer[]): Promise<void> {
    const { known, deviceFor, addressesOf, log } = this.#options
    this.#wanted = wanted
    for (const [id, watch] of this.#watches) {
      if (this.#wants(id, watch.fingerprint)) continue
      watch.close()
      this.#watches.delete(id)
    }
    for (const server of wanted) {
      const { id, fingerprint } = server
      if (this.#watches.has(id)) continue
      const device = await deviceFor(server)
      const [address] = addressesOf(id)
      // It may have been forgotten meanwhile, or gone.
      if (this.#closed || this.#watches.has(id) || !this.#wants(id, fingerprint) || address === undefined) continue
      const watch = this.#watch(`https://${address}`, server, device)
      this.#watches.set(id, watch)
      log.info({ server: id }, 'a known server is there')
      watch.on('changed', () => {
        if (watch.name !== null && watch.name !== known.withId(id)?.name) known.rename(id, watch.name)
        this.emit('changed')
      })
    }
  }

  /** Whether a known server has the room that a code means. Throws where there is no answer. */
  async has(id: string, ref: string): Promise<boolean> {
    const { known, deviceFor, locate } = this.#options
    const watch = this.#watches.get(id)
    if (watch) return watch.has(ref)
    // One that does not show itself may be in another network.
    const url = await locate(id, AbortSignal.timeout(LOOK_MS))
    const server = known.withId(id)
    if (url === null || !server) return false
    const visit = this.#watch(url, server, await deviceFor(server))
    try {
      return await visit.has(ref)
    } finally {
      visit.close()
    }
  }

  close(): void {
    this.#closed = true
    for (const watch of this.#watches.values()) watch.close()
    this.#watches.clear()
  }

  #wants(id: string, fingerprint: string): boolean {
    return this.#wanted.some((server) => server.id === id && server.fingerprint === fingerprint)
  }

  #watch(url: string, { id, fingerprint }: KnownServer, device: string): RoomWatch {
    return new RoomWatch(url, { fingerprint, device, locate: () => this.#options.locate(id) })
  }
}
