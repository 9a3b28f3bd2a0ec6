/** The nouns that travel: rooms, members, messages, and what media needs. Parsed at every door. */
import type { types } from 'mediasoup-client'
import { z } from 'zod'
import { parseJoinCode } from './joinCode.ts'
import { LinkKey } from './linkKey.ts'
import { canBeSeen, oneLine } from './names.ts'
import { roles } from './roles.ts'
import { isTimeZone } from './timeZone.ts'

export type RtpCapabilities = types.RtpCapabilities
export type RtpParameters = types.RtpParameters
export type DtlsParameters = types.DtlsParameters
export type IceParameters = types.IceParameters
export type IceCandidate = types.IceCandidate

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
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be a time zone, such as Europe/Berlin')
  .describe('as IANA names it')

/** When a room is open. Times are those of its time zone. */
export const Schedule = z.object({
  start: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:00$/)
    .describe('of the first time, as clocks there show it: 2026-03-29T09:00:00'),
  durationMinutes: z
    .int()
    .min(1)
    .max(7 * 1440),
  repeat: z
    .string()
    .max(200)
    .nullable()
    .default(null)
    .describe('an RRULE of RFC 5545 by days, as FREQ=WEEKLY;BYDAY=MO; null: once'),
  openMinutesEarly: z.int().min(0).max(1440).default(10),
})
export type Schedule = z.infer<typeof Schedule>

/** What can be set of a room. Those not given stay as they are; in a new room they are the defaults. */
export const RoomSettings = z.object({
  name: RoomName.optional(),
  // Or `rooms/join/members` would be two addresses.
  slug: Slug.refine((slug) => slug !== 'join', 'is a part of other addresses')
    .nullable()
    .optional(),
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
  timeZone: TimeZone.optional().describe('where its days begin and its clock stands; UTC where it is not given'),
  schedule: Schedule.nullable().optional().describe('outside of it only those come in who lead the room; null: always open'),
  mediaLimits: MediaLimits.optional(),
  metadata: Metadata.optional(),
})
export type RoomSettings = z.infer<typeof RoomSettings>

export const RoomState = z.enum(['EMPTY', 'ACTIVE', 'IN_CALL'])
export type RoomState = z.infer<typeof RoomState>

/** A name as it comes back: as it went in, or none, which it is as well where it is one that nobody may have. */
const KnownName = z.string().overwrite((name) => DisplayName.safeParse(name).data ?? '')

/** What comes back is held to the bounds of what goes in: a server, too, may be hostile. */
export const Room = z.object({
  id: Id.describe('128 random bits'),
  name: z.string().overwrite((name) => RoomName.safeParse(name).data ?? 'Room without a name'),
  slug: Slug.nullable(),
  description: Description,
  joinCode: z.string().max(64).describe('six characters, without a dash'),
  linkKey: LinkKey.nullable().describe(
    'what links carry beside the code: a reference `CODE.KEY` counts as no guess; null over a connection that others can read',
  ),
  visibility: Visibility,
  admission: Admission,
  locked: z.boolean(),
  hasPassword: z.boolean(),
  maxPeers: z.int().nonnegative().describe('0 is unlimited'),
  emptyTtl: z.int().nonnegative().nullable().describe('seconds after the last one leaves; null keeps the room'),
  topology: Topology,
  timeZone: TimeZone,
  schedule: Schedule.nullable(),
  opensAt: Timestamp.nullable().describe('when it opens next, by its schedule; null while it is open'),
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
  standsIn: z
    .literal(true)
    .optional()
    .describe('for the host, who is away: with a host’s rights in the meeting, but none over the room itself'),
  plain: z
    .literal(true)
    .optional()
    .describe('others on the network can read their connection: what is written in the room is no secret while they are here'),
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

/** One of those who call each other: a seat in a room, or, outside of rooms, a connection. */
export const Party = z.object({ id: Id, userId: Id, name: KnownName })
export type Party = z.infer<typeof Party>

/** How someone fares in a call. Whoever is rung answers, declines, is busy with another call, or misses it. */
export const PartyState = z.enum(['ringing', 'in', 'declined', 'busy', 'missed', 'left'])
export type PartyState = z.infer<typeof PartyState>

/** A call among some of those in a room, or of two people outside of rooms. The server tells who takes part, and carries no media. */
export const Call = z.object({
  callId: Id,
  roomId: Id.nullable().describe('null outside of rooms'),
  from: Party,
  parties: z.array(Party.extend({ state: PartyState })).describe('with whoever has called, first'),
  ended: z.boolean().describe('nobody is left to talk to'),
})
export type Call = z.infer<typeof Call>

/** Settings that are kept for rooms to come. */
export const Template = z.object({
  templateId: Id,
  name: RoomName,
  settings: RoomSettings.omit({ slug: true, password: true }),
  createdAt: Timestamp,
})
export type Template = z.infer<typeof Template>

/** Someone's time in a room. */
export const PastSession = z.object({
  sessionId: Id,
  userId: Id,
  name: KnownName,
  connectedAt: Timestamp,
  disconnectedAt: Timestamp.nullable().describe('null while it lasts'),
})
export type PastSession = z.infer<typeof PastSession>

const Day = z.iso.date()
const Usage = {
  people: z.int().nonnegative().describe('different people, by who they are and not by their names'),
  sessions: z.int().nonnegative(),
  meanSeconds: z.int().nonnegative().nullable().describe('of the sessions that have ended; null where none has'),
}
export const UsageOfDay = z.object({ day: Day, ...Usage })
export type UsageOfDay = z.infer<typeof UsageOfDay>

/** How a room was used. A session counts on the day on which it has begun. */
export const RoomUsage = z.object({
  timeZone: TimeZone,
  presentNow: z.int().nonnegative(),
  days: z.array(UsageOfDay),
  total: z.object(Usage),
})
export type RoomUsage = z.infer<typeof RoomUsage>

export const AuditEntry = z.object({
  at: Timestamp,
  act: z.string().max(64),
  actor: z.object({ kind: z.enum(['person', 'key', 'owner', 'server']), id: Id.nullable(), name: z.string().max(200) }),
  subject: z.object({ id: Id, name: z.string().max(200) }).nullable(),
  details: z.record(z.string(), opaque<unknown>('what belongs to it')),
})
export type AuditEntry = z.infer<typeof AuditEntry>

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
