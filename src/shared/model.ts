/** The nouns that travel: rooms, members, messages, and what media needs. Parsed at every door. */
import type { types } from 'mediasoup-client'
import { z } from 'zod'
import { parseJoinCode } from './joinCode.ts'
import { roles } from './roles.ts'

export type RtpCapabilities = types.RtpCapabilities
export type RtpParameters = types.RtpParameters
export type DtlsParameters = types.DtlsParameters
export type IceParameters = types.IceParameters
export type IceCandidate = types.IceCandidate

/**
 * Control characters and marks that nobody sees or that turn text around, with which a name could pose as another one. Joiners stay,
 * because emoji and many scripts are written with them, and so do the tags of flags.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Cf}/gu
/** Letters that are drawn as nothing: a name of them alone is none. */
const BLANK = /\s|\u115f|\u1160|\u200c|\u200d|\u3164|\uffa0|[\u{e0020}-\u{e007f}]/gu
const canBeSeen = (text: string) => text.replace(BLANK, '') !== ''
const oneLine = (text: string) => text.toWellFormed().replace(UNSEEN, ' ').trim()
/** Chat keeps its line breaks and tabs. */
const manyLines = (text: string) =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .trim()

/** How deep and how long opaque values may be; real RTP parameters are about 6 deep and 8 kB long. */
const OPAQUE_DEPTH = 24
const OPAQUE_NODES = 20_000

/** Plain JSON of bounded depth and size. Not recursive, so that no depth can exhaust the stack. */
export function isPlainJson(value: unknown): boolean {
  const open: [unknown, number][] = [[value, 0]]
  for (let seen = 1; open.length > 0;) {
    const [node, depth] = open.pop()!
    if (node === null || typeof node === 'string' || typeof node === 'boolean') continue
    if (typeof node === 'number' && Number.isFinite(node)) continue
    if (typeof node !== 'object' || depth >= OPAQUE_DEPTH) return false
    const prototype: unknown = Object.getPrototypeOf(node)
    if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false
    if (Object.hasOwn(node, '__proto__')) return false
    const children: unknown[] = Object.values(node)
    if ((seen += children.length) > OPAQUE_NODES) return false
    for (const child of children) if (child !== undefined) open.push([child, depth + 1])
  }
  return true
}

/** JSON that this layer carries and does not read: mediasoup validates RTP parameters, the other peer its own messages. */
const opaque = <T>(about: string) =>
  z
    .custom<T>((value) => value !== undefined && isPlainJson(value), 'must be plain JSON of moderate depth')
    .meta({ description: about })
const opaqueObject = <T extends object>(about: string) =>
  z
    .custom<T>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && isPlainJson(value),
      'must be a plain object of moderate depth',
    )
    .meta({ description: about, type: 'object' })

export const Id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
export const Timestamp = z.iso.datetime().describe('UTC')
export const DisplayName = z
  .string()
  .max(256)
  .overwrite(oneLine)
  .min(1)
  .max(64)
  .refine(canBeSeen, 'must be something that can be seen')
export const RoomName = z
  .string()
  .max(512)
  .overwrite(oneLine)
  .min(1)
  .max(100)
  .refine(canBeSeen, 'must be something that can be seen')
export const Description = z.string().max(2000).overwrite(manyLines).max(500)
export const Slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/)
  .refine((slug) => parseJoinCode(slug) === null, 'could be taken for a join code')
export const ChatText = z.string().max(8000).overwrite(manyLines).min(1).max(4000)
export const Role = z.enum(roles)

/** What a token allows its bearer, whatever their role: with `moderate`, all that a co-host may do. */
export const Permissions = z.object({
  publish: z.boolean().default(true).describe('to send sound and pictures'),
  subscribe: z.boolean().default(true).describe('to receive them'),
  chat: z.boolean().default(true),
  moderate: z.boolean().default(false).describe('to lead the room, as a co-host does'),
})
export type Permissions = z.infer<typeof Permissions>

export const Source = z.enum(['microphone', 'camera', 'screen'])
export type Source = z.infer<typeof Source>

export const Producer = z.object({
  producerId: Id,
  source: Source,
  kind: z.enum(['audio', 'video']),
  paused: z.boolean(),
})
export type Producer = z.infer<typeof Producer>

/** What of a room may be sent, and how much of it. */
export const MediaLimits = z.object({
  microphone: z.boolean().default(true).describe('whether members may send it'),
  camera: z.boolean().default(true),
  screen: z.boolean().default(true),
  maxKbps: z
    .int()
    .min(64)
    .max(100_000)
    .nullable()
    .default(null)
    .describe('what one person may send in all, in kbit/s; null: no limit'),
})
export type MediaLimits = z.infer<typeof MediaLimits>

/** A room's own data, for whoever has made it; Lanyard does not read it. */
export const Metadata = z
  .record(z.string().max(64), opaque<unknown>('any JSON'))
  .refine((metadata) => JSON.stringify(metadata).length <= 4_000, 'must be 4,000 characters of JSON at most')

export const Visibility = z.enum(['public', 'private'])
export const Admission = z.enum(['open', 'lobby'])
export const Topology = z.enum(['sfu', 'mesh', 'auto'])

