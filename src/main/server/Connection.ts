import type { NotificationName, Payload } from '../../shared/protocol.ts'
import { randomId, randomSecret } from './ids.ts'
import type { Peer } from './Peer.ts'
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

/** A client that is connected, in a room or not. Who is asking is known from here, never from a message. */
export class Connection {
  readonly id = randomId()
  /** The credential that this connection's seat can be taken back with. */
  readonly resume = randomSecret()
  /** Who it is: the device's person, or, for a client that keeps no device, whoever held the seat that it took back. */
  userId: string
  /** Whose rooms it can reach. */
  readonly tenantId: string
  /** Of the device's secret; null for a client that keeps none. */
  readonly deviceHash: string | null
  readonly address: string | null
  readonly wire: Wire
  /** The seat that it holds. */
  peer: Peer | null = null
  /** Its place before a door. */
  waiter: Waiter | null = null
  /** While a seat is being taken: a second `joinRoom` must not take another. */
  joining = false
  open = true

  constructor(wire: Wire, identity: { tenantId: string; userId: string; deviceHash: string | null }, address: string | null) {
    this.wire = wire
    this.tenantId = identity.tenantId
    this.userId = identity.userId
    this.deviceHash = identity.deviceHash
    this.address = address
  }
}
