import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import type { Room as RoomInfo, RoomSettings } from '../../shared/model.ts'
import type { Admittance, Params, Value } from '../../shared/protocol.ts'
import { may, type Right } from '../../shared/roles.ts'
import { Access } from './Access.ts'
import { Calls } from './Calls.ts'
import type { ServerConfig } from './config.ts'
import type { Connection, Tell } from './Connection.ts'
import { Directory } from './Directory.ts'
import { EmptyRooms } from './EmptyRooms.ts'
import { hashSecret, randomId } from './ids.ts'
import { allows, Peer, type Applicant, type ResumeHashes } from './Peer.ts'
import { Resumes } from './Resumes.ts'
import { describeRoom, Room, type RoomContext } from './Room.ts'
import { RoomNews } from './RoomNews.ts'
import type { Actor } from './store/audit.ts'
import { isBanned } from './store/bans.ts'
import { listRooms, noteOfRoom, roomById, type StoredRoom } from './store/rooms.ts'
import { dropSeats, rotateResume, type KeptSeat } from './store/seats.ts'
import { touchUser } from './store/users.ts'
import type { Grant, Tokens } from './Tokens.ts'
import type { Waiter } from './WaitingList.ts'

const ROOMS_PER_PAGE = 50
/** How long a room that was made ready waits for the first one to come, in ms. */
const READY_MS = 60_000
/** Whoever has asked for the list of rooms of a tenant, and is in none. */
const watchersOf = (tenantId: string) => `watchers of ${tenantId}`

type RoomOfOne = Params<'deleteRoom'>

export interface ServerContext extends RoomContext {
  tokens: Tokens
  whoCreates: ServerConfig['whoCreates']
}

/** The living rooms of a server, by id, and who comes and goes. */
export class RoomServer extends Emitter<{ people: [count: number] }> {
  readonly access: Access
  readonly directory: Directory
  readonly calls: Calls
  readonly tokens: Tokens
  readonly #context: ServerContext
  readonly #connections = new Set<Connection>()
  readonly #rooms = new Map<string, Room>()
  readonly #idle = new Map<Room, NodeJS.Timeout>()
  readonly #resumes = new Resumes()
  readonly #empty: EmptyRooms
  readonly #news: RoomNews
  #keeping: NodeJS.Timeout | null = null
  /** How many people are in each room, and in all of them. */
  readonly #inside = new WeakMap<Room, number>()
  #people = 0
  #closed = false

