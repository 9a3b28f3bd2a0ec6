import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { roomOf, type Api, type KeyEnv } from './access.ts'
import { problems } from './problem.ts'
import { body, Idempotent, json, keyed, located, Tenant, Token, TokenWish } from './schemas.ts'

const routes = {
  create: createRoute({
    operationId: 'createToken',
    ...{ ...keyed, tags: ['Tokens'], method: 'post', path: '/tokens', summary: 'Make a token that lets someone into a room' },
    description: 'For one room, one name and some time. It passes the password and the lobby; no lock, no ban and no full room.',
    request: { headers: Idempotent, ...body(TokenWish) },
    responses: {
      201: json('The token. It is not shown again.', Token, located),
      ...problems('badRequest', 'unauthorized', 'roomNotFound', 'keyReused', 'storeUnavailable'),
    },
  }),
  revoke: createRoute({
    operationId: 'revokeToken',
    ...{ ...keyed, tags: ['Tokens'], method: 'delete', path: '/tokens/{id}', summary: 'Take a token back' },
    description: 'Whoever came in with it is sent out.',
    request: { params: z.object({ id: z.string() }) },
    responses: {
      204: { description: 'It is good for nothing any more.' },
      ...problems('unauthorized', 'tokenNotFound', 'storeUnavailable'),
    },
  }),
  tenant: createRoute({
    operationId: 'readTenant',
    ...{ ...keyed, tags: ['Tenant'], method: 'get', path: '/tenant', summary: 'Whose key it is' },
    responses: { 200: json('The tenant.', Tenant), ...problems('unauthorized') },
  }),
} as const

export function serveTokens(app: OpenAPIHono<KeyEnv>, api: Api): void {
  const { tokens, tenants, people } = api.rooms

  app.openapi(routes.create, async (c) => {
    const { room_id, user_name, user_id: userId, duration, permissions, single_use: singleUse } = c.req.valid('json')
    const room = await roomOf(api, c.get('caller'), room_id)
    const { id, token, expiresAt } = await tokens.mint(room, { userName: user_name, userId, duration, permissions, singleUse })
    return c.json({ token, expires_at: expiresAt, room_id, user_name, id }, 201, { Location: `/api/v1/tokens/${id}` })
  })
  app.openapi(routes.revoke, async (c) => {
    await tokens.revoke(c.get('caller').tenant.id, c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(routes.tenant, async (c) => {
    const { tenant } = c.get('caller')
    return c.json({ ...tenant, limits: await tenants.usage(tenant, people.of(tenant.id)) }, 200)
  })
}
