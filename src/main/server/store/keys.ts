import type { Selectable } from 'kysely'
import type { Db } from './Store.ts'
import type { Tables } from './tables.ts'

/** A program's key to a tenant, without the key itself: only its hash is kept. */
export interface ApiKey {
  id: string
  tenantId: string
  name: string
  /** ISO 8601, as the others. */
  createdAt: string
  usedAt: string | null
  revokedAt: string | null
}

export async function insertKey(
  db: Db,
  { hash, ...key }: Pick<ApiKey, 'id' | 'tenantId' | 'name' | 'createdAt'> & { hash: string },
): Promise<void> {
  const { id, tenantId: tenant_id, name, createdAt: created_at } = key
  await db.write(db.query.insertInto('api_keys').values({ id, tenant_id, name, hash, created_at }))
}

/** The key of that hash; null where there is none, or it was revoked. */
export async function keyByHash(db: Db, hash: string): Promise<ApiKey | null> {
  const row = await db.query
    .selectFrom('api_keys')
    .selectAll()
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row ? keyOf(row) : null
}

/** Notes when a key was last used. */
export function touchKey(db: Db, id: string, at: string): void {
  db.record(db.query.updateTable('api_keys').set({ used_at: at }).where('id', '=', id))
}

/** The oldest first; of one tenant, or of all. */
export async function listKeys(db: Db, tenantId?: string): Promise<ApiKey[]> {
  const rows = await db.query
    .selectFrom('api_keys')
    .selectAll()
    .$if(tenantId !== undefined, (keys) => keys.where('tenant_id', '=', tenantId!))
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(keyOf)
}

/** A key that was revoked is good for nothing any more. Resolves with whether there was one that was good. */
export async function revokeKey(db: Db, id: string, at: string): Promise<boolean> {
  const [rows] = await db.write(
    db.query.updateTable('api_keys').set({ revoked_at: at }).where('id', '=', id).where('revoked_at', 'is', null).returning('id'),
  )
  return rows.length > 0
}

function keyOf(row: Selectable<Tables['api_keys']>): ApiKey {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    createdAt: row.created_at,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
  }
}
