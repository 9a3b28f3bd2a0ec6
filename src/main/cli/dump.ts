/**
 * The memory of an older server, written as JSON. Such servers have called the same things by different names (`joinCode`, `join_code`,
 * `JoinCode`), and have kept them in lists or under their ids: all of that is read here, and checked as far as the server does.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseJoinCode } from '../../shared/joinCode.ts'
import { ChatText, Description, DisplayName, Id, Metadata, RoomName, Slug } from '../../shared/model.ts'
import type { ImportedMember, ImportedMessage, ImportedRoom } from '../server/index.ts'

/** Why something does not come along, or not as it was; `path` leads to it in the dump. */
export interface Remark {
  path: string
  reason: string
}

export interface DumpedRoom {
  path: string
  room: ImportedRoom
  members: ImportedMember[]
  messages: ImportedMessage[]
}

export interface Dump {
  rooms: DumpedRoom[]
  /** Nothing of a room that has a fault is in `rooms`. */
  faults: Remark[]
  notes: Remark[]
}

type Path = readonly (string | number)[]
/** The names that each field has gone by, without case, dashes and underscores. */
type Names = Record<string, readonly string[]>

const roomNames = {
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
  maxPeers: ['maxparticipants', 'maxpeers'],
  metadata: ['metadata'],
  members: ['members', 'participants', 'users', 'clients', 'peers'],
  messages: ['messages', 'chat', 'history'],
  createdAt: ['createdat', 'insertedat'],
  updatedAt: ['updatedat'],
} satisfies Names
const memberNames = {
  userId: ['userid', 'clientid', 'memberid', 'id'],
  name: ['name', 'username', 'displayname'],
  role: ['role'],
  since: ['joinedat', 'createdat'],
  roomId: ['roomid'],
} satisfies Names
const messageNames = {
  id: ['id', 'messageid', 'clientmessageid'],
  userId: ['userid', 'from', 'senderid', 'sender', 'clientid'],
  name: ['username', 'name', 'displayname', 'sendername'],
  text: ['text', 'content', 'payload', 'message', 'body'],
  sentAt: ['sentat', 'timestamp', 'createdat', 'insertedat', 'time'],
  roomId: ['roomid'],
} satisfies Names

const Ref = z
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

const RoomFields = z.object({
  id: maybe(Ref),
  roomId: maybe(Ref),
  name: maybe(RoomName),
  slug: maybe(Slug),
  joinCode: maybe(z.string().max(64)),
  description: maybe(Description),
  visibility: maybe(z.enum(['public', 'private'])),
  isPrivate: maybe(z.boolean()),
  hasLobby: maybe(z.boolean()),
  host: maybe(Ref.or(z.preprocess(naming(memberNames), z.object({ userId: Ref, name: maybe(DisplayName) })))),
  maxPeers: maybe(z.int().min(0).max(10_000)),
  metadata: maybe(Metadata),
  createdAt: maybe(Time),
  updatedAt: maybe(Time),
})
const roles = {
  host: 'cohost',
  cohost: 'cohost',
  moderator: 'cohost',
  admin: 'cohost',
  listener: 'listener',
  viewer: 'listener',
} as const
const MemberFields = z.object({
  userId: Ref,
  name: maybe(DisplayName.or(z.literal(''))),
  // Whoever had a role that is none here may speak, as anyone who joins.
  role: maybe(z.string()).transform((role) => roles[role?.toLowerCase() as keyof typeof roles] ?? 'speaker'),
  since: maybe(Time),
})
const MessageFields = z.object({
  id: maybe(Ref),
  userId: maybe(Ref),
  name: maybe(DisplayName.or(z.literal(''))),
  text: ChatText,
  sentAt: maybe(Time),
})

const Entries = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())], 'must be a list, or an object by id')
const Top = z.object({ rooms: Entries, members: Entries.nullish(), messages: Entries.nullish() })

/** Who was there without an id. */
const NOBODY = 'unknown'

/**
 * Reads a dump. Times that it lacks are `now`; `from` says which server it comes from.
 */
