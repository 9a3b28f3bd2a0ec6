import { join } from 'node:path'
import Database from 'better-sqlite3'

/** All that is stored of a tenant, by table, but for when its keys were used. */
export function rowsOf(dataDir: string, tenantId: string): Record<string, unknown[]> {
  const db = new Database(join(dataDir, 'lanyard.db'), { readonly: true })
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[]
  const rows = tables.map((table): [string, unknown[]] => {
    const columns = db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
    const whose = columns.includes('tenant_id')
      ? 'tenant_id = ?'
      : columns.includes('room_id')
        ? 'room_id IN (SELECT id FROM rooms WHERE tenant_id = ?)'
        : table === 'tenants'
          ? 'id = ?'
          : null
    if (whose === null) throw new Error(`whose are the rows of ${table}?`)
    const kept = columns.filter((column) => `${table}.${column}` !== 'api_keys.used_at')
    return [table, db.prepare(`SELECT ${kept.join()} FROM ${table} WHERE ${whose}`).all(tenantId)]
  })
  db.close()
  return Object.fromEntries(rows)
}
