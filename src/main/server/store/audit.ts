import { sql, type Compilable } from 'kysely'
import { randomId } from '../ids.ts'
import type { Db } from './Store.ts'

/** Who acts: a person in a room, a program with a key, whoever runs the server, or the server by itself. */
export interface Actor {
  kind: 'person' | 'key' | 'owner' | 'server'
  id: string | null
  name: string
}

export const acts = [
  'roomCreated',
  'roomImported',
  'roomChanged',
  'roomClosed',
  'roomReopened',
  'roomDeleted',
  'codeRenewed',
  'admitted',
  'refused',
  'stopped',
  'allowed',
  'removed',
  'banned',
  'unbanned',
  'roleChanged',
  'handedOver',
  'hostChanged',
  'memberAdded',
  'memberRemoved',
] as const
export type Act = (typeof acts)[number]

export interface AuditEntry {
  tenantId: string
  roomId: string
  /** ISO 8601. */
  at: string
  act: Act
  actor: Actor
  /** On whom. */
  subject: { id: string; name: string } | null
  /** What belongs to it, such as the names of settings; never a secret, and no text that someone wrote. */
  details: Record<string, unknown>
}

/** Notes what was done, and is not stored otherwise. */
export function audit(db: Db, entry: AuditEntry): void {
  db.record(
    db.query
      .insertInto('audit')
      .values(rowOf(entry))
      .onConflict((conflict) => conflict.column('id').doNothing()),
  )
}

/**
 * The database, where each write is noted together with what it changes: both are stored, or neither, so that a crash leaves nothing that
 * nobody has done. A write that changes nothing is not noted.
 */
export function noting(db: Db, entry: AuditEntry): Db {
  const row = rowOf(entry)
  const columns = Object.keys(row) as (keyof typeof row)[]
  const note = db.query
    .insertInto('audit')
    .columns(columns)
    .expression(
      db.query
        .selectNoFrom((eb) => columns.map((column) => eb.val(row[column]).as(column)))
        .where(sql<number>`changes()`, '>', 0),
    )
  return {
    query: db.query,
    write: ((...unit: Compilable[]) => db.write(...unit, note)) as Db['write'],
    record: (...unit) => db.record(...unit),
  }
}

/** What was done in a room (or about it, when it is gone), the latest first. */
export async function auditOf(db: Db, tenantId: string, roomId: string, limit: number): Promise<AuditEntry[]> {
  const rows = await db.query
    .selectFrom('audit')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .orderBy('at', 'desc')
    .orderBy(sql`rowid`, 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    tenantId,
    roomId,
    at: row.at,
    act: row.act as Act,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    subject: row.subject_id === null ? null : { id: row.subject_id, name: row.subject_name ?? '' },
    details: JSON.parse(row.details) as Record<string, unknown>,
  }))
}

function rowOf({ tenantId, roomId, at, act, actor, subject, details }: AuditEntry) {
  return {
    id: randomId(),
    tenant_id: tenantId,
    room_id: roomId,
    at,
    act,
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    subject_id: subject?.id ?? null,
    subject_name: subject?.name ?? null,
    details: JSON.stringify(details),
  }
}
