import { sql, type Selectable, type Updateable } from 'kysely'
import { AppError } from '../../../shared/errors.ts'
import { MediaLimits, Metadata, Schedule, type Room } from '../../../shared/model.ts'
import { cursorOf, parseCursor } from './cursor.ts'
import { ConstraintError } from './errors.ts'
import { insertMember } from './members.ts'
import type { Db } from './Store.ts'
import type { Tables } from './tables.ts'

/** What is set of a room. */
export interface StoredSettings extends Pick<
  Room,
  | 'name'
  | 'slug'
  | 'description'
  | 'visibility'
  | 'admission'
  | 'locked'
  | 'maxPeers'
  | 'emptyTtl'
  | 'topology'
  | 'timeZone'
  | 'schedule'
  | 'mediaLimits'
  | 'metadata'
> {
  /** As `passwords.ts` makes it; null for a room without one. */
  passwordHash: string | null
}

/** A room as it is kept, whether anyone is in it or not. */
export interface StoredRoom extends StoredSettings, Pick<Room, 'id' | 'joinCode' | 'version' | 'createdAt' | 'updatedAt'> {
  tenantId: string
  hostUserId: string | null
  hostName: string | null
  /** When its host ended it; null for an open one. */
  closedAt: string | null
  /** When it is deleted unless someone comes; null for one that is kept, or that someone is in. */
  deleteAt: string | null
}

/** What else changes in a room, without making it another version. */
type Change = Partial<
  StoredSettings & Pick<StoredRoom, 'joinCode' | 'hostUserId' | 'hostName' | 'closedAt' | 'deleteAt' | 'updatedAt'>
>

type Row = Selectable<Tables['rooms']>

/** Of a billion codes, with a million rooms, one draw in a thousand is taken: five in a row never are. */
const CODES_TRIED = 5

/** Stores a new room and its host's membership, under a code that is not taken. Throws `slugTaken`. */
export async function insertRoom(
  db: Db,
  room: Omit<StoredRoom, 'joinCode' | 'version'>,
  makeCode: () => string,
): Promise<StoredRoom> {
  return withFreeCode(room.slug, makeCode, async (joinCode) => {
    const stored = { ...room, joinCode, version: 1 }
    const { id, tenantId, createdAt } = stored
    const row = { id, tenant_id: tenantId, created_at: createdAt, ...columnsOf(stored) } as Row
    await db.write(db.query.insertInto('rooms').values(row), ...hostOf(db, stored))
    return stored
  })
}

/** Another code for a room. Null for one that is gone. */
export function renewCode(db: Db, tenantId: string, id: string, makeCode: () => string): Promise<StoredRoom | null> {
  return withFreeCode(null, makeCode, (joinCode) => changeRoom(db, tenantId, id, { joinCode }))
}

/**
 * Stores what has changed of a room, as its next version, and resolves with the whole. Null for one that is gone, or is not of
 * that version any more. Throws `slugTaken`.
 */
export async function changeRoom(
  db: Db,
  tenantId: string,
  id: string,
  change: Change,
  ifVersion?: number,
): Promise<StoredRoom | null> {
  const [[row]] = await db.write(updateOf(db, tenantId, id, change, ifVersion)).catch((error: unknown) => {
    throw isTaken(error, 'rooms.slug') ? slugTaken(change.slug ?? null, error) : error
  })
  return row ? roomOf(row) : null
}

/** Makes someone else the host, and whoever was it a co-host, all at once. Null for a room that is gone. */
export async function giveRoom(
  db: Db,
  { tenantId, id: roomId, hostUserId }: Pick<StoredRoom, 'tenantId' | 'id' | 'hostUserId'>,
  { userId, name }: { userId: string; name: string },
  at: string,
): Promise<StoredRoom | null> {
  const before = hostUserId === null ? [] : [insertMember(db, { roomId, userId: hostUserId, role: 'cohost', at })]
  const [[row]] = await db
    .write(
      updateOf(db, tenantId, roomId, { hostUserId: userId, hostName: name }),
      ...before,
      insertMember(db, { roomId, userId, role: 'host', at }),
    )
    .catch((error: unknown): [Row[]] => {
      if (error instanceof ConstraintError && error.kind === 'reference') return [[]]
      throw error
    })
  return row ? roomOf(row) : null
}

/** Notes what changes by itself: under which name the host was last here, until when a room is kept. */
export function noteOfRoom(db: Db, id: string, note: Pick<Change, 'hostName' | 'deleteAt'>): void {
  db.record(db.query.updateTable('rooms').set(columnsOf(note)).where('id', '=', id))
}

/**
 * With its messages and members; its sessions and what was done in it are kept. Resolves with whether it was there, in that version
 * where one is named.
 */
export async function deleteRoom(db: Db, tenantId: string, id: string, ifVersion?: number): Promise<boolean> {
  const [rows] = await db.write(
    db.query
      .deleteFrom('rooms')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .$if(ifVersion !== undefined, (rooms) => rooms.where('version', '=', ifVersion!))
      .returning('id'),
  )
  return rows.length > 0
}

/** Empty rooms that are kept for a time only, and until when. */
export async function roomsToDelete(db: Db): Promise<{ id: string; tenantId: string; deleteAt: string }[]> {
  return db.query
    .selectFrom('rooms')
    .select(['id', 'tenant_id as tenantId', 'delete_at as deleteAt'])
    .where('delete_at', 'is not', null)
    .$narrowType<{ deleteAt: string }>()
    .execute()
}

export function roomById(db: Db, tenantId: string, id: string): Promise<StoredRoom | null> {
  return roomWhere(db, { tenant_id: tenantId, id })
}

