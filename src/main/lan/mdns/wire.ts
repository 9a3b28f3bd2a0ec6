/** What a Responder and a Browser need of the network. `Multicast` is the real one. */
import type { LocalAddress } from '../localAddresses.ts'
import type { Message, ReadMessage } from './message.ts'

/** One family of addresses on one interface. */
export interface Link {
  /** As `eth0/4`: the same while the interface is there, whatever its addresses. */
  id: string
  /** All addresses of the interface, of both families, the best first. */
  addresses: readonly LocalAddress[]
  /** Whether it can only ask, because another program keeps the port of Multicast DNS to itself. */
  asksOnly: boolean
}

export interface Heard {
  message: ReadMessage
  /** The sender's address, with its zone where it is link-local. */
  source: string
  port: number
  link: Link
}

export interface Wire {
  readonly links: readonly Link[]
  /** `changed`: links have come or gone, or have other addresses; `woke`: what was known may have passed during a sleep. */
  on(event: 'heard', listener: (heard: Heard) => void): () => void
  on(event: 'changed' | 'woke', listener: () => void): () => void
  /** Sends to everyone on that link. Resolves when it is sent or has failed, which is in the log. */
  send(message: Message, link: Link): Promise<void>
  /** Sends to whoever sent that, alone. */
  reply(message: Message, to: Heard): Promise<void>
  close(): void
}
