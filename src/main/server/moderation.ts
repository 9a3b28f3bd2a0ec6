/** What those who lead a room do to others in it. Each checks the right, and that one acts on those below oneself only. */
import { AppError } from '../../shared/errors.ts'
import type { Params } from '../../shared/protocol.ts'
import { outranks, type Right } from '../../shared/roles.ts'
import { allows, type Peer } from './Peer.ts'
import { noting } from './store/audit.ts'
import { banUser, bansOf, unbanUser } from './store/bans.ts'
import { addMember, membershipsOf, roleOf } from './store/members.ts'
import { giveRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'

/** Stops what someone sends, until it is allowed again. */
export function stopMember(by: Peer, { peerId, sources }: Params<'stopMember'>): void {
  const peer = below(by, peerId, 'stop')
  peer.room.sending.stop(peer, sources)
  peer.room.note('stopped', by, subjectOf(peer), { sources })
}

/** Lets someone send it again, when they want to. */
export function allowMember(by: Peer, { peerId, sources }: Params<'allowMember'>): void {
  const peer = below(by, peerId, 'stop')
  peer.room.sending.allow(peer, sources)
  peer.room.note('allowed', by, subjectOf(peer), { sources })
}

/** Sends someone out with all their seats, and keeps them out where that is wanted. */
export function removeMember(store: Store, by: Peer, { peerId, ban = false }: Params<'removeMember'>): Promise<void> {
  return by.room.turns.run(async () => {
    const peer = below(by, peerId, 'remove')
    const { room } = peer
    const { userId, deviceHash, name } = peer.seat
    if (ban) {
      const note = room.noteOf('banned', by, subjectOf(peer))
      await banUser(noting(store, note), { roomId: room.id, userId, deviceHash, name, bannedAt: note.at, by: by.seat.name })
    }
    const isSame = ({ seat }: Peer) => seat.userId === userId || (ban && deviceHash !== null && seat.deviceHash === deviceHash)
    for (const other of [...room.roster]) if (isSame(other)) room.sendOut(other, ban ? 'banned' : 'removed')
    if (ban) room.door.ban(userId, deviceHash)
    else room.note('removed', by, subjectOf(peer))
  })
}

export async function listBans(store: Store, by: Peer) {
  by.room.require(by, 'remove')
  return { bans: await bansOf(store, by.room.id) }
}

export async function unban(store: Store, by: Peer, userId: string): Promise<void> {
  by.room.require(by, 'remove')
  const ban = (await bansOf(store, by.room.id)).find((one) => one.userId === userId)
  const note = by.room.noteOf('unbanned', by, { id: userId, name: ban?.name ?? '' })
  if (!ban || (await unbanUser(noting(store, note), by.room.id, userId)) === null)
    throw new AppError('memberNotFound', 'Nobody with that id is kept out of this room')
}

/** Gives someone a role below one's own, for all their seats and for good. */
export function setRole(store: Store, by: Peer, { peerId, role }: Params<'setRole'>): Promise<void> {
  return by.room.turns.run(async () => {
    const peer = encrypted(below(by, peerId, 'setRole'))
    if (!outranks(by.role, role)) throw new AppError('forbidden', 'You can give roles below your own')
    const { room } = peer
    const { userId } = peer.seat
    if ((await roleOf(store, room.id, userId)) !== role) {
      const note = room.noteOf('roleChanged', by, subjectOf(peer), { role })
      await addMember(noting(store, note), { roomId: room.id, userId, role, at: note.at })
    }
    room.place(userId, role)
  })
}

/** Makes someone else the host, for good; whoever was it becomes a co-host. */
export function handOver(store: Store, by: Peer, peerId: string): Promise<void> {
  return by.room.turns.run(async () => {
    const peer = encrypted(below(by, peerId, 'handOver'))
    const { room } = peer
    const { userId, name } = peer.seat
    if (!allows(peer.seat, 'handOver')) throw new AppError('forbidden', 'Their invitation does not let them lead a room')
    const note = room.noteOf('handedOver', by, subjectOf(peer))
    const stored = await giveRoom(noting(store, note), room.stored, { userId, name }, note.at)
    if (!stored) throw new AppError('roomNotFound', 'This room is no more')
    for (const seat of [...room.roster]) if (seat.role === 'host' && seat.seat.userId !== userId) room.setRole(seat, 'cohost')
    room.place(userId, 'host')
    room.stored = stored
  })
}

export async function listMemberships(store: Store, by: Peer) {
  by.room.require(by, 'setRole')
  return { memberships: await membershipsOf(store, by.room.id) }
}

/** Someone in the same room whom one may act on. Throws `forbidden`, `peerNotFound`. */
function below(by: Peer, peerId: string, right: Right): Peer {
  if (by.room.roster.get(by.id) !== by) throw new AppError('notInRoom', 'You are not in that room any more')
  by.room.require(by, right)
  const peer = by.room.roster.get(peerId)
  if (!peer) throw new AppError('peerNotFound', 'Nobody with that id is in this room')
  if (!outranks(by.role, peer.role)) throw new AppError('forbidden', `You cannot do that to ${peer === by ? 'yourself' : 'them'}`)
  return peer
}

/** Throws `forbidden` for someone whose connection others can read: whoever reads it could lead the room in their place. */
function encrypted(peer: Peer): Peer {
  if (!peer.seat.isPlain) return peer
  throw new AppError(
    'forbidden',
    `${peer.seat.name} has come without encryption, to watch, listen and chat; no role can be given to them`,
  )
}

const subjectOf = ({ seat: { userId, name } }: Peer) => ({ id: userId, name })
