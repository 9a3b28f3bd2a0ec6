import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { dropMember, membershipOf, putMember } from '../memberships.ts'
import { membershipsOf } from '../store/members.ts'
import { roomOf, type Api, type KeyEnv } from './access.ts'
import { problems } from './problem.ts'
import { body, DisplayName, Id, InRoom, json, keyed, Member, Membership, MemberRole } from './schemas.ts'

const tags = ['Members']

const NewMember = z.object({
  role: MemberRole,
  name: DisplayName.optional().describe('for whoever has none of their own: people who come with the app or a browser have'),
})

const routes = {
  list: createRoute({
    operationId: 'listMembers',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/{room}/members', summary: 'List members' },
    description: 'Everyone who has a lasting place in the room, whether here or not.',
    request: { params: InRoom },
    responses: {
      200: json('All of them.', z.object({ members: z.array(Membership) })),
      ...problems('unauthorized', 'roomNotFound'),
    },
  }),
  read: createRoute({
    operationId: 'readMember',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/{room}/members/{userId}', summary: 'Read a member' },
    request: { params: Member },
    responses: { 200: json('The member.', Membership), ...problems('unauthorized', 'roomNotFound', 'memberNotFound') },
  }),
  put: createRoute({
    operationId: 'putMember',
    ...{ ...keyed, tags, method: 'put', path: '/rooms/{room}/members/{userId}', summary: 'Add a member, or give another role' },
    description: 'Whoever is in the room has the role at once. The host’s is handed over by themselves.',
    request: { params: Member.extend({ userId: Id }), ...body(NewMember) },
    responses: {
      200: json('They have the role now.', Membership),
      201: json('They are a member now.', Membership),
      ...problems('badRequest', 'unauthorized', 'forbidden', 'roomNotFound', 'storeUnavailable'),
    },
  }),
  remove: createRoute({
    operationId: 'removeMember',
    ...{ ...keyed, tags, method: 'delete', path: '/rooms/{room}/members/{userId}', summary: 'Take a lasting place away' },
    description: 'Whoever is in the room stays, as anyone else.',
    request: { params: Member },
    responses: {
      204: { description: 'They are no member any more.' },
      ...problems('unauthorized', 'forbidden', 'roomNotFound', 'memberNotFound', 'storeUnavailable'),
    },
  }),
} as const

export function serveMembers(app: OpenAPIHono<KeyEnv>, api: Api): void {
  app.openapi(routes.list, async (c) => {
    const room = await roomOf(api, c.get('caller'), c.req.valid('param').room)
    return c.json({ members: await membershipsOf(api.store, room.id) }, 200)
  })
  app.openapi(routes.read, async (c) => {
    const { room: ref, userId } = c.req.valid('param')
    return c.json(await membershipOf(api.store, await roomOf(api, c.get('caller'), ref), userId), 200)
  })
  app.openapi(routes.put, async (c) => {
    const { room: ref, userId } = c.req.valid('param')
    const caller = c.get('caller')
    const { membership, isNew } = await putMember(api, await roomOf(api, caller, ref), caller.actor, userId, c.req.valid('json'))
    return isNew ? c.json(membership, 201) : c.json(membership, 200)
  })
  app.openapi(routes.remove, async (c) => {
    const { room: ref, userId } = c.req.valid('param')
    const caller = c.get('caller')
    await dropMember(api, await roomOf(api, caller, ref), caller.actor, userId)
    return c.body(null, 204)
  })
}
