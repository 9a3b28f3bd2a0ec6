import { randomBytes } from 'node:crypto'
import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import { makeJoinCode, parseJoinCode } from '../../shared/joinCode.ts'
import type { Room as RoomInfo } from '../../shared/model.ts'
import type { Params, Value } from '../../shared/protocol.ts'
import type { Role } from '../../shared/roles.ts'
import type { Connection, Tell } from './Connection.ts'
import { deriveKey, hashSecret, randomId, sameSecret } from './ids.ts'
import type { Peer } from './Peer.ts'
import { describeRoom, Room, type RoomContext } from './Room.ts'
import { roleOf } from './store/members.ts'
import {
  insertRoom,
  listPublicRooms,
  roomById,
  roomByJoinCode,
  roomBySlug,
  setHostName,
  setRoomClosed,
  type StoredRoom,
} from './store/rooms.ts'
import { dropSeats, rotateResume, type KeptSeat } from './store/seats.ts'
import { touchUser } from './store/users.ts'

const TENANT = 'local'
const ROOMS_PER_PAGE = 50
/** How long a room that was made ready waits for the first one to come, in ms. */
const READY_MS = 60_000
/** The least time between two rounds of news for open room lists, in ms. */
const LISTS_EVERY_MS = 250
/** Whoever has asked for the list of rooms, and is in none. */
const WATCHERS = 'watchers'

/** All rooms of a server, by id, and the seats in them. */
export class RoomServer extends Emitter<{ people: [count: number] }> {
  readonly #context: RoomContext
  readonly #masterKey: Uint8Array
  readonly #rooms = new Map<string, Room>()
  readonly #idle = new Map<Room, NodeJS.Timeout>()
  /** Living seats by the hashes of their resume credentials. */
  readonly #seats = new Map<string, Peer>()
  /** Seats that a crash left without their people, by the same hashes. */
  readonly #kept = new Map<string, KeptSeat>()
  /** Rooms that open lists must hear of, by id. */
  readonly #news = new Map<string, StoredRoom>()
  readonly #tellWatchers: Tell
  #newsPause: NodeJS.Timeout | null = null
  #keeping: NodeJS.Timeout | null = null
  /** How many people are in each room, and in all of them. */
  readonly #inside = new WeakMap<Room, number>()
  #people = 0
  #closed = false

  constructor(context: RoomContext, masterKey: Uint8Array) {
    super()
    this.#context = context
    this.#masterKey = masterKey
    this.#tellWatchers = context.teller(WATCHERS)
  }

