import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { usageAsCsv } from '../../../shared/usageCsv.ts'
import { usageByDay } from '../analytics.ts'
import { visitsOf } from '../Records.ts'
import { auditOf } from '../store/audit.ts'
import { sessionsOf } from '../store/history.ts'
import { messagesOf } from '../store/messages.ts'
import { roomOf, type Api, type KeyEnv } from './access.ts'
import { problems } from './problem.ts'
import {
  AuditEntry,
  ChatMessage,
  Cursor,
  Id,
  InRoom,
  json,
  keyed,
  Limit,
  NextCursor,
  RoomUsage,
  Session,
  Visit,
} from './schemas.ts'

const tags = ['History']

const routes = {
  sessions: createRoute({
    operationId: 'listSessions',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/{room}/sessions', summary: 'Who was in a room, from when until when' },
    description: 'The latest first.',
    request: { params: InRoom, query: z.object({ cursor: Cursor, limit: Limit(500, 100) }) },
    responses: {
      200: json('A page.', z.object({ sessions: z.array(Session), cursor: NextCursor })),
      ...problems('badRequest', 'unauthorized', 'roomNotFound'),
    },
  }),
  analytics: createRoute({
    operationId: 'readAnalytics',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/{room}/analytics', summary: 'How a room is used by the day' },
    description:
      'Days of the room’s time zone, both ends included; the last 30 where none are named. As CSV for who asks with `Accept: text/csv`.',
    request: { params: InRoom, query: z.object({ from: z.iso.date().optional(), to: z.iso.date().optional() }) },
    responses: {
      200: {
        description: 'The days, and all of them together.',
        content: { 'application/json': { schema: RoomUsage }, 'text/csv': { schema: z.string() } },
      },
      ...problems('badRequest', 'unauthorized', 'roomNotFound'),
    },
  }),
  messages: createRoute({
    operationId: 'listMessages',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/{room}/messages', summary: 'What was said in a room' },
    description: 'Oldest first: the latest ones, or those before or after one.',
    request: {
      params: InRoom,
      query: z
        .object({ before: Id.optional(), after: Id.optional(), limit: Limit(200, 50) })
        .refine((page) => page.before === undefined || page.after === undefined, 'give before or after, not both'),
    },
    responses: {
      200: json('A page.', z.object({ messages: z.array(ChatMessage), more: z.boolean() })),
      ...problems('badRequest', 'unauthorized', 'roomNotFound'),
    },
  }),
  visits: createRoute({
    operationId: 'listRoomsOfUser',
    ...{ ...keyed, tags, method: 'get', path: '/users/{userId}/rooms', summary: 'The rooms that someone was in' },
    description: 'The latest first; only those that they are in now, with `active=true`. None for someone who was never here.',
    request: {
      params: z.object({ userId: Id }),
      query: z.object({ active: z.enum(['true', 'false']).default('false'), limit: Limit(200, 50) }),
    },
    responses: {
      200: json('The rooms.', z.object({ rooms: z.array(Visit) })),
      ...problems('badRequest', 'unauthorized'),
    },
  }),
  audit: createRoute({
    operationId: 'readAudit',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/{room}/audit', summary: 'Who has done what in a room' },
    description: 'The latest first.',
    request: { params: InRoom, query: z.object({ limit: Limit(500, 100) }) },
    responses: {
      200: json('The entries.', z.object({ entries: z.array(AuditEntry) })),
      ...problems('badRequest', 'unauthorized', 'roomNotFound'),
    },
  }),
} as const

export function serveHistory(app: OpenAPIHono<KeyEnv>, api: Api): void {
  app.openapi(routes.sessions, async (c) => {
    const { tenantId, id } = await roomOf(api, c.get('caller'), c.req.valid('param').room)
    const { cursor = null, limit } = c.req.valid('query')
    return c.json(await sessionsOf(api.store, tenantId, id, { cursor, limit }), 200)
  })
  app.openapi(routes.analytics, async (c) => {
    const room = await roomOf(api, c.get('caller'), c.req.valid('param').room)
    const usage = await usageByDay(api.store, room, api.rooms.describe(room).present, c.req.valid('query'))
    if (c.req.header('accept')?.includes('text/csv')) return c.text(usageAsCsv(usage), 200, { 'Content-Type': 'text/csv' })
    return c.json(usage, 200)
  })
  app.openapi(routes.messages, async (c) => {
    const { id } = await roomOf(api, c.get('caller'), c.req.valid('param').room)
    return c.json(await messagesOf(api.store, id, c.req.valid('query')), 200)
  })
  app.openapi(routes.visits, async (c) => {
    const { tenant } = c.get('caller')
    const { active, limit } = c.req.valid('query')
    const { userId } = c.req.valid('param')
    const asked = { tenantId: tenant.id, userId, limit, active: active === 'true' }
    return c.json({ rooms: await visitsOf(api.rooms, api.store, asked) }, 200)
  })
  app.openapi(routes.audit, async (c) => {
    const { tenantId, id } = await roomOf(api, c.get('caller'), c.req.valid('param').room)
    const found = await auditOf(api.store, tenantId, id, c.req.valid('query').limit)
    const entries = found.map(({ at, act, actor, subject, details }) => ({ at, act, actor, subject, details }))
    return c.json({ entries }, 200)
  })
}
