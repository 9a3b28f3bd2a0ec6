import type { Ban } from '../../../shared/model.ts'
import type { Db } from './Store.ts'

export interface NewBan extends Ban {
  roomId: string
  /** Of the device's secret; null for someone whose client keeps none. */
  deviceHash: string | null
}

/** Keeps someone out of a room; again, with what is known now. */
export async function banUser(db: Db, { roomId, userId, deviceHash, name, bannedAt, by }: NewBan): Promise<void> {
  const row = { room_id: roomId, user_id: userId, device_hash: deviceHash, name, banned_at: bannedAt, by_name: by }
  await db.write(
    db.query
      .insertInto('bans')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['room_id', 'user_id']).doUpdateSet({ device_hash: deviceHash, banned_at: bannedAt, by_name: by }),
      ),
  )
}

/** Resolves with the name of who is let in again; null where nobody was kept out. */
export async function unbanUser(db: Db, roomId: string, userId: string): Promise<string | null> {
  const [[row]] = await db.write(
    db.query.deleteFrom('bans').where('room_id', '=', roomId).where('user_id', '=', userId).returning('name'),
  )
  return row?.name ?? null
}

/** Whether someone, or whoever uses their device, is kept out. */
export async function isBanned(db: Db, roomId: string, userId: string, deviceHash: string | null): Promise<boolean> {
  const row = await db.query
    .selectFrom('bans')
    .select('user_id')
    .where('room_id', '=', roomId)
    .where((eb) => eb.or([eb('user_id', '=', userId), ...(deviceHash === null ? [] : [eb('device_hash', '=', deviceHash)])]))
    .executeTakeFirst()
  return row !== undefined
}

/** The latest first. */
export async function bansOf(db: Db, roomId: string): Promise<Ban[]> {
  return db.query
    .selectFrom('bans')
    .select(['user_id as userId', 'name', 'banned_at as bannedAt', 'by_name as by'])
    .where('room_id', '=', roomId)
    .orderBy('banned_at', 'desc')
    .execute()
}
