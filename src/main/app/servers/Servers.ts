import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { splitAddress } from '../../../shared/address.ts'
import type { LinkMeaning, MetServer, NearbyServer } from '../../../shared/bridge.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { skeletonOf } from '../../../shared/names.ts'
import type { RoomLink } from '../../../shared/roomLink.ts'
import type { Seen } from '../../lan/mdns/Sightings.ts'
import { Paced } from '../../lan/Paced.ts'
import { shownAt, type Shown } from '../../lan/pinned.ts'
import { wordsOf } from '../../lan/words.ts'
import type { KnownServer, KnownServers } from './KnownServers.ts'
import { RoomWatches } from './RoomWatches.ts'

/** Certificates that were shown and not trusted yet; the oldest give way. */
const MOST_SHOWN = 50
/** How long a server may take to show that it still is where it was, in ms; longer than any that is there needs on a local network. */
const MOVED_MS = 2_000
/** How long the other servers are waited for, once one has said that it has a room, in ms; on a local network they answer in a tenth of it. */
const OTHERS_MS = 700
/** Known servers that are asked for the room of a code, those met last first. */
const MOST_ASKED = 20
/** Addresses at which one server is looked for: anyone may claim to be it, at any of them. */
const MOST_TRIED = 64

/** How often it is told at most what has changed, whatever others do; in ms. */
const TELL_EVERY_MS = 250

/** What sees servers in the network. */
export interface Discovery extends Emitter<{ changed: [] }> {
  readonly seen: readonly Seen[]
}

export interface ServersOptions {
  known: KnownServers
  discovery: Discovery
  /** The secret by which a server knows this copy again. */
  deviceFor: (server: KnownServer) => Promise<string>
  /** Of the carried server, which is not one of the others. */
  ownFingerprint: () => Fingerprint | null
  log: Logger
}

/** Where someone wants to go: addresses to try (`HOST:PORT`), and whose certificate has to be there, where that is known. */
export interface Wish {
  addresses: string[]
  fingerprint: Fingerprint | null
  /** Whether the fingerprint comes from a link, and so is trusted when it is found; one that was only seen in the network is not. */
  isProof: boolean
}

interface Found {
  address: string
  shown: Shown
}

/** The other servers: those in the network, those that are known, and the way from the first to the second. */
export class Servers extends Emitter<{ changed: [] }> {
  readonly #options: ServersOptions
  readonly #watches: RoomWatches
  /** What was shown and is waiting for someone to compare the words, by its fingerprint. */
  readonly #shown = new Map<Fingerprint, Found>()
  readonly #news = new Paced(TELL_EVERY_MS, () => this.emit('changed'))
  #closed = false