export function readDump(dump: unknown, { from, now }: { from: string; now: Date }): Dump {
  const top = Top.safeParse(dump)
  if (!top.success) return { rooms: [], faults: remarks(dump, [], top.error), notes: [] }
  const rooms: DumpedRoom[] = []
  const notes: Remark[] = []
  const faults: Remark[] = []
  const members = byRoom(top.data.members, ['members'], memberNames)
  const messages = byRoom(top.data.messages, ['messages'], messageNames)
  const seen = new Set<string>()

  for (const [path, key, raw] of entriesOf(top.data.rooms, ['rooms'])) {
    const own: Remark[] = []
    const fields = parse(dump, path, raw, roomNames, RoomFields, own)
    const sourceId = fields && (fields.id ?? fields.roomId ?? key)
    if (fields && sourceId === null) own.push({ path: at(path), reason: 'has no id' })
    if (!fields || sourceId === null || sourceId === undefined) {
      faults.push(...own)
      // What belongs to it is skipped with it.
      const named = isObject(raw) ? rename(raw, roomNames) : {}
      for (const ref of [named['id'], named['roomId'], key]) for (const others of [members, messages]) others.delete(String(ref))
      continue
    }
    if (seen.has(sourceId)) own.push({ path: at(path), reason: `another room has the id ${sourceId} as well` })
    seen.add(sourceId)
    const room = roomOf(fields, sourceId, key, { from, now, note: (reason) => notes.push({ path: at(path), reason }) })

    const named = isObject(raw) ? rename(raw, roomNames) : {}
    const refs = new Set([sourceId, fields.roomId ?? sourceId])
    const inside = (name: 'members' | 'messages', names: Names, others: Map<string, Found[]>) =>
      [...within(named[name], [...path, name], own, dump), ...[...refs].flatMap((ref) => take(others, ref))].map((found) => ({
        ...found,
        names,
      }))
    const people = new Map<string, ImportedMember>()
    for (const { path, key, raw } of inside('members', memberNames, members)) {
      const member = parse(dump, path, personOf(raw, key), memberNames, MemberFields, own)
      if (!member) continue
      const userId = idOf(member.userId)
      const since = member.since ?? room.createdAt
      if (userId !== room.host?.userId) people.set(userId, { userId, name: member.name ?? '', role: member.role, since })
      else if (member.name) room.host.name ||= member.name
    }
    const said = inside('messages', messageNames, messages).flatMap(({ path, raw }) => {
      const message = parse(dump, path, raw, messageNames, MessageFields, own)
      return message ? [message] : []
    })
    if (own.length > 0) faults.push(...own)
    else rooms.push({ path: at(path), room, members: [...people.values()], messages: messagesOf(said, room, people) })
  }
  for (const [ref, lost] of [...members, ...messages])
    for (const { path } of lost) faults.push({ path: at(path), reason: `there is no room with the id ${ref} in the dump` })
  return { rooms, faults, notes }
}

interface Found {
  path: Path
  key: string | null
  raw: unknown
}

interface Told {
  from: string
  now: Date
  note: (reason: string) => void
}

function roomOf(
  fields: z.output<typeof RoomFields>,
  sourceId: string,
  key: string | null,
  { from, now, note }: Told,
): ImportedRoom {
  const { description, private: isPrivate, ...metadata } = fields.metadata ?? {}
  const host = typeof fields.host === 'string' ? { userId: fields.host, name: undefined } : fields.host
  const createdAt = fields.createdAt ?? now.toISOString()
  const code = fields.joinCode ?? (key !== null && key !== sourceId ? key : null)
  const joinCode = code === null ? null : parseJoinCode(code)
  if (fields.joinCode !== undefined && joinCode === null)
    note(`the join code ${fields.joinCode} cannot be one here: it gets another`)
  const slug = fields.slug ?? [fields.roomId, sourceId].find((name) => Slug.safeParse(name).success)
  const told = Description.safeParse(fields.description ?? description)
  const name = RoomName.safeParse(fields.name ?? fields.roomId ?? sourceId)
  return {
    ...{ sourceId, from, joinCode, metadata, createdAt },
    name: name.success ? name.data : 'Room',
    slug: slug ?? null,
    description: told.success ? told.data : '',
    visibility: fields.visibility ?? ((fields.isPrivate ?? isPrivate === true) ? 'private' : 'public'),
    admission: fields.hasLobby ? 'lobby' : 'open',
    maxPeers: fields.maxPeers ?? 100,
    host: host ? { userId: idOf(host.userId), name: host.name ?? '' } : null,
    updatedAt: fields.updatedAt ?? createdAt,
  }
}

function messagesOf(
  messages: readonly z.output<typeof MessageFields>[],
  room: ImportedRoom,
  people: ReadonlyMap<string, ImportedMember>,
): ImportedMessage[] {
  const times = new Map<string, number>()
  let before = room.createdAt
  return messages.map(({ id, userId: who, name, text, sentAt }) => {
    const userId = who === undefined ? NOBODY : idOf(who)
    const like = JSON.stringify([userId, sentAt ?? null, text])
    const nth = times.get(like) ?? 0
    times.set(like, nth + 1)
    // The same words by the same one at the same time are as many messages as there are of them.
    const clientMessageId = uuidOf([room.from, room.sourceId, ...(id === undefined ? [like, nth] : [id])])
    before = sentAt ?? before
    const known = people.get(userId)?.name ?? (room.host?.userId === userId ? room.host.name : '')
    return { clientMessageId, userId, name: name ?? known, text, sentAt: before }
  })
}

