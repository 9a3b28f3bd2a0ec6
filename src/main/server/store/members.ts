import type { Membership } from '../../../shared/model.ts'
import type { Role } from '../../../shared/roles.ts'
import type { Db } from './Store.ts'

export interface NewMember {
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
export async function addMember(db: Db, membership: NewMember): Promise<void> {
  await db.write(insertMember(db, membership))
}

/** Takes someone's lasting place away. Resolves with whether they had one. */
export async function removeMember(db: Db, roomId: string, userId: string): Promise<boolean> {
  const [rows] = await db.write(
    db.query.deleteFrom('room_members').where('room_id', '=', roomId).where('user_id', '=', userId).returning('id'),
  )
  return rows.length > 0
}

/** Those who have been there longest first. */
export async function membershipsOf(db: Db, roomId: string): Promise<Membership[]> {
  const rows = await db.query
    .selectFrom('room_members')
    .innerJoin('rooms', 'rooms.id', 'room_members.room_id')
    .leftJoin('users', (join) =>
      join.onRef('users.tenant_id', '=', 'rooms.tenant_id').onRef('users.id', '=', 'room_members.user_id'),
    )
    .select(['room_members.user_id', 'users.name', 'room_members.role', 'room_members.joined_at'])
    .where('room_id', '=', roomId)
    .orderBy('room_members.id')
    .execute()
  return rows.map((row) => ({ userId: row.user_id, name: row.name ?? '', role: row.role, since: row.joined_at }))
}

/** For units that do more. */
export function insertMember(db: Db, { roomId, userId, role, at }: NewMember) {
  return db.query
    .insertInto('room_members')
    .values({ room_id: roomId, user_id: userId, role, joined_at: at })
    .onConflict((conflict) => conflict.columns(['room_id', 'user_id']).doUpdateSet({ role }))
}

/**
 * Gives people of another server their places, and their names; those who have one keep what they have. Resolves with the ids of those
 * who are new.
 */
export async function adoptMembers(
  db: Db,
  { tenantId, roomId, members }: { tenantId: string; roomId: string; members: readonly Membership[] },
): Promise<string[]> {
  const [, ...found] = await db.write(
    db.query
      .insertInto('users')
      .values(
        members.map(({ userId: id, name, since }) => ({ id, tenant_id: tenantId, name, created_at: since, seen_at: since })),
      )
      .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing()),
    db.query
      .insertInto('room_members')
      .values(members.map(({ userId, role, since }) => ({ room_id: roomId, user_id: userId, role, joined_at: since })))
      .onConflict((conflict) => conflict.columns(['room_id', 'user_id']).doNothing())
      .returning('user_id'),
  )
  return found.flat().map(({ user_id }) => user_id)
}
