import { allows, type Peer } from './Peer.ts'
import type { Role } from '../../shared/roles.ts'

/**
 * Who leads a room while its host is away. When the last seat of the host is given up, the co-host who has been there longest takes
 * over, else the speaker, but for those who have come on a way that allows no leading; when the host is back, the one who has stood in is again what they were before.
 */
export class Succession {
  readonly #peers: Iterable<Peer>
  readonly #setRole: (peer: Peer, role: Role) => void
  /** Who stands in, and as what they came. */
  #deputy: { peer: Peer; before: Role } | null = null

  /** `peers` in the order of coming. */
  constructor(peers: Iterable<Peer>, setRole: (peer: Peer, role: Role) => void) {
    this.#peers = peers
    this.#setRole = setRole
  }

  /** Someone has come, or has been given another role: where that is a host, nobody has to stand in. */
  came(peer: Peer): void {
    if (peer.role !== 'host' || !this.#deputy || this.#deputy.peer === peer) return
    const { peer: deputy, before } = this.#deputy
    this.#deputy = null
    deputy.standsIn = false
    this.#setRole(deputy, before)
  }

  /** Someone is given a role for good, whatever they stand in for. */
  placed(peer: Peer): void {
    if (this.#deputy?.peer === peer) this.#deputy = null
    peer.standsIn = false
  }

  /** Someone has gone. Resolves with who stands in from now on; null where nobody has to, or nobody can. */
  left(gone: Peer): Peer | null {
    const was = this.#deputy?.peer === gone ? 'host' : gone.role
    if (this.#deputy?.peer === gone) this.#deputy = null
    const inside = [...this.#peers]
    if (was !== 'host' || inside.some(({ role }) => role === 'host')) return null
    const able = inside.filter(({ seat }) => allows(seat, 'admit'))
    const next = able.find(({ role }) => role === 'cohost') ?? able.find(({ role }) => role === 'speaker')
    if (!next) return null
    this.#deputy = { peer: next, before: next.role }
    next.standsIn = true
    this.#setRole(next, 'host')
    return next
  }

  /** The role that lasts, of someone who may only stand in. */
  lastingRole(peer: Peer): Role {
    return this.#deputy?.peer === peer ? this.#deputy.before : peer.role
  }
}
