import type { Db } from './Store.ts'

/** Whose rooms they are: a company, a team, or, where nobody says otherwise, everyone who uses this server. */
export interface Tenant {
  id: string
  name: string
  /** Which limits it has. */
  tier: string
  /** Whether its keys and tokens are good. */
  active: boolean
  /** ISO 8601. */
  createdAt: string
}

export async function tenantById(db: Db, id: string): Promise<Tenant | null> {
  const row = await db.query.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? { id: row.id, name: row.name, tier: row.tier, active: row.active === 1, createdAt: row.created_at } : null
}

/** Makes a tenant; one that there is stays as it is. */
export async function addTenant(db: Db, { id, name, createdAt }: Pick<Tenant, 'id' | 'name' | 'createdAt'>): Promise<void> {
  await db.write(
    db.query
      .insertInto('tenants')
      .values({ id, name, created_at: createdAt })
      .onConflict((conflict) => conflict.column('id').doNothing()),
  )
}
