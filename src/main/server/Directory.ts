import { randomBytes } from 'node:crypto'
import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import { makeJoinCode, parseJoinCode } from '../../shared/joinCode.ts'
import { MediaLimits, type RoomSettings } from '../../shared/model.ts'
import { EmptyRooms } from './EmptyRooms.ts'
import { randomId } from './ids.ts'
import { hashPassword } from './passwords.ts'
import { checkSchedule } from './schedule.ts'
import { noting, type Act, type Actor, type AuditEntry } from './store/audit.ts'
import {
  changeRoom,
  deleteRoom,
  insertRoom,
  renewCode,
  roomById,
  roomByJoinCode,
  roomBySlug,
  type StoredRoom,
  type StoredSettings,
} from './store/rooms.ts'
import type { Db, Store } from './store/Store.ts'
import type { Tenants } from './Tenants.ts'

type Events = {
  /** It was made, or is another one now than it was before. */
  changed: [StoredRoom, before: StoredRoom | null]
  gone: [StoredRoom]
}

/** What a new room is where nothing else is said. */
export const defaultSettings: Omit<StoredSettings, 'passwordHash'> = {
  name: '',
  slug: null,
  description: '',
  visibility: 'public',
  admission: 'open',
  locked: false,
  maxPeers: 100,
  emptyTtl: null,
  topology: 'sfu',
  timeZone: 'UTC',
  schedule: null,
  mediaLimits: MediaLimits.parse({}),
  metadata: {},
}

/**
 * All rooms as they are stored, and the one way to change them: over a socket, REST or the command line. Each change is announced,
 * and noted with who made it.
 */
export class Directory extends Emitter<Events> {
  readonly #store: Store
  readonly #tenants: Tenants

  constructor(store: Store, tenants: Tenants) {
    super()
    this.#store = store
    this.#tenants = tenants
  }

  /** The room that an id, a slug or a join code means; null where it means none. For those whom no budget holds. */
  async find(tenantId: string, ref: string): Promise<StoredRoom | null> {
    return (await this.findNamed(tenantId, ref)) ?? this.findByCode(tenantId, ref)
  }

  /** By an id, which nobody guesses, or a slug. */
  async findNamed(tenantId: string, ref: string): Promise<StoredRoom | null> {
    return (await roomById(this.#store, tenantId, ref)) ?? roomBySlug(this.#store, tenantId, ref)
  }

  /** What cannot be a code is looked up like one, so that it takes as long. */
  findByCode(tenantId: string, ref: string): Promise<StoredRoom | null> {
    return roomByJoinCode(this.#store, tenantId, parseJoinCode(ref) ?? ref)
  }

  /** Makes a room for someone, or, for a program with a key, one without a host. Throws `slugTaken`, `limitReached`. */
  async create(tenantId: string, by: Actor, settings: RoomSettings, hostUserId: string | null): Promise<StoredRoom> {
    const now = new Date().toISOString()
    const { password, ...rest } = settings
    const wanted = { ...defaultSettings, ...onlyGiven(rest) }
    if (wanted.schedule) checkSchedule(wanted.schedule, wanted.timeZone)
    const row = {
      ...wanted,
      passwordHash: (await hashOf(password)) ?? null,
      id: randomId(),
      tenantId,
      hostUserId,
      hostName: null,
      closedAt: null,
      deleteAt: EmptyRooms.firstEnd(wanted.emptyTtl),
      createdAt: now,
      updatedAt: now,
    }
    const noted = this.#noting('roomCreated', row, by)
    const stored = await this.#tenants.makeRoom(tenantId, () => insertRoom(noted, row, newCode))
    this.emit('changed', stored, null)
    return stored
  }

  /** Stores a room as it was on another server, under the code that it had there where that is free. Throws `slugTaken`, `limitReached`. */
  async adopt(room: Omit<StoredRoom, 'joinCode' | 'version'>, by: Actor, joinCode: string | null): Promise<StoredRoom> {
    const codes = joinCode === null ? [] : [joinCode]
    const insert = () => insertRoom(this.#noting('roomImported', room, by), room, () => codes.shift() ?? newCode())
    const stored = await this.#tenants.makeRoom(room.tenantId, insert)
    this.emit('changed', stored, null)
    return stored
  }

  /** Sets what is given. Throws `slugTaken`, `changedMeanwhile`, `roomNotFound`. */
  async change(room: StoredRoom, by: Actor, settings: RoomSettings, ifVersion?: number): Promise<StoredRoom> {
    const { password, ...rest } = settings
    if (settings.schedule) checkSchedule(settings.schedule, settings.timeZone ?? room.timeZone)
    const passwordHash = await hashOf(password)
    const change: Partial<StoredSettings> = { ...onlyGiven(rest), ...(passwordHash !== undefined && { passwordHash }) }
    // The names only: what someone has written is nobody else's.
    const noted = this.#noting('roomChanged', room, by, { changed: Object.keys(settings) })
    const changed = await changeRoom(noted, room.tenantId, room.id, change, ifVersion)
    if (!changed) return this.#missing(room, ifVersion)
    this.emit('changed', changed, room)
    return changed
  }

  /** Ends a room, or, with null, opens it again. */
  async close(room: StoredRoom, by: Actor, closedAt: string | null): Promise<StoredRoom> {
    const noted = this.#noting(closedAt === null ? 'roomReopened' : 'roomClosed', room, by)
    const changed = await changeRoom(noted, room.tenantId, room.id, { closedAt })
    if (!changed) throw noSuchRoom()
    this.emit('changed', changed, room)
    return changed
  }

  async renewCode(room: StoredRoom, by: Actor): Promise<StoredRoom> {
    const changed = await renewCode(this.#noting('codeRenewed', room, by), room.tenantId, room.id, newCode)
    if (!changed) throw noSuchRoom()
    this.emit('changed', changed, room)
    return changed
  }

  /** Deletes a room with its chat and its members. Throws `changedMeanwhile`, `roomNotFound`. */
  async delete(room: StoredRoom, by: Actor, ifVersion?: number): Promise<void> {
    const noted = this.#noting('roomDeleted', room, by, { name: room.name })
    if (!(await deleteRoom(noted, room.tenantId, room.id, ifVersion))) return this.#missing(room, ifVersion)
    this.emit('gone', room)
  }

  async #missing(room: StoredRoom, ifVersion: number | undefined): Promise<never> {
    const now = ifVersion === undefined ? null : await roomById(this.#store, room.tenantId, room.id)
    if (!now) throw noSuchRoom()
    throw new AppError('changedMeanwhile', 'Someone else has changed this room meanwhile; look at it again', {
      details: { version: now.version },
    })
  }

  /** The store, where what is written is noted with who does it. */
  #noting(
    act: Act,
    { tenantId, id }: Pick<StoredRoom, 'tenantId' | 'id'>,
    actor: Actor,
    details: AuditEntry['details'] = {},
  ): Db {
    return noting(this.#store, { tenantId, roomId: id, at: new Date().toISOString(), act, actor, subject: null, details })
  }
}

/** Malformed and absent get the same answer. */
export const noSuchRoom = () =>
  new AppError('roomNotFound', 'There is no room with that code; check it with whoever gave it to you')

const newCode = () => makeJoinCode(randomBytes)

/** Undefined leaves the password as it is, null takes it away. */
async function hashOf(password: string | null | undefined): Promise<string | null | undefined> {
  return typeof password === 'string' ? hashPassword(password) : password
}

/** Without what is not given. */
function onlyGiven<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as never
}
