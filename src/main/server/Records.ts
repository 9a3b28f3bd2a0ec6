/** What is kept of rooms, and of those who make them, for who may read it. */
import { AppError } from '../../shared/errors.ts'
import type { Params, Value } from '../../shared/protocol.ts'
import { usageByDay } from './analytics.ts'
import type { Connection } from './Connection.ts'
import { randomId } from './ids.ts'
import type { RoomServer } from './RoomServer.ts'
import { invitation } from './schedule.ts'
import { auditOf } from './store/audit.ts'
import { roomsOfUser, sessionsOf } from './store/history.ts'
import { roomById } from './store/rooms.ts'
import type { Store } from './store/Store.ts'
import { deleteTemplate, saveTemplate, templatesOf } from './store/templates.ts'

/** Of one person. */
const MAX_TEMPLATES = 50

export class Records {
  readonly #rooms: RoomServer
  readonly #store: Store

  constructor(rooms: RoomServer, store: Store) {
    this.#rooms = rooms
    this.#store = store
  }

  async roomHistory(asking: Connection, { cursor, limit = 50, ...own }: Params<'roomHistory'>): Promise<Value<'roomHistory'>> {
    const room = await this.#rooms.own(asking, own, 'readHistory')
    const page = await sessionsOf(this.#store, room.tenantId, room.id, { cursor, limit })
    const sessions = page.sessions.map(({ sessionId, userId, name, connectedAt, disconnectedAt }) => ({
      ...{ sessionId, userId, name, connectedAt, disconnectedAt },
    }))
    return { sessions, cursor: page.cursor }
  }

  async roomUsage(asking: Connection, { from, to, ...own }: Params<'roomUsage'>): Promise<Value<'roomUsage'>> {
    const room = await this.#rooms.own(asking, own, 'readHistory')
    return { usage: await usageByDay(this.#store, room, this.#rooms.describe(room).present, { from, to }) }
  }

  async roomAudit(asking: Connection, { limit = 100, ...own }: Params<'roomAudit'>): Promise<Value<'roomAudit'>> {
    const room = await this.#rooms.own(asking, own, 'readAudit')
    const entries = await auditOf(this.#store, room.tenantId, room.id, limit)
    return { entries: entries.map(({ at, act, actor, subject, details }) => ({ at, act, actor, subject, details })) }
  }

  async roomInvitation(asking: Connection, { link, ...own }: Params<'roomInvitation'>): Promise<Value<'roomInvitation'>> {
    return { calendar: invitation(await this.#rooms.own(asking, own, 'editRoom'), link ?? null) }
  }

  async myRooms({ tenantId, userId }: Connection, { limit = 50 }: Params<'myRooms'>): Promise<Value<'myRooms'>> {
    return { rooms: await visitsOf(this.#rooms, this.#store, { tenantId, userId, limit }) }
  }

  /** What a new room is made from: the template that is named, and what is given besides, which comes first. Throws `templateNotFound`. */
  async fromTemplate(owner: Connection, params: Params<'createRoom'>): Promise<Params<'createRoom'>> {
    if (params.templateId === undefined) return params
    const template = (await templatesOf(this.#store, owner)).find(({ templateId }) => templateId === params.templateId)
    if (!template) throw noSuchTemplate()
    return { ...template.settings, ...params }
  }

  async saveTemplate(owner: Connection, params: Params<'saveTemplate'>): Promise<Value<'saveTemplate'>> {
    const kept = await templatesOf(this.#store, owner)
    if (kept.length >= MAX_TEMPLATES && !kept.some(({ name }) => name === params.name))
      throw new AppError('limitReached', `One keeps ${MAX_TEMPLATES} templates at most; delete one first`, {
        details: { limit: 'templates', most: MAX_TEMPLATES },
      })
    const template = { templateId: randomId(), ...params, createdAt: new Date().toISOString() }
    return { template: await saveTemplate(this.#store, owner, template) }
  }

  async listTemplates(owner: Connection): Promise<Value<'listTemplates'>> {
    return { templates: await templatesOf(this.#store, owner) }
  }

  /** Throws `templateNotFound`. */
  async deleteTemplate(owner: Connection, templateId: string): Promise<void> {
    if (!(await deleteTemplate(this.#store, owner, templateId))) throw noSuchTemplate()
  }
}

const noSuchTemplate = () => new AppError('templateNotFound', 'You have kept no settings under that id')

/** The rooms that someone was in, the latest first, as they are now; only those that they are in, where that is asked for. */
export async function visitsOf(
  rooms: RoomServer,
  store: Store,
  { tenantId, userId, limit, active = false }: { tenantId: string; userId: string; limit: number; active?: boolean },
): Promise<Value<'myRooms'>['rooms']> {
  const visited = (await roomsOfUser(store, tenantId, userId, limit)).filter(({ isThere }) => isThere || !active)
  const found = await Promise.all(
    visited.map(async ({ roomId, lastSeenAt, isThere }) => {
      const stored = await roomById(store, tenantId, roomId)
      return stored && { room: rooms.describe(stored), lastSeenAt, isThere }
    }),
  )
  return found.filter((visit) => visit !== null)
}
