import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { Fingerprint } from '../../../shared/fingerprint.ts'
import type { Shown } from '../../lan/pinned.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { KeptFile } from '../KeptFile.ts'

/** Addresses that are remembered of one server. */
const MOST_ADDRESSES = 8
/** Certificates that are remembered of one server after they were renewed. */
const MOST_RETIRED = 16

/** A server that someone has met: whose certificate is known. */
export const KnownServer = z.object({
  /** The first certificate that was known of it. It stays, whatever it is renewed by, and secrets go by it. */
  id: Fingerprint,
  fingerprint: Fingerprint,
  /** Its certificates of before: one is renewed because its key was stolen, too, and then it is whoever has stolen it that shows it. */
  retired: z.array(Fingerprint).max(MOST_RETIRED).default([]),
  /** The authority that has signed it, which can vouch for a renewed one. */
  authority: Fingerprint.nullable(),
  /** When it was made. */
  issuedAt: z.iso.datetime(),
  /** Whether it was known by a certificate that this computer trusts anyway, so that one like it is as good. */
  isPublic: z.boolean(),
  name: z.string().max(200),
  /** `HOST:PORT`, where it was reached; the latest first. */
  addresses: z.array(z.string().max(300)).max(MOST_ADDRESSES),
  metAt: z.iso.datetime(),
})
export type KnownServer = z.infer<typeof KnownServer>

/** Whose certificate it is that was shown. */
export type Recognised =
  | { status: 'known'; server: KnownServer }
  /** At this address another one is known; nothing of what was shown proves that it is the same server. */
  | { status: 'changed'; server: KnownServer }
  /** It is from before a known server renewed its own, whatever the address. */
  | { status: 'outdated'; server: KnownServer }
  | { status: 'new' }

/** The servers that this copy trusts, by their certificates. */
export class KnownServers extends Emitter<{ changed: [] }> {
  readonly #file: Pick<KeptFile, 'get' | 'set'>

  constructor(file: Pick<KeptFile, 'get' | 'set'>) {
    super()
    this.#file = file
  }

  /** One that cannot be read does not take the others along. */
  get all(): KnownServer[] {
    const kept = this.#file.get('servers')
    return Array.isArray(kept) ? kept.flatMap((server) => KnownServer.safeParse(server).data ?? []) : []
  }

  withId(id: string): KnownServer | null {
    return this.all.find((server) => server.id === id) ?? null
  }

  withFingerprint(fingerprint: string): KnownServer | null {
    return this.all.find((server) => server.fingerprint === fingerprint) ?? null
  }

  /** Whose certificate that is, or was. */
  everWith(fingerprint: string): KnownServer | null {
    return this.all.find((server) => server.fingerprint === fingerprint || hadBefore(server, fingerprint)) ?? null
  }

  /**
   * Says whose certificate that is. A renewed one counts where the authority that was seen before has signed it, later than the one that is
   * known: its key may be why that was renewed. Or, for a server whose certificate this computer trusts by its name anyway, where it does so
   * still. Everything else at a known address is a stranger.
   */
  recognise(shown: Shown, address: string): Recognised {
    const { fingerprint, authority, issuedAt, isPublic } = shown
    const known = this.withFingerprint(fingerprint)
    if (known) return { status: 'known', server: this.#keep({ ...known, addresses: first(address, known.addresses) }) }
    const { all } = this
    const outdated = all.find((server) => isOutdated(server, shown))
    if (outdated) return { status: 'outdated', server: outdated }
    const atAddress = all.find(({ addresses }) => addresses.includes(address))
    const renewed =
      (authority !== null && all.find((server) => server.authority === authority && server.issuedAt <= issuedAt)) ||
      (isPublic && atAddress?.isPublic ? atAddress : undefined)
    if (renewed) {
      const addresses = first(address, renewed.addresses)
      const retired = [renewed.fingerprint, ...renewed.retired].slice(0, MOST_RETIRED)
      return { status: 'known', server: this.#keep({ ...renewed, fingerprint, retired, issuedAt, addresses }) }
    }
    return atAddress ? { status: 'changed', server: atAddress } : { status: 'new' }
  }

  /** From now on this certificate is trusted. Throws where it is one from before a known server renewed its own. */
  trust(shown: Shown, address: string, name: string): KnownServer {
    const { fingerprint, authority, issuedAt, isPublic } = shown
    const known = this.withFingerprint(fingerprint)
    if (!known && this.all.some((server) => isOutdated(server, shown)))
      throw new AppError('forbidden', 'This server has another certificate by now')
    const { id = fingerprint, retired = [], metAt = new Date().toISOString() } = known ?? {}
    const addresses = first(address, known?.addresses ?? [])
    return this.#keep({ id, fingerprint, retired, authority, issuedAt, isPublic, name, addresses, metAt })
  }

  /** As it calls itself now. */
  rename(id: string, name: string): void {
    this.#store(this.all.map((server) => (server.id === id ? { ...server, name } : server)))
  }

  forget(id: string): void {
    this.#store(this.all.filter((server) => server.id !== id))
  }

  /** An address belongs to whoever was met there last. */
  #keep(server: KnownServer): KnownServer {
    const others = this.all
      .filter(({ id }) => id !== server.id)
      .map((other) => ({ ...other, addresses: other.addresses.filter((address) => address !== server.addresses[0]) }))
    this.#store([server, ...others])
    return server
  }

  #store(servers: KnownServer[]): void {
    if (JSON.stringify(servers) === JSON.stringify(this.all)) return
    this.#file.set('servers', servers)
    this.emit('changed')
  }
}

const first = (address: string, others: string[]) =>
  [address, ...others.filter((other) => other !== address)].slice(0, MOST_ADDRESSES)

const hadBefore = ({ id, fingerprint, retired }: KnownServer, shown: string) =>
  shown !== fingerprint && (shown === id || retired.includes(shown))

/** Those that are vouched for by a name are renewed often, and not because of it. */
const isOutdated = (server: KnownServer, { fingerprint, authority, issuedAt, isPublic }: Shown) =>
  !(server.isPublic && isPublic) &&
  (hadBefore(server, fingerprint) || (authority !== null && server.authority === authority && issuedAt < server.issuedAt))