export function roomBySlug(db: Db, tenantId: string, slug: string): Promise<StoredRoom | null> {
  return roomWhere(db, { tenant_id: tenantId, slug })
}

/** The code as `parseJoinCode` gives it. */
export function roomByJoinCode(db: Db, tenantId: string, code: string): Promise<StoredRoom | null> {
  return roomWhere(db, { tenant_id: tenantId, join_code: code })
}

export interface RoomsPage {
  tenantId: string
  /** Part of the name, in any case. */
  query?: string | undefined
  /** Where the last page ended. */
  cursor?: string | null | undefined
  limit: number
  /** Private and ended ones, too. */
  all?: boolean | undefined
  /** Those only that keep nobody out, as `admitsPlain` says it. */
  plain?: boolean
}

/** Open public rooms, newest first. Throws `badRequest` for a cursor that was not given out here. */
export async function listRooms(
  db: Db,
  { tenantId, query = '', cursor = null, limit, all = false, plain = false }: RoomsPage,
): Promise<{ rooms: StoredRoom[]; cursor: string | null }> {
  const after = parseCursor(cursor)
  const rows = await db.query
    .selectFrom('rooms')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    // The visibility is a literal, so that SQLite sees that the partial index serves.
    .$if(!all, (rooms) => rooms.where('visibility', '=', sql.lit('public')).where('closed_at', 'is', null))
    .$if(plain, (rooms) => rooms.where('visibility', '=', 'public').where('admission', '=', 'open'))
    .$if(plain, (rooms) => rooms.where('password_hash', 'is', null))
    .$if(query !== '', (rooms) =>
      rooms.where((eb) => eb(eb.fn('instr', [eb.fn('lower', ['name']), eb.val(query.toLowerCase())]), '>', eb.lit(0))),
    )
    .$if(after !== null, (rooms) => rooms.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after!.at, after!.id))))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { rooms: rows.slice(0, limit).map(roomOf), cursor: last ? cursorOf({ at: last.created_at, id: last.id }) : null }
}

export async function countRooms(db: Db, tenantId: string): Promise<number> {
  const { count } = await db.query
    .selectFrom('rooms')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return count
}

async function roomWhere(
  db: Db,
  is: { tenant_id: string } & ({ id: string } | { slug: string } | { join_code: string }),
): Promise<StoredRoom | null> {
  const row = await db.query
    .selectFrom('rooms')
    .selectAll()
    .where((eb) => eb.and(is))
    .executeTakeFirst()
  return row ? roomOf(row) : null
}

/** The next version of a room. */
function updateOf(db: Db, tenantId: string, id: string, change: Change, ifVersion?: number) {
  return db.query
    .updateTable('rooms')
    .set({ ...columnsOf({ ...change, updatedAt: change.updatedAt ?? new Date().toISOString() }), version: sql`version + 1` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .$if(ifVersion !== undefined, (rooms) => rooms.where('version', '=', ifVersion!))
    .returningAll()
}

/** Draws codes until one is free. */
async function withFreeCode<T>(slug: string | null, makeCode: () => string, store: (code: string) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await store(makeCode())
    } catch (error) {
      if (isTaken(error, 'rooms.slug')) throw slugTaken(slug, error)
      if (!isTaken(error, 'rooms.join_code') || tries === CODES_TRIED) throw error
    }
  }
}

function isTaken(error: unknown, column: string): boolean {
  return error instanceof ConstraintError && error.kind === 'unique' && error.columns.includes(column)
}

function slugTaken(slug: string | null, cause: unknown): AppError {
  return new AppError('slugTaken', `Another room is called ${slug} already; choose another name for its link`, { cause })
}

function roomOf(row: Row): StoredRoom {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    slug: row.slug,
    joinCode: row.join_code,
    description: row.description,
    hostUserId: row.host_user_id,
    hostName: row.host_name,
    visibility: row.visibility,
    admission: row.admission,
    locked: row.locked === 1,
    passwordHash: row.password_hash,
    maxPeers: row.max_peers,
    emptyTtl: row.empty_ttl,
    topology: row.topology,
    timeZone: row.time_zone,
    schedule: row.schedule === null ? null : Schedule.parse(JSON.parse(row.schedule)),
    mediaLimits: MediaLimits.parse(JSON.parse(row.media_limits)),
    metadata: Metadata.parse(JSON.parse(row.metadata)),
    version: row.version,
    closedAt: row.closed_at,
    deleteAt: row.delete_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** The columns of what is given. */
function columnsOf(change: Change): Updateable<Tables['rooms']> {
  const columns: Updateable<Tables['rooms']> = {
    name: change.name,
    slug: change.slug,
    join_code: change.joinCode,
    description: change.description,
    host_user_id: change.hostUserId,
    host_name: change.hostName,
    visibility: change.visibility,
    admission: change.admission,
    locked: change.locked === undefined ? undefined : change.locked ? 1 : 0,
    password_hash: change.passwordHash,
    max_peers: change.maxPeers,
    empty_ttl: change.emptyTtl,
    topology: change.topology,
    time_zone: change.timeZone,
    schedule: change.schedule && JSON.stringify(change.schedule),
    media_limits: change.mediaLimits && JSON.stringify(change.mediaLimits),
    metadata: change.metadata && JSON.stringify(change.metadata),
    closed_at: change.closedAt,
    delete_at: change.deleteAt,
    updated_at: change.updatedAt,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

function hostOf(db: Db, { id, hostUserId, createdAt }: StoredRoom) {
  return hostUserId === null ? [] : [insertMember(db, { roomId: id, userId: hostUserId, role: 'host', at: createdAt })]
}