  /** Holds the seats of before a crash for those who come back within that time, in ms. */
  keep(seats: readonly KeptSeat[], forMs: number): void {
    for (const seat of seats) for (const hash of [seat.hash, seat.previousHash]) if (hash !== null) this.#kept.set(hash, seat)
    this.#keeping = setTimeout(() => {
      dropSeats(this.#context.store, [...new Set([...this.#kept.values()].map((seat) => seat.peerId))])
      this.#kept.clear()
    }, forMs)
  }

  async createRoom(connection: Connection, params: Params<'createRoom'>): Promise<Value<'createRoom'>> {
    const room =
      params.roomId === undefined
        ? await this.#makeRoom(connection, params)
        : await this.#makeReady(connection, params.roomId, params.hostKey)
    const isHost = this.#isHost(connection, room, params.hostKey)
    return { room: this.#describe(room), hostKey: isHost ? this.#hostKey(room.id) : null }
  }

  async findRoom(ref: string): Promise<RoomInfo> {
    return this.#describe(await this.#stored(ref))
  }

  async joinRoom(connection: Connection, params: Params<'joinRoom'>): Promise<Value<'joinRoom'>> {
    if (connection.peer || connection.joining) throw new AppError('alreadyJoined', 'You are in a room already; leave it first')
    if (params.token !== undefined) throw new AppError('unauthorized', 'This server gives out no tokens')
    connection.joining = true
    try {
      const stored = await this.#stored(params.roomId ?? params.joinCode ?? '', params.roomId === undefined)
      const role = await this.#role(connection, stored, params.hostKey)
      if (stored.closedAt !== null && role === 'host') await this.#reopen(stored)
      if (stored.hostUserId === connection.userId) this.#nameHost(stored, params.name)
      if (!connection.open) throw new AppError('disconnected', 'The connection has ended')
      const room = this.#open(stored)
      const seat = {
        peerId: randomId(),
        userId: connection.userId,
        deviceHash: connection.deviceHash,
        name: params.name,
        role,
        sessionId: randomId(),
        joinedAt: new Date().toISOString(),
      }
      const { microphone = false, camera = false, screen = false } = role === 'listener' ? {} : params
      const peer = room.admit(
        connection,
        seat,
        { microphone, camera, screen },
        { current: hashSecret(connection.resume), previous: null },
      )
      connection.wire.exit(WATCHERS)
      touchUser(this.#context.store, {
        id: connection.userId,
        tenantId: TENANT,
        deviceHash: connection.deviceHash,
        name: params.name,
        at: seat.joinedAt,
      })
      return await this.#welcome(peer)
    } finally {
      connection.joining = false
    }
  }

  /**
   * Takes a seat back for a new connection: one that is held here, or one of before the server was started again. Null where the
   * credential is unknown, used up, or the room does not let its owner in any more.
   */
  async resume(connection: Connection, credential: string): Promise<Value<'joinRoom'> | null> {
    const used = hashSecret(credential)
    const next = { current: hashSecret(connection.resume), previous: used }
    const peer = this.#seats.get(used)
    const kept = this.#kept.get(used)
    const owner = peer?.seat ?? kept
    // A credential that was stolen is worth nothing on another device, nor without one.
    if (owner?.deviceHash !== connection.deviceHash) return null
    if (peer) {
      this.#forget(peer)
      peer.resumeHashes = next
      rotateResume(this.#context.store, peer.id, next)
      peer.room.resume(peer, connection)
      return this.#welcome(peer)
    }
    const stored = kept && (await roomById(this.#context.store, kept.roomId))
    // Of two who show the same credential at once, one has the seat by now.
    if (!stored || !connection.open || !this.#kept.has(used)) return null
    this.#kept.delete(kept.hash)
    if (kept.previousHash !== null) this.#kept.delete(kept.previousHash)
    try {
      return await this.#welcome(this.#open(stored).admit(connection, { ...kept, sessionId: randomId() }, kept.declared, next))
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  leaveRoom(peer: Peer): void {
    peer.room.remove(peer, 'left')
  }

  /** A connection has ended: by a word, or without one. */
  disconnected(connection: Connection, clean: boolean): void {
    connection.open = false
    if (!connection.peer) return
    if (clean || this.#closed) connection.peer.room.remove(connection.peer, 'left')
    else connection.peer.room.lost(connection.peer)
  }

  async closeRoom(peer: Peer): Promise<void> {
    const { room } = peer
    room.require(peer, 'closeRoom')
    const at = new Date().toISOString()
    await setRoomClosed(this.#context.store, room.id, at)
    this.#amend(room.id, { closedAt: at, updatedAt: at })
    room.end('ended')
  }

  async listRooms(connection: Connection, { query = '', cursor = null }: Params<'listRooms'>): Promise<Value<'listRooms'>> {
    if (!connection.peer) connection.wire.enter(WATCHERS)
    const wanted = query.trim().toLowerCase()
    const live = [...this.#rooms.values()].filter((room) => isListed(room) && room.info.name.toLowerCase().includes(wanted))
    const page = await listPublicRooms(this.#context.store, { query: wanted, cursor, limit: ROOMS_PER_PAGE })
    // Rooms with people come first, on the first page; they are left out of the rest.
    const liveIds = new Set(live.map((room) => room.id))
    const rooms = page.rooms.filter((stored) => !liveIds.has(stored.id)).map((stored) => this.#describe(stored))
    return { rooms: cursor === null ? [...live.map((room) => room.info), ...rooms] : rooms, cursor: page.cursor }
  }

  /** Ends every meeting and frees every room. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const timer of [this.#newsPause, this.#keeping]) if (timer) clearTimeout(timer)
    for (const room of [...this.#rooms.values()]) {
      room.end('shutdown')
      this.#drop(room)
    }
  }

  async #makeRoom(connection: Connection, params: Params<'createRoom'>): Promise<StoredRoom> {
    const now = new Date().toISOString()
    const room = {
      id: randomId(),
      tenantId: TENANT,
      name: params.name ?? '',
      slug: params.slug ?? null,
      description: params.description ?? '',
      hostUserId: connection.userId,
      hostName: null,
      visibility: params.visibility ?? 'public',
      maxPeers: params.maxPeers ?? 100,
      emptyTtl: null,
      topology: 'sfu',
      closedAt: null,
      createdAt: now,
      updatedAt: now,
    } as const
    const stored = await insertRoom(this.#context.store, room, () => makeJoinCode(randomBytes))
    this.#announce(stored)
    return stored
  }

  async #makeReady(connection: Connection, ref: string, hostKey: string | undefined): Promise<StoredRoom> {
    const stored = await this.#stored(ref)
    if (stored.closedAt !== null && this.#isHost(connection, stored, hostKey)) await this.#reopen(stored)
    const room = this.#open(stored)
    await room.media.open()
    return room.stored
  }

  async #reopen(stored: StoredRoom): Promise<void> {
    await setRoomClosed(this.#context.store, stored.id, null)
    stored.closedAt = null
    this.#amend(stored.id, { closedAt: null })
  }

  #nameHost(stored: StoredRoom, hostName: string): void {
    if (stored.hostName === hostName) return
    setHostName(this.#context.store, stored.id, hostName)
    stored.hostName = hostName
    this.#amend(stored.id, { hostName })
  }

  /** A living room shows what has changed in its row. */
  #amend(roomId: string, change: Partial<StoredRoom>): void {
    const live = this.#rooms.get(roomId)
    if (live) live.stored = { ...live.stored, ...change }
  }

  /** The room that a reference means. Malformed and absent get the same answer. */
  async #stored(ref: string, codeOnly = false): Promise<StoredRoom> {
    const { store } = this.#context
    const code = parseJoinCode(ref)
    const found =
      (codeOnly ? null : ((await roomById(store, ref)) ?? (await roomBySlug(store, TENANT, ref)))) ??
      (code === null ? null : await roomByJoinCode(store, code))
    if (!found) throw new AppError('roomNotFound', 'There is no room with that code; check it with whoever gave it to you')
    return found
  }

  /** The living room; two who ask at once get the same. */
  #open(stored: StoredRoom): Room {
    let room = this.#rooms.get(stored.id)
    if (!room) {
      if (this.#closed) throw new AppError('roomClosed', 'The server is stopping')
      room = new Room(stored, this.#context)
      const opened = room
      this.#rooms.set(room.id, room)
      room.on('changed', () => this.#roomChanged(opened))
      room.on('left', (peer) => this.#forget(peer))
      this.#idle.set(
        room,
        setTimeout(() => this.#drop(opened), READY_MS),
      )
    }
    return room
  }

  #drop(room: Room): void {
    clearTimeout(this.#idle.get(room))
    this.#idle.delete(room)
    this.#rooms.delete(room.id)
    room.close()
  }

  #roomChanged(room: Room): void {
    this.#count(room)
    if (this.#closed) return
    if (isListed(room) || room.empty) this.#announce(room.stored)
    clearTimeout(this.#idle.get(room))
    this.#idle.delete(room)
    if (room.empty)
      this.#idle.set(
        room,
        setTimeout(() => this.#drop(room), READY_MS),
      )
  }

  #count(room: Room): void {
    const before = this.#inside.get(room) ?? 0
    if (room.roster.size === before) return
    this.#inside.set(room, room.roster.size)
    this.#people += room.roster.size - before
    this.emit('people', this.#people)
  }

  /** Tells open lists of a room: at once, and in a burst what it has come to. */
  #announce(stored: StoredRoom): void {
    if (stored.visibility === 'public') this.#news.set(stored.id, stored)
    if (!this.#newsPause) this.#tellNews()
  }

  #tellNews(): void {
    for (const stored of this.#news.values()) this.#tellWatchers('roomChanged', { room: this.#describe(stored) })
    this.#news.clear()
    this.#newsPause = setTimeout(() => {
      this.#newsPause = null
      if (this.#news.size > 0) this.#tellNews()
    }, LISTS_EVERY_MS)
  }

  #forget(peer: Peer): void {
    this.#seats.delete(peer.resumeHashes.current)
    if (peer.resumeHashes.previous) this.#seats.delete(peer.resumeHashes.previous)
  }

  /** What someone who has a seat now needs to know; meanwhile the router is made. Whoever needs it waits for it, or is told that there is none. */
  #welcome(peer: Peer): Promise<Value<'joinRoom'>> {
    const { current, previous } = peer.resumeHashes
    this.#seats.set(current, peer)
    if (previous !== null) this.#seats.set(previous, peer)
    peer.room.media.open().catch(() => {})
    return peer.room.welcome(peer)
  }

  async #role(connection: Connection, stored: StoredRoom, hostKey: string | undefined): Promise<Role> {
    if (this.#isHost(connection, stored, hostKey)) return 'host'
    return (await roleOf(this.#context.store, stored.id, connection.userId)) ?? 'speaker'
  }

  #isHost(connection: Connection, stored: StoredRoom, hostKey: string | undefined): boolean {
    if (hostKey !== undefined && sameSecret(hostKey, this.#hostKey(stored.id))) return true
    return stored.hostUserId === connection.userId
  }

  /** Derived, so that it need not be stored to be given again. */
  #hostKey(roomId: string): string {
    return deriveKey(this.#masterKey, `lanyard host key ${roomId}`)
  }

  #describe(stored: StoredRoom): RoomInfo {
    return this.#rooms.get(stored.id)?.info ?? describeRoom(stored)
  }
}

const isListed = (room: Room) => !room.empty && room.info.visibility === 'public' && !room.info.closed
