import { AppError } from '../../shared/errors.ts'
import { RoomSettings, type Room as RoomInfo } from '../../shared/model.ts'
import type { Params, Value } from '../../shared/protocol.ts'
import { may, type Right } from '../../shared/roles.ts'
import { Access } from './Access.ts'
import { Calls, type CallsOptions } from './Calls.ts'
import type { ServerConfig } from './config.ts'
import { actorOf, type Connection, type Tell } from './Connection.ts'
import { Directory, noSuchRoom } from './Directory.ts'
import { EmptyRooms } from './EmptyRooms.ts'
import { Entrance } from './Entrance.ts'
import { HeadCount } from './HeadCount.ts'
import { LivingRooms } from './LivingRooms.ts'
import { NewRoomBudget } from './NewRoomBudget.ts'
import { allows, type Peer } from './Peer.ts'
import { admitsPlain, encryptionRequired, inTheClear } from './plainGuests.ts'
import { describeRoom, type Room, type RoomContext } from './Room.ts'
import { RoomNews } from './RoomNews.ts'
import type { Actor } from './store/audit.ts'
import { listRooms, roomById, type StoredRoom } from './store/rooms.ts'
import type { KeptSeat } from './store/seats.ts'
import type { Tenant } from './store/tenants.ts'
import { touchUser } from './store/users.ts'
import type { Tenants } from './Tenants.ts'
import type { Tokens } from './Tokens.ts'

const ROOMS_PER_PAGE = 50

type RoomOfOne = Params<'deleteRoom'>

export interface ServerContext
  extends Omit<RoomContext, 'isTenantFull' | 'linkKey'>, Pick<ServerConfig, 'whoCreates' | 'autoCreate'> {
  tokens: Tokens
  tenants: Tenants
  masterKey: Uint8Array
  calls: CallsOptions
  /** How those are told who are in a channel. */
  teller: (channel: string) => Tell
}

/** The rooms of a server, those who are connected to it, and what they ask of rooms. */
export class RoomServer {
  readonly access: Access
  readonly directory: Directory
  readonly calls: Calls
  readonly entrance: Entrance
  readonly living: LivingRooms
  readonly tenants: Tenants
  readonly tokens: Tokens
  readonly people = new HeadCount()
  readonly #context: ServerContext
  readonly #connections = new Set<Connection>()
  readonly #empty: EmptyRooms
  readonly #news: RoomNews
  readonly #budget = new NewRoomBudget()
  /** Rooms that are being deleted because nobody was in them. */
  readonly #doomed = new Set<string>()
  #closed = false