  constructor(context: ServerContext, masterKey: Uint8Array) {
    super()
    this.#context = context
    this.tokens = context.tokens
    this.directory = new Directory(context.store)
    this.access = new Access(context.store, this.directory, masterKey)
    this.calls = new Calls(context.calls)
    this.#news = new RoomNews(
      (tenantId): Tell => context.teller(watchersOf(tenantId)),
      (stored) => this.describe(stored),
    )
    this.#empty = new EmptyRooms(context.store, context.log, async ({ tenantId, id }) => {
      const room = await roomById(context.store, tenantId, id)
      if (room && this.#rooms.get(id)?.idle !== false) await this.directory.delete(room, { kind: 'server', id: null, name: '' })
    })
    this.directory.on('changed', (stored, before) => this.#stored(stored, before))
    this.directory.on('gone', (stored) => this.#gone(stored))
    this.tokens.on('revoked', (tokenId) => this.#cutOff(tokenId))
  }

  /** Holds the seats of before a crash for those who come back within that time, in ms, and deletes what is overdue. */
  async start(seats: readonly KeptSeat[], forMs: number): Promise<void> {
    this.#resumes.keep(seats)
    this.#keeping = setTimeout(() => dropSeats(this.#context.store, this.#resumes.dropKept()), forMs)
    await this.#empty.start()
  }

  async createRoom(connection: Connection, params: Params<'createRoom'>): Promise<Value<'createRoom'>> {
    const { roomId, hostKey, templateId: _, ...settings } = params
    if (roomId === undefined) this.#requireMayCreate(connection)
    const room =
      roomId === undefined
        ? await this.directory.create(connection.tenantId, actorOf(connection), settings, connection.userId)
        : await this.#makeReady(connection, roomId, hostKey)
    const isHost = this.access.isHost(connection, room, hostKey)
    return { room: this.describe(room), hostKey: isHost ? this.access.hostKey(room.id) : null }
  }

  async findRoom(connection: Connection, ref: string): Promise<RoomInfo> {
    return this.describe(await this.access.find(connection, ref))
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
    const isInUse = this.#rooms.get(room.id)?.idle === false
    if (changes.emptyTtl !== undefined && !isInUse) this.#empty.left(changed)
    return this.describe(changed)
  }

  async joinRoom(connection: Connection, params: Params<'joinRoom'>): Promise<Value<'joinRoom'>> {
    if (connection.peer || connection.waiter || connection.joining)
      throw new AppError('alreadyJoined', 'You are in a room already; leave it first')
    connection.joining = true
    try {
      const grant = params.token === undefined ? connection.grant : await this.tokens.verify(params.token)
      const { userId, address } = connection
      const asker = { grant, tenantId: grant?.tenantId ?? connection.tenantId, userId, address }
      const found = await this.access.find(asker, params.roomId ?? params.joinCode ?? '', params.roomId === undefined)
      const applicant = grant
        ? await this.access.bearer(connection, grant, params)
        : await this.access.applicant(connection, found, params)
      const holder = await this.#knock(connection, found, applicant, params.password)
      return await this.#tellHolder(holder)
    } finally {
      connection.joining = false
    }
  }

  /** Takes note of someone who has connected. */
  connected(connection: Connection): void {
    this.#connections.add(connection)
  }

  /** Whether a credential of that device may still take something back. */
  canResume(credential: string, deviceHash: string | null): boolean {
    return this.#ownerOf(hashSecret(credential))?.deviceHash === deviceHash
  }

  /**
   * Takes a seat (or a place before a door) back for a new connection: one that is held here, or one of before the server was
   * started again. Null where the credential is unknown, used up, or the room does not let its owner in any more.
   */
  async resume(connection: Connection, credential: string): Promise<Admittance | null> {
    const used = hashSecret(credential)
    const next = { current: hashSecret(connection.resume), previous: used }
    const holder = this.#resumes.living(used)
    const kept = this.#resumes.kept(used)
    // A credential that was stolen is worth nothing on another device, nor without one.
    if (this.#ownerOf(used)?.deviceHash !== connection.deviceHash) return null
    if (!holder) return kept ? this.#resumeKept(connection, kept, used, next) : null
    this.#resumes.rotate(holder, next)
    if (holder instanceof Peer) {
      rotateResume(this.#context.store, holder.id, next)
      holder.room.resume(holder, connection)
      return holder.room.welcome(holder)
    }
    holder.room.door.resume(holder, connection)
    // It may have been its turn.
    return connection.peer ? connection.peer.room.welcome(connection.peer) : holder.room.door.placeOf(holder)
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

  async closeRoom(peer: Peer): Promise<void> {
    const { room } = peer
    room.require(peer, 'closeRoom')
    await this.directory.close(room.stored, actorOf(peer.connection!), new Date().toISOString())
    room.end('ended')
  }

  async listRooms(connection: Connection, { query = '', cursor = null }: Params<'listRooms'>): Promise<Value<'listRooms'>> {
    const { tenantId, grant } = connection
    if (grant) {
      const own = cursor === null ? await roomById(this.#context.store, tenantId, grant.roomId) : null
      return { rooms: own ? [this.describe(own)] : [], cursor: null }
    }
    if (!connection.peer) connection.wire.enter(watchersOf(tenantId))
    const wanted = query.trim().toLowerCase()
    const page = await listRooms(this.#context.store, { tenantId, query: wanted, cursor, limit: ROOMS_PER_PAGE })
    const leading = cursor === null ? this.#withPeople(tenantId, wanted) : []
    if (cursor === null) connection.listedFirst = new Set(leading.map(({ id }) => id))
    // What led the first page is left out of the rest, be it empty by now; what has people only now is not.
    const rest = page.rooms.filter(({ id }) => !connection.listedFirst.has(id)).map((stored) => this.describe(stored))
    return { rooms: [...leading.map(({ info }) => info), ...rest], cursor: page.cursor }
  }

  /** Listed rooms that someone is in: a page of those with the most people. */
  #withPeople(tenantId: string, wanted: string): Room[] {
    return [...this.#rooms.values()]
      .filter(({ stored }) => stored.tenantId === tenantId && stored.name.toLowerCase().includes(wanted))
      .filter(isListed)
      .sort((a, b) => b.roster.size - a.roster.size)
      .slice(0, ROOMS_PER_PAGE)
  }

  /** A room as it is shown, with who is in it now. */
  describe(stored: StoredRoom): RoomInfo {
    return this.#rooms.get(stored.id)?.info ?? describeRoom(stored)
  }

  /** The seats that someone has in a room now. */
  seatsOf(roomId: string, userId: string): Peer[] {
    return [...(this.#rooms.get(roomId)?.roster ?? [])].filter(({ seat }) => seat.userId === userId)
  }

  /** Ends every meeting and frees every room. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#keeping) clearTimeout(this.#keeping)
    this.#news.close()
    this.calls.close()
    for (const room of [...this.#rooms.values()]) {
      room.end('shutdown')
      this.#drop(room)
    }
    this.#empty.close()
  }

  async #makeReady(connection: Connection, ref: string, hostKey: string | undefined): Promise<StoredRoom> {
    const found = await this.access.find(connection, ref)
    const isHost = this.access.isHost(connection, found, hostKey)
    const room = this.#open(found.closedAt !== null && isHost ? await this.#reopen(connection, found) : found)
    await room.media.open()
    return room.stored
  }

  #reopen(connection: Connection, stored: StoredRoom): Promise<StoredRoom> {
    return this.directory.close(stored, actorOf(connection), null)
  }

  #nameHost(stored: StoredRoom, hostName: string): void {
    if (stored.hostName === hostName) return
    noteOfRoom(this.#context.store, stored.id, { hostName })
    stored.hostName = hostName
    const live = this.#rooms.get(stored.id)
    if (live) live.stored = { ...live.stored, hostName }
  }

  #requireMayCreate({ grant }: Connection): void {
    if (grant) throw new AppError('forbidden', 'Your invitation is for one room only')
    if (this.#context.whoCreates === 'key') throw new AppError('unauthorized', 'On this server, rooms are made with a key only')
  }

  /** Before the door of a room, with all that is known. A token that leads to no place is not spent. */
  async #knock(connection: Connection, found: StoredRoom, applicant: Applicant, password?: string): Promise<Peer | Waiter> {
    const giveBack = applicant.grant ? await this.tokens.spend(applicant.grant) : () => {}
    try {
      const knowsPassword = await this.access.knowsPassword(connection, found, password)
      const stored = found.closedAt !== null && applicant.standing === 'host' ? await this.#reopen(connection, found) : found
      if (stored.hostUserId === applicant.userId) this.#nameHost(stored, applicant.name)
      const known = {
        knowsPassword,
        isBanned: await isBanned(this.#context.store, stored.id, applicant.userId, applicant.deviceHash),
      }
      if (!connection.open) throw new AppError('disconnected', 'The connection has ended')
      const watched = watchersOf(connection.tenantId)
      const hashes = { current: hashSecret(connection.resume), previous: null }
      const holder = this.#open(stored).door.knock(connection, applicant, known, hashes)
      connection.wire.exit(watched)
      // Whoever is in a room is called there.
      this.calls.gone(connection.id)
      return holder
    } catch (error) {
      giveBack()
      throw error
    }
  }

  #ownerOf(hash: string): Pick<Applicant, 'deviceHash'> | undefined {
    const holder = this.#resumes.living(hash)
    return holder instanceof Peer ? holder.seat : (holder?.applicant ?? this.#resumes.kept(hash))
  }

  /** Sends those out who came with a token that is good no more. */
  #cutOff(tokenId: string): void {
    for (const room of [...this.#rooms.values()]) {
      for (const peer of [...room.roster]) if (peer.seat.grant?.tokenId === tokenId) room.sendOut(peer, 'tokenRevoked')
      room.door.revoke(tokenId)
    }
    dropSeats(
      this.#context.store,
      this.#resumes.dropKept((seat) => seat.tokenId === tokenId),
    )
    for (const { grant, wire } of [...this.#connections]) if (grant?.tokenId === tokenId) wire.close()
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
    const role =
      peer?.room.id === room.id && hostKey === undefined ? peer.role : await this.access.role(connection, room, hostKey)
    if (role === null || !may(role, right) || !allows(connection.grant, right))
      throw new AppError('forbidden', 'Only those who lead this room may do that')
    return room
  }

  async #resumeKept(connection: Connection, kept: KeptSeat, used: string, next: ResumeHashes): Promise<Admittance | null> {
    const { store } = this.#context
    const stored = await roomById(store, kept.tenantId, kept.roomId)
    const grant = grantOf(kept)
    const isKeptOut =
      stored &&
      (stored.closedAt !== null ||
        (await isBanned(store, stored.id, kept.userId, kept.deviceHash)) ||
        (grant && (await this.tokens.isRevoked(grant))))
    // Of two who show the same credential at once, one has the seat by now.
    if (!stored || isKeptOut || !connection.open || !this.#resumes.kept(used)) return null
    const room = this.#open(stored)
    if (room.isFull) return null
    this.#resumes.takeKept(kept)
    return this.#tellHolder(room.admit(connection, { ...kept, grant, sessionId: randomId() }, kept.declared, next))
  }

  /** What someone who has a seat now, or waits for one, needs to know. */
  #tellHolder(holder: Peer | Waiter): Promise<Admittance> | Admittance {
    return holder instanceof Peer ? holder.room.welcome(holder) : holder.room.door.placeOf(holder)
  }

  /** The living room; two who ask at once get the same. */
  #open(stored: StoredRoom): Room {
    const living = this.#rooms.get(stored.id)
    if (living) return living
    if (this.#closed) throw new AppError('roomClosed', 'The server is stopping')
    const room = new Room(stored, this.#context)
    this.#rooms.set(room.id, room)
    room.on('changed', () => this.#roomChanged(room))
    room.on('came', (peer) => this.#came(peer))
    room.on('left', (peer) => this.#left(peer))
    room.door.on('waits', (waiter) => this.#resumes.add(waiter))
    room.door.on('gaveUp', (waiter) => this.#resumes.remove(waiter))
    this.#dropLater(room)
    return room
  }

  #came(peer: Peer): void {
    const { room, seat } = peer
    this.#resumes.add(peer)
    this.#empty.came(room.id)
    const { tenantId } = room.stored
    // The bearer of a token is not the person of the device.
    const deviceHash = seat.grant ? null : seat.deviceHash
    touchUser(this.#context.store, { id: seat.userId, tenantId, deviceHash, name: seat.name, at: seat.joinedAt })
    // Meanwhile the router is made. Whoever needs it waits for it, or is told that there is none.
    room.media.open().catch(() => {})
  }

  #left(peer: Peer): void {
    this.#resumes.remove(peer)
    this.calls.gone(peer.id)
    if (peer.room.empty && !this.#closed) this.#empty.left(peer.room.stored)
  }

  #drop(room: Room): void {
    clearTimeout(this.#idle.get(room))
    this.#idle.delete(room)
    this.#rooms.delete(room.id)
    room.close()
  }

  #dropLater(room: Room): void {
    clearTimeout(this.#idle.get(room))
    this.#idle.set(
      room,
      setTimeout(() => this.#drop(room), READY_MS),
    )
  }

  #roomChanged(room: Room): void {
    this.#count(room)
    if (this.#closed || this.#rooms.get(room.id) !== room) return
    if (isListed(room) || room.empty) this.#news.changed(room.stored)
    if (room.idle) return this.#dropLater(room)
    clearTimeout(this.#idle.get(room))
    this.#idle.delete(room)
  }

  /** A living room shows what is stored of it, and open lists do. */
  #stored(stored: StoredRoom, before: StoredRoom | null): void {
    const live = this.#rooms.get(stored.id)
    if (live) live.stored = stored
    if (stored.version === 1) this.#empty.made(stored)
    this.#news.changed(stored)
    // The id of a private room is what one comes in with: only those hear of it who know it from before.
    if (stored.visibility === 'private' && before?.visibility === 'public') this.#news.gone(stored)
  }

  #gone(stored: StoredRoom): void {
    const live = this.#rooms.get(stored.id)
    this.#empty.gone(stored.id)
    live?.end('deleted')
    if (live) this.#drop(live)
    if (stored.visibility === 'public') this.#news.gone(stored)
  }

  #count(room: Room): void {
    const before = this.#inside.get(room) ?? 0
    if (room.roster.size === before) return
    this.#inside.set(room, room.roster.size)
    this.#people += room.roster.size - before
    this.emit('people', this.#people)
  }
}

const isListed = ({ empty, stored }: Room) => !empty && stored.visibility === 'public' && stored.closedAt === null

function grantOf({ tenantId, roomId, userId, name, permissions, tokenId }: KeptSeat): Grant | null {
  return permissions === null || tokenId === null ? null : { tokenId, tenantId, roomId, userId, name, permissions }
}

/** As the audit names someone who is connected. */
function actorOf({ userId, peer }: Connection): Actor {
  return { kind: 'person', id: userId, name: peer?.seat.name ?? '' }
}
