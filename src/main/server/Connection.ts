import type { NotificationName, Payload } from '../../shared/protocol.ts'
import { randomId, randomSecret } from './ids.ts'
import type { Plain } from './plainGuests.ts'
import type { Actor } from './store/audit.ts'
import type { Peer } from './Peer.ts'
import type { Grant } from './Tokens.ts'
import type { Waiter } from './WaitingList.ts'

/** What the rest of the server knows of the wire. A channel is whoever has entered it. */
export interface Wire {
  notify<N extends NotificationName>(name: N, payload: Payload<N>): void
  enter(channel: string): void
  exit(channel: string): void
  close(): void
}

/** Sends a notification to everyone in some channel, but for one connection. Encoded once for all. */
export type Tell = <N extends NotificationName>(name: N, payload: Payload<N>, except?: Connection | null) => void

export type Identity = Pick<Connection, 'tenantId' | 'userId' | 'deviceHash' | 'grant' | 'plain'>

/** A client that is connected, in a room or not. Who is asking is known from here, never from a message. */
export class Connection {
  readonly id = randomId()
  /** The credential that this connection's seat can be taken back with. */
  readonly resume = randomSecret()
  /** Who it is: the device's person, the bearer of a token, or whoever held the seat that it took back. */
  userId: string
  /** Whose rooms it can reach. */
  tenantId: string
  /** What its token says, which is good for one room only; null for one that has come without. */
  grant: Grant | null
  /** Of the device's secret; null for a client that keeps none. */
  readonly deviceHash: string | null
  /** Null for one that nobody else can read. */
  readonly plain: Plain | null
  readonly address: string | null
  readonly wire: Wire
  /** The seat that it holds. */
  peer: Peer | null = null
  /** Its place before a door. */
  waiter: Waiter | null = null
  /** Rooms that led the list as it was last asked for from its beginning. */
  listedFirst: ReadonlySet<string> = new Set()
  /** While a seat is being taken: a second `joinRoom` must not take another. */
  joining = false
  open = true
  /** The uptime of the machine, in ms, when the client last gave a sign of life. */
  heardUp: number

  constructor(wire: Wire, identity: Identity, address: string | null, heardUp: number) {
    this.wire = wire
    this.tenantId = identity.tenantId
    this.userId = identity.userId
    this.grant = identity.grant
    this.deviceHash = identity.deviceHash
    this.plain = identity.plain
    this.address = address
    this.heardUp = heardUp
  }

  get isPlain(): boolean {
    return this.plain !== null
  }
}

/** As the audit names someone who is connected. */
export function actorOf({ userId, peer }: Connection): Actor {
  return { kind: 'person', id: userId, name: peer?.seat.name ?? '' }
}
