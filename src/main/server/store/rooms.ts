import { sql } from 'kysely'
import { AppError } from '../../../shared/errors.ts'
import type { Room } from '../../../shared/model.ts'
import { ConstraintError } from './errors.ts'
import { insertMember } from './members.ts'
import type { Db } from './Store.ts'

/** A room as it is kept, whether anyone is in it or not. */
export interface StoredRoom extends Pick<
  Room,
  | 'id'
  | 'name'
  | 'slug'
  | 'joinCode'
  | 'description'
  | 'visibility'
  | 'maxPeers'
  | 'emptyTtl'
  | 'topology'
  | 'createdAt'
  | 'updatedAt'
> {
  tenantId: string
  hostUserId: string | null
  hostName: string | null
  /** When its host ended it; null for an open one. */
  closedAt: string | null
}

const columns = [
  'id',
  'tenant_id as tenantId',
  'name',
  'slug',
  'join_code as joinCode',
  'description',
  'host_user_id as hostUserId',
  'host_name as hostName',
  'visibility',
  'max_peers as maxPeers',
  'empty_ttl as emptyTtl',
  'topology',
  'closed_at as closedAt',
  'created_at as createdAt',
  'updated_at as updatedAt',
] as const

/** Of a billion codes, with a million rooms, one draw in a thousand is taken: five in a row never are. */
const CODES_TRIED = 5

/** Stores a new room and its host's membership, under a code that is not taken. Throws `slugTaken`. */
export async function insertRoom(db: Db, room: Omit<StoredRoom, 'joinCode'>, makeCode: () => string): Promise<StoredRoom> {
  for (let tries = 1; ; tries++) {
    const stored = { ...room, joinCode: makeCode() }
    try {
      await db.write(insertion(db, stored), ...hostOf(db, stored))
      return stored
    } catch (error) {
      if (!(error instanceof ConstraintError) || error.kind !== 'unique') throw error
      if (error.columns.includes('rooms.slug')) {
        throw new AppError('slugTaken', `Another room is called ${room.slug} already; choose another name for its link`, {
          cause: error,
        })
      }
      if (!error.columns.includes('rooms.join_code') || tries === CODES_TRIED) throw error
    }
  }
}

export function roomById(db: Db, id: string): Promise<StoredRoom | null> {
  return roomWhere(db, { id })
}

export function roomBySlug(db: Db, tenantId: string, slug: string): Promise<StoredRoom | null> {
  return roomWhere(db, { tenant_id: tenantId, slug })
}

/** The code as `parseJoinCode` gives it. */
export function roomByJoinCode(db: Db, code: string): Promise<StoredRoom | null> {
  return roomWhere(db, { join_code: code })
}

export interface RoomsPage {
  /** Part of the name, in any case. */
  query?: string | undefined
  /** Where the last page ended. */
  cursor?: string | null | undefined
  limit: number
}

/** Open public rooms, newest first. Throws `badRequest` for a cursor that was not given out here. */
export async function listPublicRooms(
  db: Db,
  { query = '', cursor = null, limit }: RoomsPage,
): Promise<{ rooms: StoredRoom[]; cursor: string | null }> {
  const after = cursor === null ? null : parseCursor(cursor)
  // The visibility is a literal, so that SQLite sees that the partial index serves.
  const rooms = await db.query
    .selectFrom('rooms')
    .select(columns)
    .where('visibility', '=', sql.lit('public'))
    .where('closed_at', 'is', null)
    .$if(query !== '', (rows) =>
      rows.where((eb) => eb(eb.fn('instr', [eb.fn('lower', ['name']), eb.val(query.toLowerCase())]), '>', eb.lit(0))),
    )
    .$if(after !== null, (rows) =>
      rows.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after!.createdAt, after!.id))),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const last = rooms.length > limit ? rooms[limit - 1] : undefined
  return { rooms: rooms.slice(0, limit), cursor: last ? `${last.createdAt}~${last.id}` : null }
}

/** Ends a room at that time, or, with null, opens it again. */
export async function setRoomClosed(db: Db, id: string, at: string | null): Promise<void> {
  const changes = { closed_at: at, updated_at: at ?? new Date().toISOString() }
  await db.write(db.query.updateTable('rooms').set(changes).where('id', '=', id))
}

/** Notes under which name the host was last here. */
export function setHostName(db: Db, id: string, name: string): void {
  db.record(db.query.updateTable('rooms').set({ host_name: name }).where('id', '=', id))
}

async function roomWhere(
  db: Db,
  is: { id: string } | { tenant_id: string; slug: string } | { join_code: string },
): Promise<StoredRoom | null> {
  const row = await db.query
    .selectFrom('rooms')
    .select(columns)
    .where((eb) => eb.and(is))
    .executeTakeFirst()
  return row ?? null
}

function insertion(db: Db, room: StoredRoom) {
  return db.query.insertInto('rooms').values({
    id: room.id,
    tenant_id: room.tenantId,
    name: room.name,
    slug: room.slug,
    join_code: room.joinCode,
    description: room.description,
    host_user_id: room.hostUserId,
    host_name: room.hostName,
    visibility: room.visibility,
    max_peers: room.maxPeers,
    empty_ttl: room.emptyTtl,
    topology: room.topology,
    closed_at: room.closedAt,
    created_at: room.createdAt,
    updated_at: room.updatedAt,
  })
}

function hostOf(db: Db, { id, hostUserId, createdAt }: StoredRoom) {
  return hostUserId === null ? [] : [insertMember(db, { roomId: id, userId: hostUserId, role: 'host', at: createdAt })]
}

function parseCursor(cursor: string): { createdAt: string; id: string } {
  const [, createdAt, id] = /^([0-9TZ:.-]+)~([A-Za-z0-9_-]+)$/.exec(cursor) ?? []
  if (createdAt === undefined || id === undefined) {
    throw new AppError('badRequest', 'This list of rooms cannot be continued; ask for it anew', { details: { path: 'cursor' } })
  }
  return { createdAt, id }
}
