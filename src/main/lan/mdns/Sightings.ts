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

/** What one sender has claimed on one link. */
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

/**
 * The servers heard of. One is known by its fingerprint and id together: a twin with the same name and another certificate is another
 * one, whatever it copies, and removes nothing but itself. Times are those of whoever calls, in ms.
 */
export class Sightings {
  /** By server, in the order in which they came, and there by sender. */
  readonly #servers = new Map<string, Map<string, Path>>()
  #malformed = 0
  #refused = 0

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
    for (const path of this.#paths()) doubtPath(path, now)
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
    const due = this.#paths().filter(({ asks }) => (asks[0] ?? Infinity) <= now)
    for (const path of due) path.asks = path.asks.filter((at) => at > now)
    return [...new Set(due.map(({ claim }) => claim.label))]
  }

  /** When the next one expires or is to be asked for; Infinity where nothing is known. */
  get nextAt(): number {
    return Math.min(...this.#paths().flatMap(({ asks, expiresAt }) => [asks[0] ?? Infinity, expiresAt]))
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

  /** The servers, in the order in which they came. */
  seen(own: readonly LocalAddress[]): Seen[] {
    return [...this.#servers.values()].map((paths) => {
      const all = [...paths.values()]
      // What the first sender says counts: whoever comes later with the same fingerprint and id adds a way, and changes nothing.
      const { label, name, instanceId, protocol, fingerprint, revision } = all[0]!.claim
      return { label, name, instanceId, protocol, fingerprint, revision, addresses: reachAt(all, own) }
    })
  }

  #doubt(message: ReadMessage, claims: Claim[], now: number): void {
    for (const label of readGoodbyes(message)) {
      const named = claims.filter((claim) => claim.ttl === 0 && isSameName(claim.label, label))
      for (const path of this.#paths()) {
        const { claim } = path
        if (!isSameName(claim.label, label)) continue
        if (named.length === 0 || named.some(({ fingerprint }) => fingerprint === claim.fingerprint)) doubtPath(path, now)
      }
    }
  }

  #learn(claim: Claim, source: string, link: Link, now: number): void {
    const key = `${claim.fingerprint} ${claim.instanceId}`
    const paths = this.#servers.get(key) ?? new Map<string, Path>()
    const pathKey = `${link.id} ${source}`
    if (!paths.has(pathKey)) {
      if (!this.#hasRoom(paths, source)) {
        this.#refused++
        return
      }
      // A server that begins to speak from another address may have left the one it had.
      for (const path of paths.values()) if (path.link.id === link.id && path.claim.host === claim.host) doubtPath(path, now)
    }
    const holdsFor = Math.min(claim.ttl, recordTtl) * 1_000
    const asks = refreshAt.map((part) => now + holdsFor * (part + Math.random() * refreshSpread))
    paths.set(pathKey, { claim, source, link, expiresAt: now + holdsFor, asks, isDoubted: false })
    this.#servers.set(key, paths)
  }

  #hasRoom(paths: ReadonlyMap<string, Path>, source: string): boolean {
    if (paths.size >= mostPaths || (paths.size === 0 && this.#servers.size >= mostServers)) return false
    return this.#paths().filter((path) => path.source === source).length < mostFromOneSource
  }

  #remove(isGone: (path: Path) => boolean): void {
    for (const [server, paths] of this.#servers) {
      for (const [key, path] of paths) if (isGone(path)) paths.delete(key)
      if (paths.size === 0) this.#servers.delete(server)
    }
  }

  #paths(): Path[] {
    return [...this.#servers.values()].flatMap((paths) => [...paths.values()])
  }
}

/** Asks twice, and then believes it. */
function doubtPath(path: Path, now: number): void {
  if (path.isDoubted) return
  path.isDoubted = true
  path.expiresAt = Math.min(path.expiresAt, now + doubtFor)
  path.asks = [now, now + doubtFor / 2]
}
