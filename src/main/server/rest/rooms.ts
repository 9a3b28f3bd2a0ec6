import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { AppError } from '../../../shared/errors.ts'
import type { RoomSettings as Settings } from '../../../shared/model.ts'
import { defaultSettings } from '../Directory.ts'
import { listRooms } from '../store/rooms.ts'
import { roomOf, type Api, type KeyEnv } from './access.ts'
import { problems } from './problem.ts'
import {
  body,
  Cursor,
  Idempotent,
  IfMatch,
  InRoom,
  json,
  keyed,
  Limit,
  NextCursor,
  Room,
  RoomChanges,
  RoomSettings,
  located,
  tagged,
} from './schemas.ts'

const tags = ['Rooms']
const one = json('The room; its ETag is its version.', Room, tagged)

const routes = {
  list: createRoute({
    operationId: 'listRooms',
    ...{ ...keyed, tags, method: 'get', path: '/rooms', summary: 'List rooms' },
    description: 'All rooms of the tenant, private and ended ones too, newest first.',
    request: {
      query: z.object({
        query: z.string().max(100).optional().describe('part of the name'),
        cursor: Cursor,
        limit: Limit(200, 50),
      }),
    },
    responses: {
      200: json('A page.', z.object({ rooms: z.array(Room), cursor: NextCursor })),
      ...problems('badRequest', 'unauthorized'),
    },
  }),
  create: createRoute({
    operationId: 'createRoom',
    ...{ ...keyed, tags, method: 'post', path: '/rooms', summary: 'Make a room' },
    description: 'It has no host: those come in by tokens with `moderate`, or as co-hosts among its members.',
    request: { headers: Idempotent, ...body(RoomSettings) },
    responses: {
      201: json('The room.', Room, { ...tagged, ...located }),
      ...problems('badRequest', 'unauthorized', 'limitReached', 'slugTaken', 'keyReused', 'storeUnavailable'),
    },
  }),
  byCode: createRoute({
    operationId: 'findRoomByCode',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/join/{code}', summary: 'Find a room by its join code' },
    request: { params: z.object({ code: z.string().describe('in any case, with or without a dash') }) },
    responses: { 200: one, ...problems('unauthorized', 'roomNotFound') },
  }),
  read: createRoute({
    operationId: 'readRoom',
    ...{ ...keyed, tags, method: 'get', path: '/rooms/{room}', summary: 'Read a room' },
    request: { params: InRoom },
    responses: { 200: one, ...problems('unauthorized', 'roomNotFound') },
  }),
  replace: createRoute({
    operationId: 'replaceRoom',
    ...{ ...keyed, tags, method: 'put', path: '/rooms/{room}', summary: 'Replace what is set of a room' },
    description: 'What is not given is set to its default; but the password, which cannot be read, stays as it is.',
    request: { params: InRoom, headers: IfMatch, ...body(RoomSettings) },
    responses: {
      200: one,
      ...problems('badRequest', 'unauthorized', 'roomNotFound', 'slugTaken', 'changedMeanwhile', 'storeUnavailable'),
    },
  }),
  change: createRoute({
    operationId: 'updateRoom',
    ...{ ...keyed, tags, method: 'patch', path: '/rooms/{room}', summary: 'Set what is given of a room' },
    request: { params: InRoom, headers: IfMatch, ...body(RoomChanges) },
    responses: {
      200: one,
      ...problems('badRequest', 'unauthorized', 'roomNotFound', 'slugTaken', 'changedMeanwhile', 'storeUnavailable'),
    },
  }),
  remove: createRoute({
    operationId: 'deleteRoom',
    ...{ ...keyed, tags, method: 'delete', path: '/rooms/{room}', summary: 'Delete a room' },
    description: 'With its chat and its members. A call in it ends, with a word to those inside.',
    request: { params: InRoom, headers: IfMatch },
    responses: {
      204: { description: 'It is gone.' },
      ...problems('unauthorized', 'roomNotFound', 'changedMeanwhile', 'storeUnavailable'),
    },
  }),
  renewCode: createRoute({
    operationId: 'renewJoinCode',
    ...{ ...keyed, tags, method: 'post', path: '/rooms/{room}/code', summary: 'Give a room another join code' },
    description: 'The old one leads nowhere.',
    request: { params: InRoom, headers: Idempotent },
    responses: { 200: one, ...problems('unauthorized', 'roomNotFound', 'keyReused', 'storeUnavailable') },
  }),
} as const

export function serveRooms(app: OpenAPIHono<KeyEnv>, api: Api): void {
  const { rooms, store } = api
  const { directory } = rooms

  app.openapi(routes.list, async (c) => {
    const page = await listRooms(store, { tenantId: c.get('caller').tenant.id, ...c.req.valid('query'), all: true })
    return c.json({ rooms: page.rooms.map((room) => rooms.describe(room)), cursor: page.cursor }, 200)
  })
  app.openapi(routes.create, async (c) => {
    const { tenant, actor } = c.get('caller')
    const room = rooms.describe(await directory.create(tenant.id, actor, c.req.valid('json'), null))
    return c.json(room, 201, { Location: `/api/v1/rooms/${room.id}`, ...tagOf(room) })
  })
  app.openapi(routes.byCode, async (c) => {
    const room = rooms.describe(await roomOf(api, c.get('caller'), c.req.valid('param').code, true))
    return c.json(room, 200, tagOf(room))
  })
  app.openapi(routes.read, async (c) => {
    const room = rooms.describe(await roomOf(api, c.get('caller'), c.req.valid('param').room))
    return c.json(room, 200, tagOf(room))
  })
  app.openapi(routes.replace, async (c) => {
    const caller = c.get('caller')
    const settings: Settings = { ...defaultSettings, ...c.req.valid('json') }
    const found = await roomOf(api, caller, c.req.valid('param').room)
    const room = await rooms.change(found, caller.actor, settings, versionOf(c.req.valid('header')['if-match']))
    return c.json(room, 200, tagOf(room))
  })
  app.openapi(routes.change, async (c) => {
    const caller = c.get('caller')
    const found = await roomOf(api, caller, c.req.valid('param').room)
    const room = await rooms.change(found, caller.actor, c.req.valid('json'), versionOf(c.req.valid('header')['if-match']))
    return c.json(room, 200, tagOf(room))
  })
  app.openapi(routes.remove, async (c) => {
    const caller = c.get('caller')
    const room = await roomOf(api, caller, c.req.valid('param').room)
    await directory.delete(room, caller.actor, versionOf(c.req.valid('header')['if-match']))
    return c.body(null, 204)
  })
  app.openapi(routes.renewCode, async (c) => {
    const caller = c.get('caller')
    const found = await roomOf(api, caller, c.req.valid('param').room)
    const room = rooms.describe(await directory.renewCode(found, caller.actor))
    return c.json(room, 200, tagOf(room))
  })
}

const tagOf = ({ version }: { version: number }) => ({ ETag: `"${version}"` })

/** The version that an If-Match asks for; undefined where any will do. One that cannot be ours matches nothing. */
function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const [, version] = /^\s*"([1-9]\d{0,14})"\s*$/.exec(ifMatch) ?? []
  if (version === undefined) throw new AppError('changedMeanwhile', 'This room has no such version')
  return Number(version)
}
