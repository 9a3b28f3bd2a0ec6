import type { Role } from '../../../shared/roles.ts'
import type { Db } from './Store.ts'

/** Someone's lasting place in a room, whether here or not. */
export interface Membership {
  roomId: string
  userId: string
  role: Role
  /** ISO 8601. */
  at: string
}

/** The lasting role; null for someone who has none there. */
export async function roleOf(db: Db, roomId: string, userId: string): Promise<Role | null> {
  const row = await db.query
    .selectFrom('room_members')
    .select('role')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.role ?? null
}

/** Makes someone a member, or gives a member another role. */
export async function addMember(db: Db, membership: Membership): Promise<void> {
  await db.write(insertMember(db, membership))
}

/** For units that do more. */
export function insertMember(db: Db, { roomId, userId, role, at }: Membership) {
  return db.query
    .insertInto('room_members')
    .values({ room_id: roomId, user_id: userId, role, joined_at: at })
    .onConflict((conflict) => conflict.columns(['room_id', 'user_id']).doUpdateSet({ role }))
}
