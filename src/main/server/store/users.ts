import type { Db } from './Store.ts'

export interface SeenUser {
  id: string
  tenantId: string
  /** Of the device's secret; null for someone whose client keeps none. */
  deviceHash: string | null
  name: string
  /** ISO 8601. */
  at: string
}

/** Notes that someone was here, and under which name. */
export function touchUser(db: Db, { id, tenantId, deviceHash, name, at }: SeenUser): void {
  db.record(
    db.query
      .insertInto('users')
      .values({ id, tenant_id: tenantId, device_hash: deviceHash, name, created_at: at, seen_at: at })
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'id'])
          .doUpdateSet({ name, seen_at: at, ...(deviceHash !== null && { device_hash: deviceHash }) }),
      ),
  )
}

/** Whether someone was here before that time (ISO 8601) for the first time. */
export async function wasHereBefore(db: Db, tenantId: string, id: string, at: string): Promise<boolean> {
  const row = await db.query
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('created_at', '<', at)
    .executeTakeFirst()
  return row !== undefined
}

/** Gives someone a name. Who keeps a device's secret has their own, and keeps that. For units that do more. */
export function nameUser(db: Db, { id, tenantId, name, at }: Omit<SeenUser, 'deviceHash'>) {
  return db.query
    .insertInto('users')
    .values({ id, tenant_id: tenantId, name, created_at: at, seen_at: at })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet({ name }).where('users.device_hash', 'is', null))
}

/** What someone is called, and whether by themselves; null for someone who is not known. */
export async function userById(db: Db, tenantId: string, id: string): Promise<{ name: string; hasDevice: boolean } | null> {
  const row = await db.query
    .selectFrom('users')
    .select(['name', 'device_hash'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ? { name: row.name, hasDevice: row.device_hash !== null } : null
}
