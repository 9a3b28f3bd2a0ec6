import { AppError } from '../../../shared/errors.ts'
import type { Db } from './Store.ts'

/** That someone was in a room, from when until when. */
export interface Session {
  id: string
  userId: string
  peerId: string
  name: string
  /** ISO 8601. */
  connectedAt: string
  /** Null while it lasts. */
  disconnectedAt: string | null
  tokenId: string | null
}

/** Sessions of a room, the latest first. Throws `badRequest` for a cursor that was not given out here. */
export async function sessionsOf(
  db: Db,
  tenantId: string,
  roomId: string,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<{ sessions: Session[]; cursor: string | null }> {
  const before = cursor === null ? null : parseCursor(cursor)
  const rows = await db.query
    .selectFrom('sessions')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .$if(before !== null, (sessions) =>
      sessions.where((eb) => eb(eb.refTuple('connected_at', 'id'), '<', eb.tuple(before!.at, before!.id))),
    )
    .orderBy('connected_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const sessions = rows.slice(0, limit).map((row) => ({
    id: row.id,
    userId: row.user_id,
    peerId: row.peer_id,
    name: row.user_name,
    connectedAt: row.connected_at,
    disconnectedAt: row.disconnected_at,
    tokenId: row.token_id,
  }))
  const last = sessions.at(-1)
  return { sessions, cursor: rows.length > limit && last ? `${last.connectedAt}~${last.id}` : null }
}

function parseCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^([0-9TZ:.-]+)~([A-Za-z0-9_-]+)$/.exec(cursor) ?? []
  if (at === undefined || id === undefined)
    throw new AppError('badRequest', 'This list cannot be continued; ask for it anew', { details: { path: 'cursor' } })
  return { at, id }
}
