/** The nouns of the REST interface: those of the protocol, under the names that the document has for them. */
import { z } from '@hono/zod-openapi'
import * as model from '../../../shared/model.ts'
import { acts } from '../store/audit.ts'

// A schema of ours is copied by `meta`, so that it can bear what the document says of it.
const Metadata = model.Metadata.meta({ description: 'a room’s own data; Lanyard does not read it' }).openapi({
  type: 'object',
  additionalProperties: true,
})

export const Room = model.Room.extend({ metadata: Metadata }).openapi('Room')
export const RoomChanges = model.RoomSettings.extend({ metadata: Metadata.optional() }).openapi('RoomChanges')
export const RoomSettings = model.RoomSettings.extend({ name: model.RoomName, metadata: Metadata.optional() }).openapi(
  'RoomSettings',
)
export const Membership = model.Membership.meta({}).openapi('Membership')
export const ChatMessage = model.ChatMessage.meta({}).openapi('ChatMessage')
export const Permissions = model.Permissions.meta({}).openapi('Permissions')
export const MemberRole = model.Role.exclude(['host'])
export const { DisplayName, Id } = model

export const Session = z
  .object({
    sessionId: model.Id,
    userId: model.Id,
    peerId: model.Id,
    name: z.string(),
    connectedAt: model.Timestamp,
    disconnectedAt: model.Timestamp.nullable().describe('null while it lasts'),
    tokenId: model.Id.nullable().describe('of the token that they came with'),
  })
  .openapi('Session')

export const Visit = z
  .object({ room: Room, lastSeenAt: model.Timestamp, isThere: z.boolean().describe('now, by any of their windows') })
  .openapi('Visit')

export const RoomUsage = z.object({ ...model.RoomUsage.shape }).openapi('RoomUsage')

export const AuditEntry = z
  .object({
    at: model.Timestamp,
    act: z.enum(acts),
    actor: z.object({ kind: z.enum(['person', 'key', 'owner', 'server']), id: z.string().nullable(), name: z.string() }),
    subject: z.object({ id: z.string(), name: z.string() }).nullable().describe('on whom'),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi('AuditEntry')

const LimitUsed = z.object({ used: z.int(), most: z.int().nullable().describe('null without a limit') })

export const Tenant = z
  .object({
    ...{ id: z.string(), name: z.string(), tier: z.string(), active: z.boolean(), createdAt: model.Timestamp },
    limits: z
      .object({ rooms: LimitUsed, people: LimitUsed, minutes: LimitUsed })
      .describe('minutes of all people in this month (UTC)'),
  })
  .openapi('Tenant')

/** Seconds: a month at most. */
const MAX_DURATION = 31 * 86_400

export const TokenWish = z
  .object({
    room_id: z.string().min(1).max(64).describe('a room’s id, slug or join code'),
    user_name: model.DisplayName,
    user_id: model.Id.optional().describe('the same person each time; without it, each token is a person of its own'),
    duration: z.int().min(1).max(MAX_DURATION).default(3_600).describe('for how many seconds one can come in with it'),
    permissions: Permissions.prefault({}),
    single_use: z.boolean().default(false).describe('spent by the first who comes in with it'),
  })
  .openapi('TokenWish')

export const Token = z
  .object({
    token: z.string().describe('a JWT, for the handshake’s `auth.token` or `joinRoom`; it is shown once'),
    expires_at: model.Timestamp,
    room_id: z.string().describe('as it was given'),
    user_name: z.string(),
    id: model.Id.describe('to revoke it by'),
  })
  .openapi('Token')

/** A room's id, slug or join code, in a path. */
export const InRoom = z.object({
  room: z.string().openapi({ param: { name: 'room', in: 'path' }, description: 'the room’s id, slug or join code' }),
})
export const Member = InRoom.extend({ userId: z.string() })

export const Limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual)
export const Cursor = z.string().max(128).optional().describe('the `cursor` of the page before')
export const NextCursor = z.string().nullable().describe('for the next page; null at the end')
export const IfMatch = z.object({
  'if-match': z.string().optional().describe('the ETag that one has seen: else `changedMeanwhile`'),
})
export const Idempotent = z.object({
  'idempotency-key': z.string().optional().describe('a repeat within 24 hours gets the first answer, and nothing is done twice'),
})

type Headers = Record<string, { description: string; schema: { type: 'string' } }>
/** Headers of answers. */
export const tagged: Headers = { ETag: { description: 'the room’s version, for If-Match', schema: { type: 'string' } } }
export const located: Headers = { Location: { description: 'where it is', schema: { type: 'string' } } }

/** What an operation answers. */
export const json = <T extends z.ZodType>(description: string, schema: T, headers: Headers = {}) => ({
  description,
  headers,
  content: { 'application/json': { schema } },
})
/** What an operation takes. */
export const body = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})
/** What all operations have. */
export const keyed = { security: [{ key: [] as string[] }] }
