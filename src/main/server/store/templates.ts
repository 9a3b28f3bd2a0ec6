import { RoomSettings, type Template } from '../../../shared/model.ts'
import type { Db } from './Store.ts'

/** Whose a template is. */
interface Owner {
  tenantId: string
  userId: string
}

/** Keeps settings under a name; another of one's own with that name is replaced. */
export async function saveTemplate(
  db: Db,
  { tenantId, userId }: Owner,
  { templateId, name, settings, createdAt }: Template,
): Promise<Template> {
  const row = {
    id: templateId,
    tenant_id: tenantId,
    user_id: userId,
    name,
    settings: JSON.stringify(settings),
    created_at: createdAt,
  }
  const [[stored]] = await db.write(
    db.query
      .insertInto('templates')
      .values(row)
      .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'name']).doUpdateSet({ settings: row.settings }))
      .returning(['id', 'name', 'settings', 'created_at']),
  )
  return templateOf(stored!)
}

/** One’s own, by name. */
export async function templatesOf(db: Db, { tenantId, userId }: Owner): Promise<Template[]> {
  const rows = await db.query
    .selectFrom('templates')
    .select(['id', 'name', 'settings', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .orderBy('name')
    .execute()
  return rows.map(templateOf)
}

/** Resolves with whether it was one’s own. */
export async function deleteTemplate(db: Db, { tenantId, userId }: Owner, id: string): Promise<boolean> {
  const [rows] = await db.write(
    db.query
      .deleteFrom('templates')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .returning('id'),
  )
  return rows.length > 0
}

function templateOf(row: { id: string; name: string; settings: string; created_at: string }): Template {
  return { templateId: row.id, name: row.name, settings: RoomSettings.parse(JSON.parse(row.settings)), createdAt: row.created_at }
}
