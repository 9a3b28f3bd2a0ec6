import type { Member } from '../../shared/model.ts'
import type { Role } from '../../shared/roles.ts'
import type { Connection } from './Connection.ts'
import { PeerMedia } from './PeerMedia.ts'
import type { Room } from './Room.ts'

/** What a seat keeps when its connection, or the whole server, comes back. */
export interface Seat {
  peerId: string
  userId: string
  /** Of the device that took it, which alone can take it back; null for a client that keeps none. */
  deviceHash: string | null
  name: string
  role: Role
  sessionId: string
  joinedAt: string
}

export type Declared = Pick<Member, 'microphone' | 'camera' | 'screen'>

/** Someone's seat in a room. It survives a lost connection for the grace period. */
export class Peer {
  readonly room: Room
  readonly seat: Seat
  readonly media: PeerMedia
  /** Null while the seat is held for a lost connection. */
  connection: Connection | null
  declared: Declared
  /** Hashes of the resume credentials that take this seat back: the latest, and the one before in case the latest never arrived. */
  resumeHashes: { current: string; previous: string | null }

  constructor(room: Room, seat: Seat, connection: Connection, declared: Declared, resumeHashes: Peer['resumeHashes']) {
    this.room = room
    this.seat = seat
    this.connection = connection
    this.declared = declared
    this.resumeHashes = resumeHashes
    this.media = new PeerMedia(seat.peerId, room.media)
  }

  get id(): string {
    return this.seat.peerId
  }

  get inCall(): boolean {
    return this.declared.microphone || this.declared.camera || this.declared.screen
  }

  /** As the others see them. */
  get member(): Member {
    const { peerId, userId, name, role, joinedAt } = this.seat
    return {
      peerId,
      userId,
      name,
      role,
      connection: this.connection ? 'connected' : 'reconnecting',
      ...this.declared,
      producers: this.media.producers,
      joinedAt,
    }
  }
}
