import type { Selectable } from 'kysely'
import type { Db } from './Store.ts'
import type { Tables } from './tables.ts'

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

/** What can be set of a tenant. */
export interface TenantChange {
  name?: string | undefined
  tier?: string | undefined
  active?: boolean | undefined
}

export async function tenantById(db: Db, id: string): Promise<Tenant | null> {
  const row = await db.query.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? tenantOf(row) : null
}

/** By name. */
export async function listTenants(db: Db): Promise<Tenant[]> {
  return (await db.query.selectFrom('tenants').selectAll().orderBy('id').execute()).map(tenantOf)
}

/** Sets what is given. Null where there is no such tenant. */
export async function changeTenant(db: Db, id: string, { name, tier, active }: TenantChange): Promise<Tenant | null> {
  const set = {
    ...(name !== undefined && { name }),
    ...(tier !== undefined && { tier }),
    ...(active !== undefined && { active: active ? (1 as const) : (0 as const) }),
  }
  if (Object.keys(set).length === 0) return tenantById(db, id)
  const [[row]] = await db.write(db.query.updateTable('tenants').set(set).where('id', '=', id).returningAll())
  return row ? tenantOf(row) : null
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

function tenantOf({ id, name, tier, active, created_at: createdAt }: Selectable<Tables['tenants']>): Tenant {
  return { id, name, tier, active: active === 1, createdAt }
}
