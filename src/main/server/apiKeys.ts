import { AppError } from '../../shared/errors.ts'
import { hashSecret, randomId, randomSecret } from './ids.ts'
import type { Actor } from './store/audit.ts'
import { insertKey, keyByHash, touchKey, type ApiKey } from './store/keys.ts'
import type { Store } from './store/Store.ts'
import { addTenant, tenantById, type Tenant } from './store/tenants.ts'

/** The longest bearer credential that is looked at, in characters. */
const MAX_LENGTH = 256
/** How exactly it is kept when a key was last used, in ms. */
const TOUCH_EVERY_MS = 60_000

/** A program that has shown its key. */
export interface Caller {
  tenant: Tenant
  keyId: string
  actor: Actor
}

/** Makes a key, and the tenant where there is none of that id. The key is here to be seen once: only its hash is stored. */
export async function createKey(
  store: Store,
  { tenantId, name }: { tenantId: string; name: string },
): Promise<{ key: string } & Pick<ApiKey, 'id' | 'tenantId' | 'name' | 'createdAt'>> {
  const key = `lk_${randomSecret()}`
  const row = { id: randomId(), tenantId, name, createdAt: new Date().toISOString() }
  await addTenant(store, { id: tenantId, name: tenantId, createdAt: row.createdAt })
  await insertKey(store, { ...row, hash: hashSecret(key) })
  return { key, ...row }
}

/** Who it is that shows a key. Throws `unauthorized`, and `forbidden` where the tenant is switched off. */
export async function callerOf(store: Store, key: string): Promise<Caller> {
  const found = key.length > MAX_LENGTH ? null : await keyByHash(store, hashSecret(key))
  const tenant = found && (await tenantById(store, found.tenantId))
  if (!found || !tenant) throw new AppError('unauthorized', 'This key is not known here, or it was revoked')
  if (!tenant.active) throw new AppError('forbidden', 'The tenant of this key is switched off')
  const now = Date.now()
  if (found.usedAt === null || Date.parse(found.usedAt) < now - TOUCH_EVERY_MS)
    touchKey(store, found.id, new Date(now).toISOString())
  return { tenant, keyId: found.id, actor: { kind: 'key', id: found.id, name: found.name } }
}
