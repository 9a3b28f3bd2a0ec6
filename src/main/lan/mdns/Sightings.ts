import type { Fingerprint } from '../../../shared/fingerprint.ts'
import type { LocalAddress } from '../localAddresses.ts'
import type { ReadMessage } from './message.ts'
import { reachAt } from './reach.ts'
import { isLabelOf, isSameName, readClaims, readGoodbyes, recordTtl, type Claim } from './service.ts'
import type { Heard, Link } from './wire.ts'

/** A server that shows itself on a network. What it says is a claim until its certificate is seen. */
export interface Seen {
  /** As the network names it. Others may go by the same. */
  label: string
  /** For people. Others may go by the same. */
  name: string
  instanceId: string
  protocol: number
  fingerprint: Fingerprint
  revision: number
  /** HOST:PORT, the best first; IPv6 in brackets. Those that are good on one cable only come last, with their zone. */
  addresses: string[]
}

/** How many servers, paths to one, and claims by one sender are remembered; what comes above that is not seen. */
const mostServers = 200
const mostPaths = 8
const mostFromOneSource = 32
/** RFC 6762, section 5.2: when to ask again for what is known, as parts of its time; a bit later each, so that not all ask at once. */
const refreshAt = [0.8, 0.85, 0.9, 0.95]
const refreshSpread = 0.02
/** How long what someone has said goodbye for may still answer. It may have answered anyone up to a second before (section 6). In ms. */
const doubtFor = 2_000

/** What one sender has claimed of one server on one link. */
interface Path {
  claim: Claim
  source: string
  link: Link
  expiresAt: number
  /** When it is asked for again, first to last. */
  asks: number[]
  /** Someone said that it is gone. It is, unless it answers before it expires. */
  isDoubted: boolean
}

interface Server {
  fingerprint: Fingerprint
  /** By link and sender, in the order in which they came. */
  paths: Map<string, Path>
  /** As it was told last; null where something else is to be told now. */
  seen: Seen | null
}

/**
 * The servers heard of. One is known by its fingerprint and id together: a twin with the same name and another certificate is another
 * one, whatever it copies, and removes nothing but itself. Times are those of whoever calls, in ms.
 */
export class Sightings {
  readonly #isKnown: (fingerprint: Fingerprint) => boolean
  /** In the order in which they came. */
  readonly #servers = new Map<string, Server>()
  /** In lower case. */
  readonly #byLabel = new Map<string, Set<Path>>()
  /** How many claims each sender has here. */
  readonly #claimsBy = new Map<string, number>()
  /** Not later than the next one is due. */
  #nextAt = Infinity
  #own: readonly LocalAddress[] = []
  #malformed = 0
  #refused = 0

  /** `isKnown` tells for whom there is room where there is none for others. */
  constructor(isKnown: (fingerprint: Fingerprint) => boolean) {
    this.#isKnown = isKnown
  }

  /** Records that were not what they claim to be. */
  get malformed(): number {
    return this.#malformed
  }

  /** Claims for which there was no room. */
  get refused(): number {
    return this.#refused
  }

  hear({ message, source, link }: Heard, now: number): void {
    if (!message.isResponse) return
    const { claims, malformed } = readClaims(message)
    this.#malformed += malformed + message.malformed
    this.#doubt(message, claims, now)
    for (const claim of claims) if (claim.ttl > 0) this.#learn(claim, source, link, now)
  }

  /** All may have gone unnoticed. */
  doubtAll(now: number): void {
    for (const path of this.#paths()) this.#doubtPath(path, now)
  }

  /** Forgets what was heard on links that are no more. */
  keepLinks(links: readonly Link[]): void {
    this.#remove(({ link }) => !links.some(({ id }) => id === link.id))
  }

  /** Forgets what has expired. */
  expire(now: number): void {
    this.#remove(({ expiresAt }) => expiresAt <= now)
  }

  /** The labels to ask for now. Each is asked for once. */
  takeDue(now: number): string[] {
    const due = new Set<string>()
    this.#nextAt = Infinity
    for (const path of this.#paths()) {
      if (path.asks[0] !== undefined && path.asks[0] <= now) {
        path.asks = path.asks.filter((at) => at > now)
        due.add(path.claim.label)
      }
      this.#await(path)
    }
    return [...due]
  }

  /** When to look again what expires or is to be asked for; Infinity where nothing is known. */
  get nextAt(): number {
    return this.#nextAt
  }

  /** The labels that need not be told again on a link: all that goes by each is fresh there, and of the server that it names. */
  known(link: Link, now: number): { label: string; ttl: number }[] {
    const fresh = new Map<string, { label: string; ttl: number }>()
    for (const { claim, ...path } of this.#paths()) {
      if (path.link.id !== link.id) continue
      const isSure = !path.isDoubted && isLabelOf(claim.label, claim.fingerprint)
      const ttl = isSure ? Math.floor((path.expiresAt - now) / 1_000) : 0
      const { label } = claim
      const key = label.toLowerCase()
      fresh.set(key, { label, ttl: Math.min(fresh.get(key)?.ttl ?? Infinity, ttl) })
    }
    return [...fresh.values()].filter(({ ttl }) => ttl > recordTtl / 2)
  }

  /** The servers, in the order in which they came. One that has not changed is the same object. */
  seen(own: readonly LocalAddress[]): Seen[] {
    const isElsewhere = own !== this.#own
    this.#own = own
    return [...this.#servers.values()].map((server) => {
      if (isElsewhere) server.seen = null
      return (server.seen ??= describe([...server.paths.values()], own))
    })
  }

