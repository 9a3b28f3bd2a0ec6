import { sql } from 'kysely'
import { Permissions, type Member } from '../../../shared/model.ts'
import type { Role } from '../../../shared/roles.ts'
import type { Db } from './Store.ts'

type Declared = Pick<Member, 'microphone' | 'camera' | 'screen'>

/** A seat that is taken, and the session that begins with it. */
export interface OpenedSeat extends Declared {
  peerId: string
  tenantId: string
  roomId: string
  userId: string
  deviceHash: string | null
  name: string
  role: Role
  sessionId: string
  /** When the seat was first taken; a session that takes it back begins later. */
  joinedAt: string
  connectedAt: string
  address: string | null
  /** What its token allows, and which that was; null for a seat that was taken without one. */
  permissions: Permissions | null
  tokenId: string | null
  /** Null for a seat that is not to be taken back when the server has ended. */
  resumeHash: string | null
  previousResumeHash: string | null
}

export interface ClosedSeat {
  peerId: string
  sessionId: string
  /** ISO 8601. */
  at: string
  canReturn?: boolean
}

/** A seat as it was when the server ended, and the hashes of the credentials that take it back. */
export interface KeptSeat {
  hash: string
  previousHash: string | null
  peerId: string
  tenantId: string
  roomId: string
  userId: string
  deviceHash: string | null
  name: string
  role: Role
  declared: Declared
  permissions: Permissions | null
  tokenId: string | null
  sessionId: string
  joinedAt: string
}

/** Notes that a seat is taken, for the first time or again: who is here, their session, and how they can come back. */
export function openSeat(db: Db, seat: OpenedSeat): void {
  const { peerId: peer_id, roomId: room_id, userId: user_id, sessionId: session_id, joinedAt: joined_at, name, role } = seat
  const presence = { peer_id, room_id, user_id, session_id, name, ...flags(seat), joined_at }
  const session = {
    id: session_id,
    tenant_id: seat.tenantId,
    room_id,
    user_id,
    peer_id,
    user_name: name,
    connected_at: seat.connectedAt,
    disconnected_at: null,
    address: seat.address,
    token_id: seat.tokenId,
  }
  const { resumeHash: hash } = seat
  const resume = hash !== null && {
    ...presence,
    device_hash: seat.deviceHash,
    role,
    permissions: seat.permissions && JSON.stringify(seat.permissions),
    token_id: seat.tokenId,
    hash,
    previous_hash: seat.previousResumeHash,
  }
  db.record(
    db.query
      .insertInto('sessions')
      .values(session)
      .onConflict((conflict) => conflict.column('id').doNothing()),
    db.query.replaceInto('presence').values(presence),
    ...(resume ? [db.query.replaceInto('resumes').values(resume)] : []),
  )
}

/** Notes what someone declares, here and for when they come back. */
export function updateSeat(db: Db, peerId: string, declared: Declared): void {
  db.record(
    db.query.updateTable('presence').set(flags(declared)).where('peer_id', '=', peerId),
    db.query.updateTable('resumes').set(flags(declared)).where('peer_id', '=', peerId),
  )
}

/** Notes that someone's role is another one now, for when they come back. */
export function updateSeatRole(db: Db, peerId: string, role: Role): void {
  db.record(db.query.updateTable('resumes').set({ role }).where('peer_id', '=', peerId))
}

/** The credential that takes a seat back is another one now. */
export function rotateResume(db: Db, peerId: string, { current, previous }: { current: string; previous: string | null }): void {
  db.record(db.query.updateTable('resumes').set({ hash: current, previous_hash: previous }).where('peer_id', '=', peerId))
}

/** Notes that a seat is free at that time: for good, unless it can be taken back when the server is started again. */
export function closeSeat(db: Db, { peerId, sessionId, at, canReturn = false }: ClosedSeat): void {
  db.record(
    db.query
      .updateTable('sessions')
      .set({ disconnected_at: at })
      .where('id', '=', sessionId)
      .where('disconnected_at', 'is', null),
    db.query.deleteFrom('presence').where('peer_id', '=', peerId),
    ...(canReturn ? [] : [db.query.deleteFrom('resumes').where('peer_id', '=', peerId)]),
  )
}

/**
 * Ends what a crash left open, before anyone is let in: sessions end at that time (none before it began), and nobody is here.
 * Seats can still be taken back, so a room that is kept for a time only is kept from now on, and for `leastSeconds` at least.
 */
export async function closeOpenSessions(db: Db, at: string, leastSeconds = 0): Promise<void> {
  await db.write(
    db.query
      .updateTable('sessions')
      .set({ disconnected_at: sql<string>`max(connected_at, ${at})` })
      .where('disconnected_at', 'is', null),
    db.query.deleteFrom('presence'),
    db.query
      .updateTable('rooms')
      // As toISOString writes it.
      .set({ delete_at: sql`strftime('%Y-%m-%dT%H:%M:%fZ', 'now', max(empty_ttl, ${leastSeconds}) || ' seconds')` })
      .where('empty_ttl', 'is not', null)
      .where('delete_at', 'is', null),
  )
}

/** The seats that the end of a server left without their people. */
export async function keptSeats(db: Db): Promise<KeptSeat[]> {
  const rows = await db.query
    .selectFrom('resumes')
    .innerJoin('rooms', 'rooms.id', 'resumes.room_id')
    .selectAll('resumes')
    .select('rooms.tenant_id')
    .execute()
  return rows.map((row) => ({
    hash: row.hash,
    previousHash: row.previous_hash,
    peerId: row.peer_id,
    tenantId: row.tenant_id,
    roomId: row.room_id,
    userId: row.user_id,
    deviceHash: row.device_hash,
    name: row.name,
    role: row.role,
    declared: { microphone: row.microphone === 1, camera: row.camera === 1, screen: row.screen === 1 },
    permissions: row.permissions === null ? null : Permissions.parse(JSON.parse(row.permissions)),
    tokenId: row.token_id,
    sessionId: row.session_id,
    joinedAt: row.joined_at,
  }))
}

/** These seats are not taken back any more. */
export function dropSeats(db: Db, peerIds: readonly string[]): void {
  for (const peerId of peerIds) db.record(db.query.deleteFrom('resumes').where('peer_id', '=', peerId))
}

function flags({ microphone, camera, screen }: Declared) {
  const flag = (on: boolean) => (on ? 1 : 0)
  return { microphone: flag(microphone), camera: flag(camera), screen: flag(screen) } as const
}
