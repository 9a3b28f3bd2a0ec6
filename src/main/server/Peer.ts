import type { Member, Source } from '../../shared/model.ts'
import { may, permissionOf, roleOfToken, type Right, type Role } from '../../shared/roles.ts'
import type { Facts } from './admission.ts'
import type { Connection } from './Connection.ts'
import { PeerMedia } from './PeerMedia.ts'
import type { Room } from './Room.ts'
import type { Stay } from './Stay.ts'
import type { Grant } from './Tokens.ts'

/** What a seat keeps when its connection, or the whole server, comes back. */
export interface Seat {
  peerId: string
  userId: string
  /** Of the device that took it, which alone can take it back; null for a client that keeps none. */
  deviceHash: string | null
  /** Whether it was taken over a connection that others can read. */
  isPlain: boolean
  name: string
  role: Role
  /** What the token says that it was taken with, which bounds what its role may do; null where there was none. */
  grant: Grant | null
  sessionId: string
  joinedAt: string
}

export type Declared = Pick<Member, 'microphone' | 'camera' | 'screen'>

/** Someone who asks for a seat. */
export interface Applicant extends Pick<Seat, 'userId' | 'deviceHash' | 'isPlain' | 'name' | 'role' | 'grant'> {
  declared: Declared
  /** What they are to the room, which decides what they pass. */
  standing: Facts['standing']
  /** Whether they would rather wait for a place than be turned away. */
  wouldWait: boolean
}

/** What bounds someone whatever their role: a token, and a connection that others can read. */
type Bounds = Pick<Seat, 'grant' | 'isPlain'>

/** Whether the way on which someone has come lets them do something of that kind. */
export function allows({ grant, isPlain }: Bounds, right: Right): boolean {
  if (isPlain && right !== 'subscribe' && right !== 'chat') return false
  return grant === null || grant.permissions[permissionOf(right)]
}

/** As what someone is in a room that knows nothing of them: what their token says, or a speaker. */
export function roleWithout({ grant, isPlain }: Bounds): Role {
  if (isPlain) return 'listener'
  return grant ? roleOfToken(grant.permissions) : 'speaker'
}

/** Hashes of the credentials that take a seat back: the latest, and the one before in case the latest never arrived. */
export interface ResumeHashes {
  current: string
  previous: string | null
}

/** Someone's seat in a room. It survives a lost connection for the grace period. */
export class Peer {
  readonly room: Room
  readonly seat: Readonly<Seat>
  readonly media: PeerMedia
  readonly stay: Stay
  /** Null while the seat is held for a lost connection. */
  connection: Connection | null
  declared: Declared
  /** What it may do now: that of the seat, until someone changes it. */
  role: Role
  /** Whether it leads the room only while its host is away. */
  standsIn = false
  /** What a moderator has stopped. */
  stopped: ReadonlySet<Source> = new Set()
  resumeHashes: ResumeHashes

  constructor(room: Room, seat: Seat, connection: Connection | null, declared: Declared, resumeHashes: ResumeHashes, stay: Stay) {
    this.room = room
    this.stay = stay
    this.seat = seat
    this.role = seat.role
    this.connection = connection
    this.declared = declared
    this.resumeHashes = resumeHashes
    this.media = new PeerMedia(seat.peerId, room.media)
  }

  get id(): string {
    return this.seat.peerId
  }

  may(right: Right): boolean {
    return may(this.role, right, this.standsIn) && allows(this.seat, right)
  }

  get inCall(): boolean {
    return this.declared.microphone || this.declared.camera || this.declared.screen
  }

  /** As the others see them. */
  get member(): Member {
    const { peerId, userId, name, joinedAt } = this.seat
    return {
      peerId,
      userId,
      name,
      role: this.role,
      ...(this.standsIn && { standsIn: true as const }),
      ...(this.seat.isPlain && { plain: true as const }),
      connection: this.connection ? 'connected' : 'reconnecting',
      ...this.declared,
      stopped: [...this.stopped],
      producers: this.media.producers,
      joinedAt,
    }
  }
}