  #doubt(message: ReadMessage, claims: Claim[], now: number): void {
    for (const label of readGoodbyes(message)) {
      const named = claims.filter((claim) => claim.ttl === 0 && isSameName(claim.label, label))
      for (const path of this.#byLabel.get(label.toLowerCase()) ?? []) {
        const isMeant = named.length === 0 || named.some(({ fingerprint }) => fingerprint === path.claim.fingerprint)
        if (isMeant) this.#doubtPath(path, now)
      }
    }
  }

  #learn(claim: Claim, source: string, link: Link, now: number): void {
    const { fingerprint, instanceId } = claim
    const key = `${fingerprint} ${instanceId}`
    const server = this.#servers.get(key) ?? { fingerprint, paths: new Map<string, Path>(), seen: null }
    const pathKey = `${link.id} ${source}`
    const before = server.paths.get(pathKey)
    if (!before) {
      if (!this.#makeRoom(server, source)) {
        this.#refused++
        return
      }
      // A server that begins to speak from another address may have left the one it had.
      for (const path of server.paths.values())
        if (path.link.id === link.id && path.claim.host === claim.host) this.#doubtPath(path, now)
    }
    const holdsFor = Math.min(claim.ttl, recordTtl) * 1_000
    const asks = refreshAt.map((part) => now + holdsFor * (part + Math.random() * refreshSpread))
    const path = { claim, source, link, expiresAt: now + holdsFor, asks, isDoubted: false }
    if (before) this.#unlist(before)
    this.#list(path)
    server.paths.set(pathKey, path)
    this.#servers.set(key, server)
    if (!before || JSON.stringify(before.claim) !== JSON.stringify(claim)) server.seen = null
  }

  /** Whether there is room for another way to a server; one that is known takes that of the last who is not. */
  #makeRoom({ paths, fingerprint }: Server, source: string): boolean {
    if (paths.size >= mostPaths || (this.#claimsBy.get(source) ?? 0) >= mostFromOneSource) return false
    if (paths.size > 0 || this.#servers.size < mostServers) return true
    const last = this.#isKnown(fingerprint)
      ? [...this.#servers].findLast(([, server]) => !this.#isKnown(server.fingerprint))
      : undefined
    if (!last) return false
    const [key, server] = last
    for (const path of server.paths.values()) this.#unlist(path)
    return this.#servers.delete(key)
  }

  #remove(isGone: (path: Path) => boolean): void {
    for (const [key, server] of this.#servers) {
      for (const [pathKey, path] of server.paths) {
        if (!isGone(path)) continue
        this.#unlist(path)
        server.paths.delete(pathKey)
        server.seen = null
      }
      if (server.paths.size === 0) this.#servers.delete(key)
    }
  }

  #list(path: Path): void {
    const label = path.claim.label.toLowerCase()
    const namesakes = this.#byLabel.get(label) ?? new Set()
    this.#byLabel.set(label, namesakes.add(path))
    this.#claimsBy.set(path.source, (this.#claimsBy.get(path.source) ?? 0) + 1)
    this.#await(path)
  }

  #unlist(path: Path): void {
    const label = path.claim.label.toLowerCase()
    const namesakes = this.#byLabel.get(label)
    namesakes?.delete(path)
    if (namesakes?.size === 0) this.#byLabel.delete(label)
    const claims = (this.#claimsBy.get(path.source) ?? 0) - 1
    if (claims > 0) this.#claimsBy.set(path.source, claims)
    else this.#claimsBy.delete(path.source)
  }

  /** Asks twice, and then believes it. */
  #doubtPath(path: Path, now: number): void {
    if (path.isDoubted) return
    path.isDoubted = true
    path.expiresAt = Math.min(path.expiresAt, now + doubtFor)
    path.asks = [now, now + doubtFor / 2]
    this.#await(path)
  }

  #await({ asks, expiresAt }: Path): void {
    this.#nextAt = Math.min(this.#nextAt, asks[0] ?? Infinity, expiresAt)
  }

  #paths(): Path[] {
    return [...this.#servers.values()].flatMap(({ paths }) => [...paths.values()])
  }
}

function describe(paths: Path[], own: readonly LocalAddress[]): Seen {
  // What the first sender says counts: whoever comes later with the same fingerprint and id adds a way, and changes nothing.
  const { label, name, instanceId, protocol, fingerprint, revision } = paths[0]!.claim
  return { label, name, instanceId, protocol, fingerprint, revision, addresses: reachAt(paths, own) }
}