  constructor(context: ServerContext) {
    this.#context = context
    const { store, tokens, tenants, masterKey } = context
    this.tokens = tokens
    this.tenants = tenants
    this.directory = new Directory(store, tenants)
    this.access = new Access(store, this.directory, masterKey)
    this.calls = new Calls(context.calls, context.teller)
    this.living = new LivingRooms({
      ...context,
      linkKey: (stored) => this.access.linkKey(stored),
      isTenantFull: (id) => tenants.isFull(id, this.people.of(id)),
    })
    this.#news = new RoomNews(context.teller, (stored) => this.describe(stored))
    this.#empty = new EmptyRooms(store, context.log, async ({ tenantId, id }) => {
      const room = await roomById(store, tenantId, id)
      if (!room || this.living.get(id)?.idle === false) return
      // Whoever comes meanwhile finds no room.
      this.#doomed.add(id)
      await this.directory.delete(room, { kind: 'server', id: null, name: '' }).finally(() => this.#doomed.delete(id))
    })
    this.entrance = new Entrance({
      ...{ store, tokens, tenants, access: this.access, directory: this.directory, living: this.living },
      isDoomed: (id) => this.#doomed.has(id),
      autoCreate: context.autoCreate ? (connection, slug) => this.#autoCreate(connection, slug) : null,
    })
    this.living.on('changed', (room) => this.#roomChanged(room))
    this.living.on('came', (peer) => this.#came(peer))
    this.living.on('left', (peer) => this.#left(peer))
    this.living.on('waits', ({ connection }) => connection && this.#inside(connection))
    this.directory.on('changed', (stored, before) => this.#stored(stored, before))
    this.directory.on('gone', (stored) => this.#gone(stored))
    tenants.on('changed', (tenant) => this.#tenantChanged(tenant))
    tokens.on('revoked', (tokenId) => this.#cutOff(({ grant }) => grant?.tokenId === tokenId))
  }

  /** Holds the seats of before a crash for those who come back within that time, in ms, and deletes what is overdue. */
  async start(seats: readonly KeptSeat[], forMs: number): Promise<void> {
    this.entrance.start(seats, forMs)
    await this.#empty.start()
  }

  /** How many are connected, in a room or not. */
  get connections(): number {
    return this.#connections.size
  }

  async createRoom(connection: Connection, params: Params<'createRoom'>): Promise<Value<'createRoom'>> {
    const { roomId, hostKey, templateId: _, ...settings } = params
    const room =
      roomId === undefined ? await this.#create(connection, settings) : await this.#makeReady(connection, roomId, hostKey)
    const isHost = this.access.isHost(connection, room, hostKey)
    return { room: this.describe(room), hostKey: isHost ? this.access.hostKey(room) : null }
  }

  async findRoom(connection: Connection, ref: string): Promise<RoomInfo> {
    const room = await this.access.find(connection, ref)
    // Nobody else on the network should read what it is called.
    if (connection.plain && !admitsPlain(room)) throw encryptionRequired(connection.plain)
    return this.#shownTo(connection, room)
  }

  async updateRoom(connection: Connection, { changes, version, ...own }: Params<'updateRoom'>): Promise<Value<'updateRoom'>> {
    const onlyLocks = Object.keys(changes).every((name) => name === 'locked')
    const room = await this.own(connection, own, onlyLocks ? 'lock' : 'editRoom')
    return { room: await this.change(room, actorOf(connection), changes, version) }
  }

  async renewJoinCode(connection: Connection, own: RoomOfOne): Promise<Value<'renewJoinCode'>> {
    const room = await this.own(connection, own, 'editRoom')
    return { room: this.describe(await this.directory.renewCode(room, actorOf(connection))) }
  }

  async deleteRoom(connection: Connection, own: RoomOfOne): Promise<void> {
    await this.directory.delete(await this.own(connection, own, 'deleteRoom'), actorOf(connection))
  }

  /** Sets what is given of a room, whoever may do so. */
  async change(room: StoredRoom, by: Actor, changes: RoomSettings, ifVersion?: number): Promise<RoomInfo> {
    const changed = await this.directory.change(room, by, changes, ifVersion)
    const isInUse = this.living.get(room.id)?.idle === false
    if (changes.emptyTtl !== undefined && !isInUse) this.#empty.left(changed)
    return this.describe(changed)
  }

  /** Throws `unauthorized` where guests make no rooms, and `rateLimited` for who makes very many. */
  async requireMayCreate(address: string | null): Promise<void> {
    if (this.#context.whoCreates === 'key') throw new AppError('unauthorized', 'On this server, rooms are made with a key only')
    await this.#budget.spend(address)
  }

  /** Takes note of someone who has connected. */
  connected(connection: Connection): void {
    this.#connections.add(connection)
  }

  leaveRoom(connection: Connection): void {
    const { peer, waiter } = connection
    if (peer) peer.room.remove(peer, 'left')
    else if (waiter) waiter.room.door.leave(waiter)
    else throw new AppError('notInRoom', 'You are in no room; join one first')
  }

  /** A connection has ended: by a word, or without one. */
  disconnected(connection: Connection, clean: boolean): void {
    connection.open = false
    this.calls.gone(connection.id)
    this.#connections.delete(connection)
    const { peer, waiter } = connection
    if (peer) {
      if (clean || this.#closed) peer.room.remove(peer, 'left')
      else peer.room.lost(peer)
    } else if (waiter) {
      if (clean || this.#closed) waiter.room.door.leave(waiter)
      else waiter.room.door.lost(waiter)
    }
  }

  closeRoom(peer: Peer): Promise<void> {
    const { room } = peer
    const by = actorOf(peer.connection!)
    return room.turns.run(async () => {
      // Whoever asks when it is done already is out of it by then.
      if (room.roster.get(peer.id) !== peer) throw new AppError('notInRoom', 'You are not in that room any more')
      room.require(peer, 'closeRoom')
      await this.directory.close(room.stored, by, new Date().toISOString())
      room.end('ended')
    })
  }

  async listRooms(connection: Connection, { query = '', cursor = null }: Params<'listRooms'>): Promise<Value<'listRooms'>> {
    const { tenantId, grant, isPlain } = connection
    if (grant) {
      const own = cursor === null ? await roomById(this.#context.store, tenantId, grant.roomId) : null
      return { rooms: own ? [this.describe(own)] : [], cursor: null }
    }
    if (!connection.peer) this.#news.watch(connection)
    const wanted = query.trim().toLowerCase()
    const page = await listRooms(this.#context.store, { tenantId, query: wanted, cursor, limit: ROOMS_PER_PAGE, plain: isPlain })
    const leading = cursor === null ? this.#withPeople(tenantId, wanted, isPlain) : []
    if (cursor === null) connection.listedFirst = new Set(leading.map(({ id }) => id))
    // What led the first page is left out of the rest, be it empty by now; what has people only now is not.
    const rest = page.rooms.filter((stored) => !connection.listedFirst.has(stored.id))
    return {
      rooms: [...leading.map(({ stored }) => stored), ...rest].map((stored) => this.#shownTo(connection, stored)),
      cursor: page.cursor,
    }
  }

  #shownTo({ isPlain }: Connection, stored: StoredRoom): RoomInfo {
    return isPlain ? inTheClear(this.describe(stored)) : this.describe(stored)
  }

  /** Listed rooms that someone is in: a page of those with the most people. */
  #withPeople(tenantId: string, wanted: string, plain: boolean): Room[] {
    return [...this.living]
      .filter(({ stored }) => stored.tenantId === tenantId && stored.name.toLowerCase().includes(wanted))
      .filter((room) => isListed(room) && (!plain || admitsPlain(room.stored)))
      .sort((a, b) => b.roster.size - a.roster.size)
      .slice(0, ROOMS_PER_PAGE)
  }

  /** A room as it is shown, with who is in it now. */
  describe(stored: StoredRoom): RoomInfo {
    return this.living.get(stored.id)?.info ?? describeRoom(stored, this.access.linkKey(stored))
  }

  /** The room that is meant, by someone who has a right to it: in it by their role, elsewhere by its key or as its host. */
  async own(connection: Connection, { roomId, hostKey }: RoomOfOne, right: Right): Promise<StoredRoom> {
    const { peer } = connection
    if (roomId === undefined) {
      if (!peer) throw new AppError('notInRoom', 'Say which room you mean, or join it first')
      peer.room.require(peer, right)
      return peer.room.stored
    }
    const room = await this.access.find(connection, roomId)
    if (peer?.room.id === room.id && hostKey === undefined) {
      peer.room.require(peer, right)
      return room
    }
    const role = await this.access.role(connection, room, hostKey)
    if (role === null || !may(role, right) || !allows(connection, right))
      throw new AppError('forbidden', 'Only those who lead this room may do that')
    return room
  }

  /** Ends every meeting and frees every room. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.entrance.close()
    this.#news.close()
    this.calls.close()
    this.living.close()
    this.#empty.close()
  }

  async #create(connection: Connection, settings: RoomSettings): Promise<StoredRoom> {
    const { grant, tenantId, userId, address } = connection
    if (grant) throw new AppError('forbidden', 'Your invitation is for one room only')
    await this.requireMayCreate(address)
    return this.directory.create(tenantId, actorOf(connection), settings, userId)
  }

  /** An ephemeral room for the first one who joins it. Whatever could not be its name in a link is no room. */
  async #autoCreate(connection: Connection, slug: string): Promise<StoredRoom> {
    if (connection.grant || connection.isPlain || !RoomSettings.shape.slug.safeParse(slug).success) throw noSuchRoom()
    try {
      return await this.#create(connection, { name: slug, slug, emptyTtl: 0 })
    } catch (error) {
      // Of several who join it first, one has made it.
      const made = await this.directory.findNamed(connection.tenantId, slug)
      if (!made) throw error
      return made
    }
  }

  async #makeReady(connection: Connection, ref: string, hostKey: string | undefined): Promise<StoredRoom> {
    const found = await this.access.find(connection, ref)
    const isReopened = found.closedAt !== null && this.access.isHost(connection, found, hostKey)
    const stored = isReopened ? await this.directory.close(found, actorOf(connection), null) : found
    const room = this.living.open(stored)
    await room.media.open()
    return room.stored
  }

  /** Whoever is in a room, or waits for one, is called there, and watches no list. */
  #inside(connection: Connection): void {
    this.#news.ignore(connection)
    this.calls.entered(connection)
  }

  #came({ room, seat, connection }: Peer): void {
    if (connection) this.#inside(connection)
    this.#empty.came(room.id)
    const { tenantId } = room.stored
    // The bearer of a token is not the person of the device.
    const deviceHash = seat.grant ? null : seat.deviceHash
    touchUser(this.#context.store, { id: seat.userId, tenantId, deviceHash, name: seat.name, at: seat.joinedAt })
    // Meanwhile the router is made. Whoever needs it waits for it, or is told that there is none.
    room.media.open().catch(() => {})
  }

  #left(peer: Peer): void {
    this.calls.gone(peer.id)
    if (peer.connection) this.calls.exited(peer.connection)
    if (peer.room.empty && !this.#closed) this.#empty.left(peer.room.stored)
  }

  #roomChanged(room: Room): void {
    const { tenantId } = room.stored
    const before = this.people.of(tenantId)
    this.people.count(room)
    if (this.#closed || this.living.get(room.id) !== room) return
    // A place that one room has freed may be another's.
    if (this.people.of(tenantId) < before && this.tenants.isFull(tenantId, before))
      for (const other of this.living) if (other !== room && other.stored.tenantId === tenantId) other.door.fill()
    if (isListed(room) || room.empty) this.#news.changed(room.stored)
    // Whoever has only waited before it may have kept it longer than it is to be kept.
    if (room.idle && !this.#empty.expects(room.id)) this.#empty.left(room.stored)
  }

  /** A living room shows what is stored of it, and open lists do. */
  #stored(stored: StoredRoom, before: StoredRoom | null): void {
    const live = this.living.get(stored.id)
    if (live) live.stored = stored
    if (stored.version === 1) this.#empty.made(stored)
    this.#news.changed(stored, before)
    // The id of a private room is what one comes in with: only those hear of it who know it from before.
    if (stored.visibility === 'private' && before?.visibility === 'public') this.#news.gone(stored, before)
  }

  #gone(stored: StoredRoom): void {
    const live = this.living.get(stored.id)
    this.#empty.gone(stored.id)
    live?.end('deleted')
    if (live) this.living.drop(live)
    if (stored.visibility === 'public') this.#news.gone(stored)
  }

  /** A tenant that is switched off has nobody in its rooms; one that may have more people lets them in. */
  #tenantChanged({ id, active }: Tenant): void {
    for (const room of [...this.living])
      if (room.stored.tenantId === id) {
        if (active) room.door.fill()
        else room.end('suspended')
      }
    if (!active) this.#cutOff(({ tenantId }) => tenantId === id)
  }

  #cutOff(which: (connection: Connection) => boolean): void {
    for (const connection of [...this.#connections]) if (which(connection)) connection.wire.close()
  }
}

const isListed = ({ empty, stored }: Room) => !empty && stored.visibility === 'public' && stored.closedAt === null