/** What can be set of a room. Those not given stay as they are; in a new room they are the defaults. */
export const RoomSettings = z.object({
  name: RoomName.optional(),
  slug: Slug.nullable().optional(),
  description: Description.optional(),
  visibility: Visibility.optional().describe('public rooms are listed; private ones are joined by code, link or invitation'),
  admission: Admission.optional().describe('lobby: people wait until they are admitted'),
  locked: z.boolean().optional().describe('nobody new comes in but hosts and co-hosts'),
  password: z.string().min(1).max(256).nullable().optional().describe('null takes it away'),
  maxPeers: z.int().min(0).max(10_000).optional().describe('100 where it is not given; 0 is unlimited'),
  emptyTtl: z
    .int()
    .min(0)
    .max(366 * 86_400)
    .nullable()
    .optional()
    .describe('seconds after the last one leaves until the room is deleted; null keeps it'),
  topology: Topology.optional(),
  mediaLimits: MediaLimits.optional(),
  metadata: Metadata.optional(),
})
export type RoomSettings = z.infer<typeof RoomSettings>

export const RoomState = z.enum(['EMPTY', 'ACTIVE', 'IN_CALL'])
export type RoomState = z.infer<typeof RoomState>

/** A name as it comes back: as it went in, or none. */
const KnownName = DisplayName.or(z.literal(''))

/** What comes back is held to the bounds of what goes in: a server, too, may be hostile. */
export const Room = z.object({
  id: Id.describe('128 random bits'),
  name: RoomName,
  slug: Slug.nullable(),
  description: Description,
  joinCode: z.string().max(64).describe('six characters, without a dash'),
  visibility: Visibility,
  admission: Admission,
  locked: z.boolean(),
  hasPassword: z.boolean(),
  maxPeers: z.int().nonnegative().describe('0 is unlimited'),
  emptyTtl: z.int().nonnegative().nullable().describe('seconds after the last one leaves; null keeps the room'),
  topology: Topology,
  mediaLimits: MediaLimits,
  metadata: Metadata,
  host: z.object({ userId: Id, name: KnownName }).nullable(),
  state: RoomState,
  present: z.int().nonnegative().describe('people in the room now'),
  closed: z.boolean().describe('ended by its host, who can open it again'),
  version: z.int().positive().describe('grows with each change of what is set'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Room = z.infer<typeof Room>

/** Someone who is in a room now, as the others see them. */
export const Member = z.object({
  peerId: Id.describe('the seat: one connection’s place in the room'),
  userId: Id,
  name: KnownName,
  role: Role,
  connection: z.enum(['connected', 'reconnecting']),
  microphone: z.boolean(),
  camera: z.boolean(),
  screen: z.boolean(),
  stopped: z.array(Source).describe('what a moderator has stopped, until it is allowed again'),
  producers: z.array(Producer).describe('what can be consumed'),
  joinedAt: Timestamp,
})
export type Member = z.infer<typeof Member>

/** Someone who waits before a room, as those see them who may let them in. */
export const Waiting = z.object({
  waitingId: Id,
  userId: Id,
  name: KnownName,
  reason: z.enum(['lobby', 'full']).describe('for someone to admit them, or for a free place'),
  connection: z.enum(['connected', 'reconnecting']).describe('who is away keeps the place for a while, and is passed over'),
  since: Timestamp,
})
export type Waiting = z.infer<typeof Waiting>

/** Someone whom a room does not let in any more. */
export const Ban = z.object({
  userId: Id,
  name: z.string(),
  bannedAt: Timestamp,
  by: z.string().describe('the name of who did it'),
})
export type Ban = z.infer<typeof Ban>

/** Someone's lasting place in a room, whether here or not. */
export const Membership = z.object({ userId: Id, name: KnownName, role: Role, since: Timestamp })
export type Membership = z.infer<typeof Membership>

/** The number of a roster's state. A new epoch (the server was started anew) or a gap means: ask `listMembers`. */
export const Revision = z.object({ epoch: Id, number: z.int().nonnegative() })
export type Revision = z.infer<typeof Revision>

export const ChatMessage = z.object({
  id: Id.describe('in one room, later messages have greater numbers'),
  roomId: Id,
  from: z.object({ userId: Id, peerId: Id, name: KnownName }),
  text: ChatText,
  clientMessageId: z.uuid(),
  sentAt: Timestamp,
})
export type ChatMessage = z.infer<typeof ChatMessage>

export const RtpCapabilities = opaqueObject<RtpCapabilities>('RTP capabilities as mediasoup defines them')
export const RtpParameters = opaqueObject<RtpParameters>('RTP parameters as mediasoup defines them')
export const DtlsParameters = opaqueObject<DtlsParameters>('DTLS parameters as mediasoup defines them')
export const IceParameters = opaqueObject<IceParameters>('ICE parameters as mediasoup defines them')
export const IceCandidates = opaque<IceCandidate[]>('ICE candidates as mediasoup defines them')
export const RelayPayload = opaque<unknown>('an offer, an answer, a candidate: read by the receiver only').refine(
  (payload) => JSON.stringify(payload).length <= 64_000,
  'must be 64,000 characters of JSON at most',
)
