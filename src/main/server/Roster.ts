import type { Member, Revision } from '../../shared/model.ts'
import type { Payload } from '../../shared/protocol.ts'
import type { Tell } from './Connection.ts'
import { randomId } from './ids.ts'
import { Paced } from '../lan/Paced.ts'
import type { Peer } from './Peer.ts'

/** The least time between two rounds of `peerChanged`, in ms: 20 a second at most. */
const CHANGES_EVERY_MS = 50

/**
 * Who is in a room. Each change that is told has the next number of the revision, so a peer sees when it has missed one. Coming
 * and going are told at once; changes of those inside are told at once too, but in a burst only the latest of each peer.
 */
export class Roster {
  readonly #tell: Tell
  readonly #epoch = randomId()
  readonly #peers = new Map<string, Peer>()
  readonly #changed = new Set<Peer>()
  readonly #news = new Paced(CHANGES_EVERY_MS, () => this.#tellChanges())
  #number = 0

  constructor(tell: Tell) {
    this.#tell = tell
  }

  get size(): number {
    return this.#peers.size
  }

  get revision(): Revision {
    return { epoch: this.#epoch, number: this.#number }
  }

  /** In the order of joining. */
  get members(): Member[] {
    return [...this.#peers.values()].map((peer) => peer.member)
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values()
  }

  get(peerId: string): Peer | undefined {
    return this.#peers.get(peerId)
  }

  /** The newcomer is not told: the answer to its request has the whole roster at this revision. */
  add(peer: Peer): void {
    this.#peers.set(peer.id, peer)
    this.#tell('peerJoined', { member: peer.member, revision: this.#next() }, peer.connection)
  }

  remove(peer: Peer, reason: Payload<'peerLeft'>['reason']): void {
    if (!this.#peers.delete(peer.id)) return
    this.#changed.delete(peer)
    this.#tell('peerLeft', { peerId: peer.id, reason, revision: this.#next() })
  }

  reconnecting(peer: Peer): void {
    this.#tell('peerReconnecting', { peerId: peer.id, revision: this.#next() })
  }

  /** Like a newcomer, the one who is back is not told: the welcome has the whole roster. */
  returned(peer: Peer): void {
    this.#tell('peerChanged', { member: peer.member, revision: this.#next() }, peer.connection)
  }

  changed(peer: Peer): void {
    if (!this.#peers.has(peer.id)) return
    this.#changed.add(peer)
    this.#news.due()
  }

  close(): void {
    this.#news.close()
  }

  #tellChanges(): void {
    for (const peer of this.#changed) this.#tell('peerChanged', { member: peer.member, revision: this.#next() })
    this.#changed.clear()
  }

  #next(): Revision {
    this.#number += 1
    return this.revision
  }
}
