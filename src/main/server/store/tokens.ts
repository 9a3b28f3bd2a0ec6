import { sql } from 'kysely'
import type { Permissions } from '../../../shared/model.ts'
import { ConstraintError } from './errors.ts'
import type { Db } from './Store.ts'

/** A token that was given out, without the token itself: only its hash is kept. */
export interface StoredToken {
  id: string
  tenantId: string
  roomId: string
  userName: string
  hash: string
  permissions: Permissions
  singleUse: boolean
  /** ISO 8601, as the others. */
  createdAt: string
  expiresAt: string
  /** Which of the tenant's keys has signed it. */
  keyNumber: number
}

/** What has become of a token. */
export interface TokenState extends Pick<StoredToken, 'tenantId' | 'roomId' | 'hash' | 'singleUse' | 'expiresAt'> {
  usedAt: string | null
  revokedAt: string | null
}

/** Resolves with whether it could be stored: not for a room that is gone meanwhile. */
export async function insertToken(db: Db, token: StoredToken): Promise<boolean> {
  const row = {
    id: token.id,
    tenant_id: token.tenantId,
    room_id: token.roomId,
    user_name: token.userName,
    hash: token.hash,
    permissions: JSON.stringify(token.permissions),
    single_use: token.singleUse ? (1 as const) : (0 as const),
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    key_number: token.keyNumber,
  }
  try {
    await db.write(db.query.insertInto('tokens').values(row))
    return true
  } catch (error) {
    if (error instanceof ConstraintError && error.kind === 'reference') return false
    throw error
  }
}

export async function tokenState(db: Db, tenantId: string, id: string): Promise<TokenState | null> {
  const row = await db.query
    .selectFrom('tokens')
    .select(['tenant_id', 'room_id', 'hash', 'single_use', 'expires_at', 'used_at', 'revoked_at'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  const { hash, expires_at: expiresAt, used_at: usedAt, revoked_at: revokedAt } = row
  return { tenantId: row.tenant_id, roomId: row.room_id, hash, singleUse: row.single_use === 1, expiresAt, usedAt, revokedAt }
}

/**
 * Uses a token, in one step with asking whether it is still good: of many who show a single-use token at once, one gets true. What
 * was revoked in this process before is seen, because writes keep their order.
 */
export async function useToken(db: Db, tenantId: string, id: string, at: string): Promise<boolean> {
  const [rows] = await db.write(
    db.query
      .updateTable('tokens')
      .set({ used_at: sql<string>`coalesce(used_at, ${at})` })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .where((eb) => eb.or([eb('single_use', '=', eb.lit(0)), eb('used_at', 'is', null)]))
      .returning('id'),
  )
  return rows.length > 0
}

/** A single-use token that led nowhere after all can be used again. */
export function unuseToken(db: Db, tenantId: string, id: string, usedAt: string): void {
  db.record(
    db.query
      .updateTable('tokens')
      .set({ used_at: null })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('single_use', '=', 1)
      .where('used_at', '=', usedAt),
  )
}

/** Resolves with whether there was such a token. */
export async function revokeToken(db: Db, tenantId: string, id: string, at: string): Promise<boolean> {
  const [rows] = await db.write(revocation(db, tenantId, id, at).returning('id'))
  return rows.length > 0
}

/** The same, without an answer. */
export function noteRevoked(db: Db, tenantId: string, id: string, at: string): void {
  db.record(revocation(db, tenantId, id, at))
}

/** Forgets tokens that have been of no use since then. */
export function dropTokens(db: Db, expiredBefore: string): void {
  db.record(db.query.deleteFrom('tokens').where('expires_at', '<', expiredBefore))
}

function revocation(db: Db, tenantId: string, id: string, at: string) {
  return db.query
    .updateTable('tokens')
    .set({ revoked_at: sql<string>`coalesce(revoked_at, ${at})` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
}