/** Ids that people may have here are kept: a program that knows its people by them goes on with `user_id` in its tokens. */
const idOf = (id: string) => (Id.safeParse(id).success ? id : hash(['user', id]).toString('base64url').slice(0, 22))

const hash = (parts: readonly unknown[]) =>
  createHash('sha256')
    .update(`lanyard import ${JSON.stringify(parts)}`)
    .digest()

/** A UUID of one's own making (RFC 9562, 5.8), the same for the same parts. */
function uuidOf(parts: readonly unknown[]): string {
  const bytes = hash(['message', ...parts]).subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function timeOf(text: string): number {
  const [, day, time, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (day === undefined || time === undefined) return NaN
  const offset =
    zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`)
  return Date.parse(`${day}T${time.replace(',', '.')}${offset}`)
}

const at = (path: Path) => path.join('.')
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list's entries have no key of their own. */
function entriesOf(entries: unknown[] | Record<string, unknown>, path: Path): [Path, string | null, unknown][] {
  return Array.isArray(entries)
    ? entries.map((raw, i) => [[...path, i], null, raw])
    : Object.entries(entries).map(([key, raw]) => [[...path, key], key, raw])
}

/** What is kept beside the rooms, by the room that it names, or under whose id it lies. */
function byRoom(entries: unknown[] | Record<string, unknown> | null | undefined, path: Path, names: Names): Map<string, Found[]> {
  const found = new Map<string, Found[]>()
  const add = (ref: string, entry: Found) => found.set(ref, [...(found.get(ref) ?? []), entry])
  for (const [at, key, raw] of entriesOf(entries ?? [], path)) {
    if (Array.isArray(raw) && key !== null) raw.forEach((raw: unknown, i) => add(key, { path: [...at, i], key: null, raw }))
    else {
      const ref = Ref.safeParse(isObject(raw) ? rename(raw, names)['roomId'] : undefined)
      add(ref.success ? ref.data : '', { path: at, key, raw })
    }
  }
  return found
}

function take(found: Map<string, Found[]>, ref: string): Found[] {
  const taken = found.get(ref) ?? []
  found.delete(ref)
  return taken
}

/** What lies in a room. */
function within(entries: unknown, path: Path, faults: Remark[], dump: unknown): Found[] {
  const parsed = Entries.nullish().safeParse(entries)
  if (parsed.success)
    return entriesOf(parsed.data ?? [], path).map(([path, key, raw]) => ({ path: original(dump, path), key, raw }))
  faults.push(...remarks(dump, path, parsed.error))
  return []
}

/** Someone can be an id alone, or lie under it. */
function personOf(raw: unknown, key: string | null): unknown {
  if (!isObject(raw)) return typeof raw === 'string' || typeof raw === 'number' ? { userId: raw } : { userId: key ?? undefined }
  const named = rename(raw, memberNames)
  return 'userId' in named || key === null ? raw : { ...raw, userId: key }
}

function parse<S extends z.ZodType>(
  dump: unknown,
  path: Path,
  raw: unknown,
  names: Names,
  schema: S,
  faults: Remark[],
): z.output<S> | null {
  const parsed = schema.safeParse(isObject(raw) ? rename(raw, names) : raw)
  if (parsed.success) return parsed.data
  faults.push(...remarks(dump, path, parsed.error))
  return null
}

function remarks(dump: unknown, path: Path, error: z.ZodError): Remark[] {
  return error.issues.map((issue) => ({
    path:
      at(original(dump, [...path, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))])) || 'the dump',
    reason: issue.message,
  }))
}

/** The fields of a record under the names that they have here; of several for the same, the first in the order of names. */
function rename(record: Record<string, unknown>, names: Names): Record<string, unknown> {
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
function original(dump: unknown, path: Path): Path {
  let node = dump
  return path.map((step) => {
    if (!isObject(node)) {
      node = Array.isArray(node) ? (node as unknown[])[Number(step)] : undefined
      return step
    }
    const keys = Object.keys(node)
    const known = [roomNames, memberNames, messageNames].flatMap((names: Names) => names[step] ?? [])
    const key = keys.includes(String(step)) ? String(step) : (keys.find((key) => known.includes(plainOf(key))) ?? String(step))
    node = node[key]
    return key
  })
}
