/**
 * The memory of an older server, written as JSON. Such servers have called the same things by different names (`joinCode`, `join_code`,
 * `JoinCode`), and have kept them in lists or under their ids: all of that is read here, and checked as far as the server does.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseJoinCode } from '../../shared/joinCode.ts'
import { Description, Id, RoomName, RoomSettings } from '../../shared/model.ts'
import type { ImportedMember, ImportedMessage, ImportedRoom } from '../server/index.ts'
import {
  isObject,
  MemberFields,
  memberNames,
  MessageFields,
  messageNames,
  originalPath,
  Ref,
  rename,
  RoomFields,
  roomNames,
  type Names,
  type Path,
} from './dumpFields.ts'

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

// Not a record of Zod's, which passes over an entry that is called `__proto__`.
const Entries = z.union([z.array(z.unknown()), z.custom<Record<string, unknown>>(isObject)], 'must be a list, or an object by id')
const Top = z.object({ rooms: Entries, members: Entries.nullish(), messages: Entries.nullish() })

/** A join code as servers write it, and as ids seldom look. */
const CODE = /^[0-9A-Z]{3}-?[0-9A-Z]{3}$/
const Slug = RoomSettings.shape.slug.unwrap().unwrap()
/** Who was there without an id. */
const NOBODY = 'unknown'

/** Reads a dump. Times that it lacks are `now`; `from` says which server it comes from. It throws for no JSON whatsoever. */
export function readDump(dump: unknown, told: { from: string; now: Date }): Dump {
  const top = Top.safeParse(dump)
  return top.success ? new Reading(dump, top.data, told).all() : { rooms: [], faults: remarks(dump, [], top.error), notes: [] }
}

/** A member or a message, and where in the dump it lies. */
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

class Reading {
  readonly #dump: unknown
  readonly #rooms: Found[]
  readonly #from: string
  readonly #now: Date
  /** What lies beside the rooms, by the room that it belongs to, until that is read. */
  readonly #members: Map<string, Found[]>
  readonly #messages: Map<string, Found[]>
  readonly #notes: Remark[] = []
  readonly #seen = new Set<string>()

  constructor(dump: unknown, top: z.output<typeof Top>, { from, now }: { from: string; now: Date }) {
    this.#dump = dump
    this.#rooms = entriesOf(top.rooms, ['rooms'])
    this.#members = byRoom(top.members ?? [], ['members'], memberNames)
    this.#messages = byRoom(top.messages ?? [], ['messages'], messageNames)
    this.#from = from
    this.#now = now
  }