  constructor(options: ServersOptions) {
    super()
    this.#options = options
    const { known, discovery, deviceFor, log } = options
    this.#watches = new RoomWatches({
      known,
      deviceFor,
      log,
      addressesOf: (id) => this.addressesOf(id),
      locate: (id, signal) => this.locate(id, signal),
    })
    this.#watches.on('changed', () => this.#news.due())
    known.on('changed', () => this.#changed())
    discovery.on('changed', () => this.#changed())
    this.#changed()
  }

  /** Of a server that is not known there is a name and nothing else: what it says is not proven. */
  get nearby(): NearbyServer[] {
    const { known } = this.#options
    return this.#seen.map((seen) => {
      const { fingerprint, name } = seen
      const server = known.withFingerprint(fingerprint)
      const watch = server ? this.#watches.get(server.id) : undefined
      return {
        fingerprint,
        serverId: server?.id ?? null,
        name: watch?.name ?? server?.name ?? name,
        address: reachable(seen)[0] ?? '',
        rooms: watch?.rooms ? [...watch.rooms] : null,
      }
    })
  }

  /** Looks who is there, and says whether it is someone known. Nothing is told to them but that someone shakes hands. */
  async meet({ addresses, fingerprint, isProof }: Wish): Promise<MetServer> {
    const { known } = this.#options
    // Without a fingerprint the one address is all that says who is meant.
    const tried = fingerprint === null ? addresses.slice(0, 1) : [...addresses, ...this.#addressesSeen(fingerprint)]
    const found = await this.#findAny([...new Set(tried)], fingerprint)
    if (found === null) return { status: 'unreachable' }
    const { address, shown } = found
    const words = () => wordsOf(shown.fingerprint)
    const isExpected = fingerprint === null || shown.fingerprint === fingerprint
    const recognised = known.recognise(shown, address)
    const expected = fingerprint === null ? null : known.everWith(fingerprint)
    // A link of before its certificate was renewed still leads to a server that is known; not to another one, known or not.
    if (recognised.status === 'known' && (isExpected || recognised.server.id === expected?.id)) return knownAs(recognised.server)
    if (!isExpected) return { status: 'changed', name: expected?.name ?? null, words: await words() }
    // Whatever a link says: its key is no longer that of the server.
    if (recognised.status === 'outdated') return { status: 'changed', name: recognised.server.name, words: await words() }
    if (isProof) return this.#know(found)
    const before = recognised.status === 'changed' ? recognised.server : null
    const name = this.#nameOf(shown.fingerprint)
    // Addresses are given to others. Whoever was picked from the list by another name is another server; by the same one, none to meet.
    const isOther = fingerprint !== null && name !== null && skeletonOf(name) !== skeletonOf(before?.name ?? '')
    if (before && !isOther && !(await this.#isElsewhere(before, address)))
      return { status: 'changed', name: before.name, words: await words() }
    // Whoever has typed a name that this computer's own authorities vouch for needs no words.
    if (shown.isPublic && fingerprint === null) return this.#know(found)
    this.#remember(found)
    return {
      ...{ status: 'new', fingerprint: shown.fingerprint, name, address, words: await words() },
      inPlaceOf: before?.name ?? null,
    }
  }

  /** Whose servers a link means, by all that is known here. Nobody is asked. */
  meantBy({ fingerprint, addresses }: Pick<RoomLink, 'fingerprint' | 'addresses'>): LinkMeaning {
    const { known } = this.#options
    const withAny = (some: string[]) => known.all.filter((one) => one.addresses.some((address) => some.includes(address)))
    // Without a fingerprint the first address is all that counts.
    if (fingerprint === null) return { server: withAny(addresses.slice(0, 1))[0]?.name ?? null, others: [] }
    const server = known.everWith(fingerprint)
    return {
      server: server?.name ?? null,
      others: withAny(addresses).flatMap(({ id, name }) => (id === server?.id ? [] : [name])),
    }
  }

  /** The words are the same on both screens. */
  trust(fingerprint: Fingerprint): MetServer {
    const found = this.#shown.get(fingerprint)
    if (!found) throw new AppError('badRequest', 'Meet this server first')
    this.#shown.delete(fingerprint)
    return this.#know(found)
  }

  /** Looks where a known one is. */
  async meetAgain(id: string): Promise<MetServer> {
    const server = this.#options.known.withId(id)
    if (!server) return { status: 'unreachable' }
    const found = await this.#find(server)
    if (found !== null) return knownAs(this.#options.known.withId(id) ?? server)
    // Where somebody else answers in its place, that is said; this is no way to meet them.
    const other = await this.#findAny(server.addresses, null)
    if (other === null) return { status: 'unreachable' }
    return { status: 'changed', name: server.name, words: await wordsOf(other.shown.fingerprint) }
  }

  /** Where a known server is now, as `https://HOST:PORT`; null where it is not to be found. */
  async locate(id: string, signal?: AbortSignal): Promise<string | null> {
    const server = this.#options.known.withId(id)
    if (!server) return null
    const found = await this.#find(server, signal)
    return found === null ? null : `https://${found}`
  }

  /** Whether a known server shows itself in the network, and does not answer any more where it was. */
  async hasLeft(id: string, address: string): Promise<boolean> {
    const server = this.#options.known.withId(id)
    if (!server || this.seenAt(id).length === 0) return false
    const answers = shownAt(splitAddress(address), AbortSignal.timeout(MOVED_MS))
    return answers.then(
      ({ fingerprint }) => fingerprint !== server.fingerprint,
      () => true,
    )
  }

  /** Where in the network a known server shows itself, as it says. */
  seenAt(id: string): string[] {
    const server = this.#options.known.withId(id)
    return server ? this.#addressesSeen(server.fingerprint) : []
  }

  /**
   * The servers that are known and say that they have the room that a code means. Any of them can say so; so once one has, the others are
   * waited for a little, and whoever is quick has not won by that.
   */
  async lookUp(ref: string): Promise<KnownServer[]> {
    const having: KnownServer[] = []
    const asked = this.#options.known.all.slice(0, MOST_ASKED).map(async (server) => {
      if (!(await this.#watches.has(server.id, ref))) throw new Error('it is not there')
      having.push(server)
    })
    const isFound = Promise.any(asked).then(() => delay(OTHERS_MS))
    await Promise.race([Promise.allSettled(asked), isFound.catch(() => null)])
    return [...having]
  }

  /** Where a known one may be, as `HOST:PORT`, the best first; none where it is not known. */
  addressesOf(id: string): string[] {
    const server = this.#options.known.withId(id)
    return server ? this.#addressesOf(server) : []
  }

  close(): void {
    this.#closed = true
    this.#watches.close()
    this.#news.close()
  }

  #know({ shown, address }: Found): MetServer {
    const { known } = this.#options
    const name = this.#nameOf(shown.fingerprint) ?? known.withFingerprint(shown.fingerprint)?.name ?? address
    return knownAs(known.trust(shown, address, name))
  }

  /** By fingerprint, which anyone can claim: each who does is a way that may lead there. */
  get #seen(): Seen[] {
    const own = this.#options.ownFingerprint()
    const others = this.#options.discovery.seen.filter(({ fingerprint }) => fingerprint !== own)
    const claims = Map.groupBy(others, ({ fingerprint }) => fingerprint)
    return [...claims.values()].map((all) => ({ ...all[0]!, addresses: inTurn(all.map(({ addresses }) => addresses)) }))
  }

  #nameOf(fingerprint: Fingerprint): string | null {
    return this.#seen.find((seen) => seen.fingerprint === fingerprint)?.name ?? null
  }

  #addressesSeen(fingerprint: Fingerprint): string[] {
    const seen = this.#seen.find((one) => one.fingerprint === fingerprint)
    return seen ? reachable(seen).slice(0, MOST_TRIED) : []
  }

  #addressesOf({ fingerprint, addresses }: KnownServer): string[] {
    return [...new Set([...this.#addressesSeen(fingerprint), ...addresses])]
  }

  /** The first of its addresses at which it answers itself. */
  async #find(server: KnownServer, signal?: AbortSignal): Promise<string | null> {
    const { known } = this.#options
    const tried = this.#addressesOf(server).map(async (address) => {
      const recognised = known.recognise(await shownAt(splitAddress(address), signal), address)
      if (recognised.status !== 'known' || recognised.server.id !== server.id) throw new Error('someone else')
      return address
    })
    return Promise.any(tried).catch(() => null)
  }

  /** Whoever answers first; one with the certificate that is asked for is waited for. */
  async #findAny(addresses: string[], wanted: Fingerprint | null): Promise<Found | null> {
    const tried = addresses.map(async (address): Promise<Found> => ({ address, shown: await shownAt(splitAddress(address)) }))
    const right = tried.map(async (one) => {
      const found = await one
      if (wanted !== null && found.shown.fingerprint !== wanted) throw new Error('someone else')
      return found
    })
    return Promise.any(right)
      .catch(() => Promise.any(tried))
      .catch(() => null)
  }

  /** Whether a server has only moved: another one has its address by now, and it answers at its own. */
  async #isElsewhere(server: KnownServer, address: string): Promise<boolean> {
    const found = await this.#find(server)
    return found !== null && found !== address
  }

  #remember(found: Found): void {
    this.#shown.delete(found.shown.fingerprint)
    this.#shown.set(found.shown.fingerprint, found)
    const [oldest] = this.#shown.keys()
    if (this.#shown.size > MOST_SHOWN && oldest !== undefined) this.#shown.delete(oldest)
  }

  #changed(): void {
    if (this.#closed) return
    const { known } = this.#options
    void this.#watches.keep(this.#seen.flatMap(({ fingerprint }) => known.withFingerprint(fingerprint) ?? []))
    this.#news.due()
  }
}

const knownAs = ({ id, name }: KnownServer): MetServer => ({ status: 'known', serverId: id, name })

/** The first of each list, then the second of each … */
const inTurn = <T>(lists: T[][]): T[] =>
  Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, i) =>
    lists.flatMap((list) => list.slice(i, i + 1)),
  ).flat()

/** Those without a zone, which no address of a page can have. */
const reachable = ({ addresses }: Seen) => addresses.filter((address) => URL.canParse(`https://${address}`))
