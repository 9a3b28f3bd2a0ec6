import { sql } from 'kysely'
import type { PastSession } from '../../../shared/model.ts'
import { cursorOf, parseCursor } from './cursor.ts'
import type { Db } from './Store.ts'

/** Someone's time in a room. */
export interface Session extends PastSession {
  peerId: string
  tokenId: string | null
}

/** Who was in a room when, the latest first. Throws `badRequest` for a cursor that was not given out here. */
export async function sessionsOf(
  db: Db,
  tenantId: string,
  roomId: string,
  { cursor, limit }: { cursor?: string | null | undefined; limit: number },
): Promise<{ sessions: Session[]; cursor: string | null }> {
  const after = parseCursor(cursor)
  const rows = await db.query
    .selectFrom('sessions')
    .select(['id', 'user_id', 'peer_id', 'user_name', 'connected_at', 'disconnected_at', 'token_id'])
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .$if(after !== null, (found) =>
      found.where((eb) => eb(eb.refTuple('connected_at', 'id'), '<', eb.tuple(after!.at, after!.id))),
    )
    .orderBy('connected_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    sessions: rows.slice(0, limit).map((row) => ({
      sessionId: row.id,
      userId: row.user_id,
      peerId: row.peer_id,
      name: row.user_name,
      connectedAt: row.connected_at,
      disconnectedAt: row.disconnected_at,
      tokenId: row.token_id,
    })),
    cursor: last ? cursorOf({ at: last.connected_at, id: last.id }) : null,
  }
}

export interface Range {
  roomId: string
  /** ISO 8601; what has begun from the first on and before the second counts. */
  from: string
  before: string
}

/** Someone's sessions in a room: how many there were, how many of them have ended, and how long those took together, in seconds. */
export interface UseOfPerson {
  userId: string
  sessions: number
  ended: number
  seconds: number
}

/** How a room was used: by people as who they are, and not by their names. */
export async function usageOf(db: Db, tenantId: string, { roomId, from, before }: Range): Promise<UseOfPerson[]> {
  return db.query
    .selectFrom('sessions')
    .select((eb) => [
      'user_id as userId',
      eb.fn.countAll<number>().as('sessions'),
      eb.fn.count<number>('disconnected_at').as('ended'),
      sql<number>`total(unixepoch(disconnected_at, 'subsec') - unixepoch(connected_at, 'subsec'))`.as('seconds'),
    ])
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .where('connected_at', '>=', from)
    .where('connected_at', '<', before)
    .groupBy('user_id')
    .execute()
}

/** How many minutes the sessions have lasted that began in a tenant's rooms since then; those that last go on until now. */
export async function minutesSince(db: Db, tenantId: string, since: string, now: string): Promise<number> {
  const { seconds } = await db.query
    .selectFrom('sessions')
    .select(
      sql<number>`coalesce(sum(unixepoch(coalesce(disconnected_at, ${now}), 'subsec') - unixepoch(connected_at, 'subsec')), 0)`.as(
        'seconds',
      ),
    )
    .where('tenant_id', '=', tenantId)
    .where('connected_at', '>=', since)
    .executeTakeFirstOrThrow()
  return seconds / 60
}

/** The rooms that someone was in, the latest first, each once, and whether they are in it now. */
export async function roomsOfUser(
  db: Db,
  tenantId: string,
  userId: string,
  limit: number,
): Promise<{ roomId: string; lastSeenAt: string; isThere: boolean }[]> {
  const rows = await db.query
    .selectFrom('sessions')
    .innerJoin('rooms', 'rooms.id', 'sessions.room_id')
    .select((eb) => [
      'sessions.room_id as roomId',
      eb.fn.max('sessions.connected_at').as('lastSeenAt'),
      sql<0 | 1>`max(disconnected_at IS NULL)`.as('isThere'),
    ])
    .where('sessions.tenant_id', '=', tenantId)
    .where('sessions.user_id', '=', userId)
    .groupBy('sessions.room_id')
    .orderBy('lastSeenAt', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, isThere: row.isThere === 1 }))
}
