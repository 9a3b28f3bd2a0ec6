import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import { parseJoinCode } from '../../shared/joinCode.ts'
import type { Room as RoomInfo, RoomSettings } from '../../shared/model.ts'
import type { Admittance, Params, Value } from '../../shared/protocol.ts'
import type { Right, Role } from '../../shared/roles.ts'
import { may } from '../../shared/roles.ts'
import { usageByDay } from './analytics.ts'
import { Calls } from './Calls.ts'
import { CodeBudget } from './CodeBudget.ts'
import type { Connection, Tell } from './Connection.ts'
import { Directory, noSuchRoom } from './Directory.ts'
import { EmptyRooms } from './EmptyRooms.ts'
import { deriveKey, hashSecret, randomId, sameSecret } from './ids.ts'
import { PasswordBudget } from './PasswordBudget.ts'
import { isPassword } from './passwords.ts'
import { Peer, type Applicant, type ResumeHashes } from './Peer.ts'
import { Resumes } from './Resumes.ts'
import { describeRoom, Room, type RoomContext } from './Room.ts'
import { RoomNews } from './RoomNews.ts'
import { invitation } from './schedule.ts'
import { auditOf, type Actor } from './store/audit.ts'
import { isBanned } from './store/bans.ts'
import { roomsOfUser, sessionsOf } from './store/history.ts'
import { roleOf } from './store/members.ts'
import { listRooms, noteOfRoom, roomById, type StoredRoom } from './store/rooms.ts'
import { dropSeats, rotateResume, type KeptSeat } from './store/seats.ts'
import { deleteTemplate, saveTemplate, templatesOf } from './store/templates.ts'
import { touchUser, wasHereBefore } from './store/users.ts'
import type { Waiter } from './WaitingList.ts'

const ROOMS_PER_PAGE = 50
/** How long a room that was made ready waits for the first one to come, in ms. */
const READY_MS = 60_000
/** A device that was in a room here so long ago was not made for guessing codes; in ms. */
const KNOWN_AFTER_MS = 10 * 60_000
/** Whoever has asked for the list of rooms of a tenant, and is in none. */
const watchersOf = (tenantId: string) => `watchers of ${tenantId}`

type RoomOfOne = Params<'deleteRoom'>

/** The living rooms of a server, by id, and who comes and goes. */
export class RoomServer extends Emitter<{ people: [count: number] }> {
  readonly directory: Directory
  readonly calls: Calls
  readonly #context: RoomContext
  readonly #masterKey: Uint8Array
  readonly #rooms = new Map<string, Room>()
  readonly #idle = new Map<Room, NodeJS.Timeout>()
  readonly #resumes = new Resumes()
  readonly #empty: EmptyRooms
  readonly #news: RoomNews
  readonly #codes = new CodeBudget()
  readonly #passwords = new PasswordBudget()
  #keeping: NodeJS.Timeout | null = null
  /** How many people are in each room, and in all of them. */
  readonly #inside = new WeakMap<Room, number>()
  #people = 0
  #closed = false

