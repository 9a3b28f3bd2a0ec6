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
      .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet({ name, seen_at: at })),
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

/** The name that someone was last here under; null for someone who never was. */
export async function nameOf(db: Db, tenantId: string, id: string): Promise<string | null> {
  const row = await db.query
    .selectFrom('users')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.name ?? null
}
