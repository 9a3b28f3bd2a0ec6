/** What the records of a dump are called in it, and what they may hold. */
import { z } from 'zod'
import { ChatText, Description, DisplayName, Metadata, RoomName } from '../../shared/model.ts'

export type Path = readonly (string | number)[]
/** The names that each field has gone by, without case, dashes and underscores. */
export type Names = Record<string, readonly string[]>

export const roomNames = {
  id: ['id'],
  roomId: ['roomid'],
  name: ['name', 'title'],
  slug: ['slug'],
  joinCode: ['joincode', 'code'],
  description: ['description'],
  visibility: ['visibility'],
  isPrivate: ['private', 'isprivate'],
  hasLobby: ['requireaccessbeforejoining', 'lobby'],
  host: ['host', 'hostid', 'hostuserid', 'createdby', 'owner'],
  password: ['password'],
  passwordHash: ['passwordhash', 'hashedpassword'],
  maxPeers: ['maxparticipants', 'maxpeers'],
  metadata: ['metadata'],
  members: ['members', 'participants', 'users', 'clients', 'peers'],
  messages: ['messages', 'chat', 'history'],
  createdAt: ['createdat', 'insertedat'],
  updatedAt: ['updatedat'],
} satisfies Names
export const memberNames = {
  userId: ['userid', 'clientid', 'memberid', 'id'],
  name: ['name', 'username', 'displayname'],
  role: ['role'],
  since: ['joinedat', 'createdat'],
  roomId: ['roomid'],
} satisfies Names
export const messageNames = {
  id: ['id', 'messageid', 'clientmessageid'],
  userId: ['userid', 'from', 'senderid', 'sender', 'clientid'],
  name: ['username', 'name', 'displayname', 'sendername'],
  text: ['text', 'content', 'payload', 'message', 'body'],
  sentAt: ['sentat', 'timestamp', 'createdat', 'insertedat', 'time'],
  roomId: ['roomid'],
} satisfies Names

export const Ref = z
  .union([z.string().min(1).max(255), z.int()], 'must be a text of 1 to 255 characters, or a whole number')
  .transform(String)
/** What may be absent, or null, as Go and SQL write absent values. */
const maybe = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined)

/** ISO 8601, where no zone means UTC, or a number of milliseconds (or, where that were before 1973, seconds) since 1970. */
const Time = z.union([z.string(), z.number()]).transform((time, context) => {
  const ms = typeof time === 'number' ? (Math.abs(time) < 1e11 ? time * 1_000 : time) : timeOf(time)
  const date = new Date(ms)
  if (date.getTime() >= 0 && date.getUTCFullYear() < 10_000) return date.toISOString()
  context.addIssue('must be a time, as 2026-01-22T10:30:00Z or in milliseconds since 1970')
  return z.NEVER
})

export const RoomFields = z.object({
  id: maybe(Ref),
  roomId: maybe(Ref),
  name: maybe(RoomName),
  slug: maybe(z.string().max(255)),
  joinCode: maybe(z.string().max(64)),
  description: maybe(Description),
  visibility: maybe(z.enum(['public', 'private'])),
  isPrivate: maybe(z.boolean()),
  hasLobby: maybe(z.boolean()),
  host: maybe(Ref.or(z.preprocess(naming(memberNames), z.object({ userId: Ref, name: maybe(DisplayName) })))),
  password: maybe(z.string().max(256)),
  passwordHash: maybe(z.string()),
  maxPeers: maybe(z.int().min(0).max(10_000)),
  metadata: maybe(Metadata),
  createdAt: maybe(Time),
  updatedAt: maybe(Time),
})
/** A map, because an object would know `constructor` as well. */
const roles = new Map<string, 'cohost' | 'listener'>([
  ['host', 'cohost'],
  ['cohost', 'cohost'],
  ['moderator', 'cohost'],
  ['admin', 'cohost'],
  ['listener', 'listener'],
  ['viewer', 'listener'],
])
export const MemberFields = z.object({
  userId: Ref,
  name: maybe(DisplayName.or(z.literal(''))),
  // Whoever had a role that is none here may speak, as anyone who joins.
  role: maybe(z.string()).transform((role) => roles.get(role?.toLowerCase() ?? '') ?? 'speaker'),
  since: maybe(Time),
})
export const MessageFields = z.object({
  id: maybe(Ref),
  userId: maybe(Ref),
  name: maybe(DisplayName.or(z.literal(''))),
  text: ChatText,
  sentAt: maybe(Time),
})

function timeOf(text: string): number {
  const [, day, time, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (day === undefined || time === undefined) return NaN
  const offset =
    zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`)
  return Date.parse(`${day}T${time.replace(',', '.')}${offset}`)
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of a record under the names that they have here; of several for the same, the first in the order of names. */
export function rename(record: Record<string, unknown>, names: Names): Record<string, unknown> {
  const plain = new Map(Object.entries(record).map(([key, value]) => [plainOf(key), value]))
  return Object.fromEntries(
    Object.entries(names).flatMap(([field, known]) => {
      const name = known.find((name) => plain.get(name) !== undefined && plain.get(name) !== null)
      return name === undefined ? [] : [[field, plain.get(name)]]
    }),
  )
}

function naming(names: Names) {
  return (value: unknown) => (isObject(value) ? rename(value, names) : value)
}

const plainOf = (key: string) => key.replace(/[_-]/g, '').toLowerCase()

/** A path with the names that the dump itself has. */
export function originalPath(dump: unknown, path: Path): Path {
  let node = dump
  return path.map((step) => {
    if (!isObject(node)) {
      node = Array.isArray(node) ? (node as unknown[])[Number(step)] : undefined
      return step
    }
    const keys = Object.keys(node)
    const known = [roomNames, memberNames, messageNames].flatMap((names: Names) =>
      Object.hasOwn(names, step) ? names[step]! : [],
    )
    const key = keys.includes(String(step)) ? String(step) : (keys.find((key) => known.includes(plainOf(key))) ?? String(step))
    node = Object.hasOwn(node, key) ? node[key] : undefined
    return key
  })
}
