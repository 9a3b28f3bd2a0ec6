import { randomBytes } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { fromInfo, unwrap, type ErrorInfo, type Result } from '../../src/shared/errors.ts'
import type { Member, RtpCapabilities } from '../../src/shared/model.ts'
import {
  PROTOCOL_VERSION,
  type NotificationName,
  type ParamsInput,
  type Payload,
  type RequestName,
  type Value,
} from '../../src/shared/protocol.ts'
import type { Joined } from '../../src/shared/protocol.ts'

/** Something of someone else that can be consumed. */
export interface Offer {
  producerId: string
  kind: 'audio' | 'video'
}

/** A place in a room, and nothing more: no media, no state, and what the server says is believed without parsing. */
export class CrowdSeat {
  readonly rtpCapabilities: RtpCapabilities
  readonly #socket: Socket
  readonly #peerId: string
  /** What the others send, by producer. */
  readonly #offers = new Map<string, Offer>()
  #listener: ((offer: Offer) => void) | null = null

  private constructor(socket: Socket, { self, members, rtpCapabilities }: Joined) {
    this.#socket = socket
    this.#peerId = self.peerId
    this.rtpCapabilities = rtpCapabilities
    for (const event of ['peerJoined', 'peerChanged'] as const) this.on(event, ({ member }) => this.#seen(member))
    for (const member of members) this.#seen(member)
  }

  /** Resolves with the seat taken. */
  static async take(url: string, roomId: string, name: string): Promise<CrowdSeat> {
    const socket = await connect(url)
    return new Promise((resolve, reject) => {
      // In the answer's own turn: nothing can come between it and the listeners.
      socket.emit('joinRoom', { roomId, name, camera: true }, (answer: Result<Joined>) => {
        if (answer.ok) resolve(new CrowdSeat(socket, answer.value))
        else reject(fromInfo(answer.error))
      })
    })
  }

  /** Tells of each thing that others send, now and later, once. */
  onOffer(listener: (offer: Offer) => void): void {
    this.#listener = listener
    for (const offer of this.#offers.values()) listener(offer)
  }

  on<N extends NotificationName>(name: N, listener: (payload: Payload<N>) => void): void {
    const event: string = name
    this.#socket.on(event, listener)
  }

  request<N extends RequestName>(name: N, params: ParamsInput<N>): Promise<Value<N>> {
    return ask(this.#socket, name, params)
  }

  leave(): void {
    this.#socket.disconnect()
  }

  #seen({ peerId, producers }: Member): void {
    if (peerId === this.#peerId) return
    for (const { producerId, kind } of producers) {
      if (this.#offers.has(producerId)) continue
      const offer = { producerId, kind }
      this.#offers.set(producerId, offer)
      this.#listener?.(offer)
    }
  }
}

/** A new room that holds as many as come. */
export async function openRoom(url: string): Promise<string> {
  const socket = await connect(url)
  const { room } = await ask(socket, 'createRoom', { name: 'Crowd', maxPeers: 0 })
  socket.disconnect()
  return room.id
}

/** The value of a request's answer, or its error thrown. */
async function ask<N extends RequestName>(socket: Socket, name: N, params: ParamsInput<N>): Promise<Value<N>> {
  return unwrap((await socket.emitWithAck(name, params)) as Result<Value<N>>)
}

/** Resolves when the server has said welcome. */
async function connect(url: string): Promise<Socket> {
  const auth = { protocol: PROTOCOL_VERSION, device: randomBytes(32).toString('base64url') }
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth })
  await new Promise<void>((resolve, reject) => {
    socket.once('welcome', () => resolve())
    socket.once('connect_error', (error: Error & { data?: ErrorInfo }) => reject(new Error(error.data?.message ?? error.message)))
  })
  return socket
}