  constructor(context: RoomContext, masterKey: Uint8Array) {
    super()
    this.#context = context
    this.#masterKey = masterKey
    this.directory = new Directory(context.store)
    this.calls = new Calls(context.calls)
    this.#news = new RoomNews(
      (tenantId): Tell => context.teller(watchersOf(tenantId)),
      (stored) => this.describe(stored),
    )
    this.#empty = new EmptyRooms(context.store, context.log, async ({ tenantId, id }) => {
      const room = await roomById(context.store, tenantId, id)
      if (room && this.#rooms.get(id)?.idle !== false) await this.directory.delete(room, { kind: 'server', id: null, name: '' })
    })
    this.directory.on('changed', (stored) => this.#stored(stored))
    this.directory.on('gone', (stored) => this.#gone(stored))
  }

  /** Holds the seats of before a crash for those who come back within that time, in ms, and deletes what is overdue. */
  async start(seats: readonly KeptSeat[], forMs: number): Promise<void> {
    this.#resumes.keep(seats)
    this.#keeping = setTimeout(() => dropSeats(this.#context.store, this.#resumes.dropKept()), forMs)
    await this.#empty.start()
  }

  async createRoom(connection: Connection, params: Params<'createRoom'>): Promise<Value<'createRoom'>> {
    const { roomId, hostKey, templateId, ...given } = params
    const settings = { ...(await this.#template(connection, templateId)), ...given }
    const room =
      roomId === undefined
        ? await this.directory.create(connection.tenantId, actorOf(connection), settings, connection.userId)
        : await this.#makeReady(connection, roomId, hostKey)
    const isHost = this.#isHost(connection, room, hostKey)
    return { room: this.describe(room), hostKey: isHost ? this.#hostKey(room.id) : null }
  }

  async findRoom(connection: Connection, ref: string): Promise<RoomInfo> {
    return this.describe(await this.#find(connection, ref))
  }

  async updateRoom(connection: Connection, { changes, version, ...own }: Params<'updateRoom'>): Promise<Value<'updateRoom'>> {
    const onlyLocks = Object.keys(changes).every((name) => name === 'locked')
    const room = await this.#own(connection, own, onlyLocks ? 'lock' : 'editRoom')
    return { room: await this.change(room, actorOf(connection), changes, version) }
  }

  async renewJoinCode(connection: Connection, own: RoomOfOne): Promise<Value<'renewJoinCode'>> {
    const room = await this.#own(connection, own, 'editRoom')
    return { room: this.describe(await this.directory.renewCode(room, actorOf(connection))) }
  }

  async deleteRoom(connection: Connection, own: RoomOfOne): Promise<void> {
    await this.directory.delete(await this.#own(connection, own, 'deleteRoom'), actorOf(connection))
  }

  async roomInvitation(connection: Connection, { link, ...own }: Params<'roomInvitation'>): Promise<Value<'roomInvitation'>> {
    const room = await this.#own(connection, own, 'editRoom')
    return { calendar: invitation(room, link ?? null) }
  }

  async saveTemplate(connection: Connection, params: Params<'saveTemplate'>): Promise<Value<'saveTemplate'>> {
    const template = { templateId: randomId(), ...params, createdAt: new Date().toISOString() }
    return { template: await saveTemplate(this.#context.store, connection, template) }
  }

  async listTemplates(connection: Connection): Promise<Value<'listTemplates'>> {
    return { templates: await templatesOf(this.#context.store, connection) }
  }

  async deleteTemplate(connection: Connection, templateId: string): Promise<void> {
    if (!(await deleteTemplate(this.#context.store, connection, templateId))) throw noSuchTemplate()
  }

  async roomHistory(
    connection: Connection,
    { cursor, limit = 50, ...own }: Params<'roomHistory'>,
  ): Promise<Value<'roomHistory'>> {
    const room = await this.#own(connection, own, 'readHistory')
    return sessionsOf(this.#context.store, room.tenantId, { roomId: room.id, cursor, limit })
  }

  async roomUsage(connection: Connection, { from, to, ...own }: Params<'roomUsage'>): Promise<Value<'roomUsage'>> {
    const room = await this.#own(connection, own, 'readHistory')
    return { usage: await usageByDay(this.#context.store, room, this.describe(room).present, { from, to }) }
  }

  async roomAudit(connection: Connection, { limit = 100, ...own }: Params<'roomAudit'>): Promise<Value<'roomAudit'>> {
    const room = await this.#own(connection, own, 'readAudit')
    const entries = await auditOf(this.#context.store, room.tenantId, room.id, limit)
    return { entries: entries.map(({ at, act, actor, subject, details }) => ({ at, act, actor, subject, details })) }
  }

  async myRooms({ tenantId, userId }: Connection, { limit = 50 }: Params<'myRooms'>): Promise<Value<'myRooms'>> {
    const { store } = this.#context
    const visited = await roomsOfUser(store, tenantId, userId, limit)
    const rooms = await Promise.all(
      visited.map(async ({ roomId, lastSeenAt, isThere }) => {
        const stored = await roomById(store, tenantId, roomId)
        return stored && { room: this.describe(stored), lastSeenAt, isThere }
      }),
    )
    return { rooms: rooms.filter((room) => room !== null) }
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
    if (params.token !== undefined) throw new AppError('unauthorized', 'This server gives out no tokens')
    connection.joining = true
    try {
      const found = await this.#find(connection, params.roomId ?? params.joinCode ?? '', params.roomId === undefined)
      const applicant = await this.#applicant(connection, found, params)
      const { store } = this.#context
      const knowsPassword = await this.#knowsPassword(connection, found, params.password)
      const stored = found.closedAt !== null && applicant.standing === 'host' ? await this.#reopen(connection, found) : found
      if (stored.hostUserId === connection.userId) this.#nameHost(stored, params.name)
      const known = { knowsPassword, isBanned: await isBanned(store, stored.id, connection.userId, connection.deviceHash) }
      if (!connection.open) throw new AppError('disconnected', 'The connection has ended')
      const hashes = { current: hashSecret(connection.resume), previous: null }
      const holder = this.#open(stored).door.knock(connection, applicant, known, hashes)
      connection.wire.exit(watchersOf(connection.tenantId))
      // Whoever is in a room is called there.
      this.calls.gone(connection.id)
      return await this.#tellHolder(holder)
    } finally {
      connection.joining = false
    }
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
    const owner = holder instanceof Peer ? holder.seat : (holder?.applicant ?? kept)
    // A credential that was stolen is worth nothing on another device, nor without one.
    if (!owner || owner.deviceHash !== connection.deviceHash) return null
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
    const { tenantId } = connection
    if (!connection.peer) connection.wire.enter(watchersOf(tenantId))
    const wanted = query.trim().toLowerCase()
    const live = [...this.#rooms.values()].filter(
      (room) => room.stored.tenantId === tenantId && isListed(room) && room.info.name.toLowerCase().includes(wanted),
    )
    const page = await listRooms(this.#context.store, { tenantId, query: wanted, cursor, limit: ROOMS_PER_PAGE })
    // Rooms with people come first, on the first page; they are left out of the rest.
    const liveIds = new Set(live.map((room) => room.id))
    const rooms = page.rooms.filter((stored) => !liveIds.has(stored.id)).map((stored) => this.describe(stored))
    return { rooms: cursor === null ? [...live.map((room) => room.info), ...rooms] : rooms, cursor: page.cursor }
  }

  /** A room as it is shown, with who is in it now. */
  describe(stored: StoredRoom): RoomInfo {
    return this.#rooms.get(stored.id)?.info ?? describeRoom(stored)
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

  async #template(connection: Connection, templateId: string | undefined): Promise<RoomSettings> {
    if (templateId === undefined) return {}
    const templates = await templatesOf(this.#context.store, connection)
    const template = templates.find((one) => one.templateId === templateId)
    if (!template) throw noSuchTemplate()
    return template.settings
  }

  async #makeReady(connection: Connection, ref: string, hostKey: string | undefined): Promise<StoredRoom> {
    const found = await this.#find(connection, ref)
    const isHost = this.#isHost(connection, found, hostKey)
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

  /** The room that a reference means, as it is now. Throws `roomNotFound`, and `rateLimited` for who tries many codes. */
  async #find(connection: Connection, ref: string, codeOnly = false): Promise<StoredRoom> {
    const { tenantId, userId, address } = connection
    const named = codeOnly ? null : await this.directory.findNamed(tenantId, ref)
    if (named) return named
    const isKnown = await wasHereBefore(this.#context.store, userId, new Date(Date.now() - KNOWN_AFTER_MS).toISOString())
    const lookUp = () => this.directory.findByCode(tenantId, ref)
    // What cannot be a code costs nothing: nothing is guessed with it.
    const guesser = { address, knownUserId: isKnown ? userId : null }
    const found = await (parseJoinCode(ref) === null ? lookUp() : this.#codes.spend(guesser, lookUp))
    if (!found) throw noSuchRoom()
    return found
  }

  /** The room that is meant, by someone who has a right to it: in it by their role, elsewhere by its key or as its host. */
  async #own(connection: Connection, { roomId, hostKey }: RoomOfOne, right: Right): Promise<StoredRoom> {
    const { peer } = connection
    if (roomId === undefined) {
      if (!peer) throw new AppError('notInRoom', 'Say which room you mean, or join it first')
      peer.room.require(peer, right)
      return peer.room.stored
    }
    const room = await this.#find(connection, roomId)
    const role = peer?.room.id === room.id && hostKey === undefined ? peer.role : await this.#role(connection, room, hostKey)
    if (role === null || !may(role, right)) throw new AppError('forbidden', 'Only those who lead this room may do that')
    return room
  }

  async #knowsPassword(
    { address }: Connection,
    { id, passwordHash }: StoredRoom,
    password: string | undefined,
  ): Promise<boolean> {
    if (password === undefined || passwordHash === null) return false
    return this.#passwords.spend(id, address, () => isPassword(password, passwordHash))
  }

  async #applicant(connection: Connection, room: StoredRoom, params: Params<'joinRoom'>): Promise<Applicant> {
    const role = await this.#role(connection, room, params.hostKey)
    const { microphone = false, camera = false, screen = false } = params
    return {
      userId: connection.userId,
      deviceHash: connection.deviceHash,
      name: params.name,
      role: role ?? 'speaker',
      standing: role === null ? 'stranger' : role === 'host' || role === 'cohost' ? role : 'member',
      declared: { microphone, camera, screen },
      wouldWait: params.queue ?? false,
    }
  }

  /** What someone is to a room for good; null for nobody that it knows. */
  async #role(connection: Connection, room: StoredRoom, hostKey: string | undefined): Promise<Role | null> {
    return this.#isHost(connection, room, hostKey) ? 'host' : roleOf(this.#context.store, room.id, connection.userId)
  }

  #isHost(connection: Connection, stored: StoredRoom, hostKey: string | undefined): boolean {
    if (hostKey !== undefined && sameSecret(hostKey, this.#hostKey(stored.id))) return true
    return stored.hostUserId === connection.userId
  }

  /** Derived, so that it need not be stored to be given again. */
  #hostKey(roomId: string): string {
    return deriveKey(this.#masterKey, `lanyard host key ${roomId}`)
  }

  async #resumeKept(connection: Connection, kept: KeptSeat, used: string, next: ResumeHashes): Promise<Admittance | null> {
    const { store } = this.#context
    const stored = await roomById(store, connection.tenantId, kept.roomId)
    const isKeptOut = stored && (stored.closedAt !== null || (await isBanned(store, stored.id, kept.userId, kept.deviceHash)))
    // Of two who show the same credential at once, one has the seat by now.
    if (!stored || isKeptOut || !connection.open || !this.#resumes.kept(used)) return null
    const room = this.#open(stored)
    if (room.isFull) return null
    this.#resumes.takeKept(kept)
    return this.#tellHolder(room.admit(connection, { ...kept, sessionId: randomId() }, kept.declared, next))
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
    touchUser(this.#context.store, { id: seat.userId, tenantId, deviceHash: seat.deviceHash, name: seat.name, at: seat.joinedAt })
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
  #stored(stored: StoredRoom): void {
    const live = this.#rooms.get(stored.id)
    if (live) live.stored = stored
    if (stored.version === 1) this.#empty.made(stored)
    this.#news.changed(stored)
  }

  #gone(stored: StoredRoom): void {
    const live = this.#rooms.get(stored.id)
    this.#empty.gone(stored.id)
    live?.end('deleted')
    if (live) this.#drop(live)
    this.#news.gone(stored)
  }

  #count(room: Room): void {
    const before = this.#inside.get(room) ?? 0
    if (room.roster.size === before) return
    this.#inside.set(room, room.roster.size)
    this.#people += room.roster.size - before
    this.emit('people', this.#people)
  }
}

const noSuchTemplate = () => new AppError('templateNotFound', 'You have kept no settings under that id')

const isListed = (room: Room) => !room.empty && room.info.visibility === 'public' && !room.info.closed

/** As the audit names someone who is connected. */
function actorOf({ userId, peer }: Connection): Actor {
  return { kind: 'person', id: userId, name: peer?.seat.name ?? '' }
}
