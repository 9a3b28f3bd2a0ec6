import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { callerOf } from '../apiKeys.ts'
import { LOCAL } from '../ids.ts'
import type { Actor } from '../store/audit.ts'
import { addressOf, bearerOf, type Api } from './access.ts'
import { limited, makeRouter } from './api.ts'
import { body, json, Room, RoomSettings } from './schemas.ts'

const answer = { 200: json('The room.', z.object({ room: Room })) }

const routes = {
  create: createRoute({ method: 'post', path: '/create', request: body(RoomSettings), responses: answer }),
  byCode: createRoute({
    method: 'get',
    path: '/join/{code}',
    request: { params: z.object({ code: z.string() }) },
    responses: answer,
  }),
  read: createRoute({ method: 'get', path: '/{room}', request: { params: z.object({ room: z.string() }) }, responses: answer }),
} as const

/** The paths of before, for guests: rooms of the local tenant, without a key. */
export function makeOlderApi({ rooms, store }: Api): OpenAPIHono {
  const app = makeRouter()
  const { directory } = rooms
  app.use(limited)

  app.openapi(routes.create, async (c) => {
    const { tenantId, actor } = await makerOf(c)
    const room = await directory.create(tenantId, actor, c.req.valid('json'), null)
    return c.json({ room: rooms.describe(room) }, 200)
  })
  app.openapi(routes.byCode, async (c) => c.json(await find(addressOf(c), c.req.valid('param').code, true), 200))
  app.openapi(routes.read, async (c) => c.json(await find(addressOf(c), c.req.valid('param').room), 200))
  return app

  async function find(address: string | null, ref: string, codeOnly = false) {
    return {
      room: rooms.describe(await rooms.access.find({ tenantId: LOCAL, grant: null, userId: null, address }, ref, codeOnly)),
    }
  }

  async function makerOf(c: Context): Promise<{ tenantId: string; actor: Actor }> {
    const key = bearerOf(c.req.header('authorization'))
    if (key !== null) {
      const { tenant, actor } = await callerOf(store, key)
      return { tenantId: tenant.id, actor }
    }
    await rooms.requireMayCreate(addressOf(c))
    return { tenantId: LOCAL, actor: { kind: 'person', id: null, name: '' } }
  }
}