  all(): Dump {
    const faults: Remark[] = []
    const rooms = this.#rooms.flatMap((found) => {
      const own: Remark[] = []
      const room = this.#room(found, own)
      faults.push(...own)
      return room && own.length === 0 ? [room] : []
    })
    for (const [ref, lost] of [...this.#members, ...this.#messages])
      for (const { path } of lost) faults.push({ path: at(path), reason: `there is no room with the id ${ref} in the dump` })
    return { rooms, faults, notes: this.#notes }
  }

  #room({ path, key, raw }: Found, faults: Remark[]): DumpedRoom | null {
    const named = isObject(raw) ? rename(raw, roomNames) : {}
    // By the names that it goes by even where it is faulty, so that what belongs to it is told from what belongs to nothing.
    const refs = [named['id'], named['roomId'], key].flatMap((ref) => Ref.safeParse(ref).data ?? [])
    const members = [...this.#within(named, 'members', path, faults), ...take(this.#members, refs)]
    const messages = [...this.#within(named, 'messages', path, faults), ...take(this.#messages, refs)]
    const fields = this.#parse(path, raw, roomNames, RoomFields, faults)
    const [sourceId] = refs
    if (fields && sourceId === undefined) faults.push({ path: at(path), reason: 'has no id' })
    if (!fields || sourceId === undefined) return null
    if (this.#seen.has(sourceId)) faults.push({ path: at(path), reason: `another room has the id ${sourceId} as well` })
    this.#seen.add(sourceId)

    const note = (reason: string) => this.#notes.push({ path: at(path), reason })
    const room = roomOf(fields, sourceId, key, { from: this.#from, now: this.#now, note })
    const people = this.#people(members, room, faults)
    const said = messages.flatMap(({ path, raw }) => this.#parse(path, raw, messageNames, MessageFields, faults) ?? [])
    return { path: at(path), room, members: [...people.values()], messages: messagesOf(said, room, people) }
  }

  /** Who has a place beside the host, by their ids. */
  #people(members: readonly Found[], { host, createdAt }: ImportedRoom, faults: Remark[]): Map<string, ImportedMember> {
    const people = new Map<string, ImportedMember>()
    for (const { path, key, raw } of members) {
      const member = this.#parse(path, personOf(raw, key), memberNames, MemberFields, faults)
      if (!member) continue
      const { name = '', role, since = createdAt } = member
      const userId = idOf(member.userId)
      if (userId === host?.userId) host.name ||= name
      else people.set(userId, { userId, name, role, since })
    }
    return people
  }

  /** What lies in a room. */
  #within(named: Record<string, unknown>, what: 'members' | 'messages', room: Path, faults: Remark[]): Found[] {
    const path = [...room, what]
    const parsed = Entries.nullish().safeParse(named[what])
    if (parsed.success) return entriesOf(parsed.data ?? [], originalPath(this.#dump, path))
    faults.push(...remarks(this.#dump, path, parsed.error))
    return []
  }

  #parse<S extends z.ZodType>(path: Path, raw: unknown, names: Names, schema: S, faults: Remark[]): z.output<S> | null {
    const parsed = schema.safeParse(isObject(raw) ? rename(raw, names) : raw)
    if (parsed.success) return parsed.data
    faults.push(...remarks(this.#dump, path, parsed.error))
    return null
  }
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
  const code = fields.joinCode ?? (key !== null && CODE.test(key) ? key : null)
  const joinCode = code === null ? null : parseJoinCode(code)
  if (fields.joinCode !== undefined && joinCode === null)
    note(`the join code ${fields.joinCode} cannot be one here: it gets another`)
  const isShut = fields.passwordHash !== undefined && !fields.password
  if (isShut) note('its password is stored as a hash, and cannot come along: it has a lobby instead')
  const slugs = fields.slug === undefined ? [fields.roomId, sourceId] : [fields.slug]
  const slug = slugs.find((name) => Slug.safeParse(name).success) ?? null
  if (fields.slug !== undefined && slug === null) note(`the slug ${fields.slug} cannot be one here: it has none`)
  const told = Description.safeParse(fields.description ?? description)
  const name = RoomName.safeParse(fields.name ?? fields.roomId ?? sourceId)
  return {
    ...{ sourceId, from, joinCode, metadata, createdAt },
    name: name.success ? name.data : 'Room',
    slug,
    description: told.success ? told.data : '',
    visibility: fields.visibility ?? ((fields.isPrivate ?? isPrivate === true) ? 'private' : 'public'),
    admission: fields.hasLobby || isShut ? 'lobby' : 'open',
    password: fields.password ? fields.password : null,
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
  const said = messages.map(({ id, userId: who, name, text, sentAt }) => {
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
  // Here, later messages have greater numbers.
  return said.sort((a, b) => (a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : 0))
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

const at = (path: Path) => path.join('.')

/** A list's entries have no key of their own. */
function entriesOf(entries: unknown[] | Record<string, unknown>, path: Path): Found[] {
  return Array.isArray(entries)
    ? entries.map((raw, i) => ({ path: [...path, i], key: null, raw }))
    : Object.entries(entries).map(([key, raw]) => ({ path: [...path, key], key, raw }))
}

/** What is kept beside the rooms, by the room that it names, or under whose id it lies. */
function byRoom(entries: unknown[] | Record<string, unknown>, path: Path, names: Names): Map<string, Found[]> {
  const found = entriesOf(entries, path).flatMap(({ path, key, raw }): [string, Found][] => {
    if (key !== null && Array.isArray(raw)) return entriesOf(raw, path).map((entry) => [key, entry])
    const { data: ref = '' } = Ref.safeParse(isObject(raw) ? rename(raw, names)['roomId'] : undefined)
    return [[ref, { path, key, raw }]]
  })
  const rooms = Map.groupBy(found, ([ref]) => ref)
  return new Map([...rooms].map(([ref, entries]) => [ref, entries.map(([, entry]) => entry)]))
}

function take(found: Map<string, Found[]>, refs: readonly string[]): Found[] {
  return [...new Set(refs)].flatMap((ref) => {
    const taken = found.get(ref) ?? []
    found.delete(ref)
    return taken
  })
}

/** Someone can be an id alone, or lie under it. */
function personOf(raw: unknown, key: string | null): unknown {
  if (!isObject(raw)) return typeof raw === 'string' || typeof raw === 'number' ? { userId: raw } : { userId: key ?? undefined }
  const named = rename(raw, memberNames)
  return 'userId' in named || key === null ? raw : { ...raw, userId: key }
}

function remarks(dump: unknown, path: Path, error: z.ZodError): Remark[] {
  return error.issues.map((issue) => ({
    path:
      at(originalPath(dump, [...path, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))])) ||
      'the dump',
    reason: issue.message,
  }))
}
