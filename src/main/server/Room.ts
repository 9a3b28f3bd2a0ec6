import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../shared/errors.ts'
import { Emitter } from '../../shared/emitter.ts'
import { keyedCode } from '../../shared/linkKey.ts'
import { Source, type ChatMessage, type Room as RoomInfo, type RoomState } from '../../shared/model.ts'
import type { Joined, Params, Payload, Value } from '../../shared/protocol.ts'
import type { Right, Role } from '../../shared/roles.ts'
import type { Connection, Tell } from './Connection.ts'
import { Door } from './Door.ts'
import { Peer, roleWithout, type Declared, type ResumeHashes, type Seat } from './Peer.ts'
import { admitsPlain, inTheClear } from './plainGuests.ts'
import { RoomMedia } from './RoomMedia.ts'
import { Roster } from './Roster.ts'
import type { Logger } from './log.ts'
import { Paced } from '../lan/Paced.ts'
import { opensAt } from './schedule.ts'
import { Sending } from './Sending.ts'
import type { Routers } from './sfu.ts'
import { audit, type Act, type Actor, type AuditEntry } from './store/audit.ts'
import { insertMessage, messagesOf } from './store/messages.ts'
import { closeSeat, openSeat, updateSeat, updateSeatRole } from './store/seats.ts'
import type { StoredRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'
import { noteRevoked } from './store/tokens.ts'
import { Stay, type Clock } from './Stay.ts'
import { Succession } from './Succession.ts'
import { Turns } from './Turns.ts'

/** The least time between two `roomChanged`, in ms: 20 a second at most. */
const NEWS_EVERY_MS = 50

/** Messages that the answer to a join brings along. */
const MESSAGES_AT_JOIN = 50

export interface RoomContext {
  store: Store
  sfu: Routers
  log: Logger
  /** How a room tells those who are in it. */
  teller: (channel: string) => Tell
  graceMs: number
  /** How long it stays ready while nobody is in it, nor waits for it. */
  readyMs: number
  clock: Clock
  /** What a link to a room carries beside its code. */
  linkKey: (stored: StoredRoom) => string
  /** Whether as many people are in the rooms of a tenant as may be. */
  isTenantFull: (tenantId: string) => boolean
}

type Events = {
  changed: []
  /** Someone has a seat now, or has given it up. */
  came: [Peer]
  left: [Peer]
}

/** A room that someone is in, or just was: its door, its roster, its chat, its media. */
export class Room extends Emitter<Events> {
  readonly id: string
  readonly door: Door
  readonly media: RoomMedia
  readonly roster: Roster
  readonly sending = new Sending(this)
  /** What those who lead it do to others, and what they see before it, is done one after the other. */
  readonly turns = new Turns()
  readonly #context: RoomContext
  readonly #tell: Tell
  readonly #held = new Map<Peer, NodeJS.Timeout>()
  readonly #succession: Succession
  #stored: StoredRoom
  #state: RoomState = 'EMPTY'
  /** While everyone is sent out, nobody takes over. */
  #isEnding = false
  readonly #news = new Paced(NEWS_EVERY_MS, () => this.#tellNews())

  constructor(stored: StoredRoom, context: RoomContext) {
    super()
    this.id = stored.id
    this.#stored = stored
    this.#context = context
    this.#tell = context.teller(stored.id)
    this.roster = new Roster(this.#tell)
    this.door = new Door(this, context)
    this.#succession = new Succession(this.roster, (peer, role) => this.#become(peer, role))
    this.media = new RoomMedia(context.sfu, context.log)
    this.media.on('reset', () => this.#tell('mediaReset', { rtpCapabilities: context.sfu.rtpCapabilities }))
    this.media.on('voices', (voices) => this.#tell('voices', { voices }))
  }

  get info(): RoomInfo {
    return describeRoom(this.#stored, this.#context.linkKey(this.#stored), this.#state, this.roster.size)
  }

  /** As someone may see it who comes so. */
  shownTo({ isPlain }: Pick<Seat, 'isPlain'>): RoomInfo {
    return isPlain ? inTheClear(this.info) : this.info
  }

  get stored(): StoredRoom {
    return this.#stored
  }

  set stored(stored: StoredRoom) {
    this.#stored = stored
    if (!admitsPlain(stored)) this.#sendPlainOut()
    this.#tellRoom()
    // There may be more places now, and less that may be sent.
    this.door.fill()
    for (const peer of this.roster) this.sending.limit(peer)
  }

  get empty(): boolean {
    return this.roster.size === 0
  }

  /** Whether nobody is in it, nor waits before it. */
  get idle(): boolean {
    return this.empty && this.door.waiting.size === 0
  }

  get isFull(): boolean {
    return this.#stored.maxPeers > 0 && this.roster.size >= this.#stored.maxPeers
  }

  get isTenantFull(): boolean {
    return this.#context.isTenantFull(this.#stored.tenantId)
  }

  /** Gives a seat, whoever has decided so: its door, or a seat that was held. Held at once where the connection is lost. */
  admit(connection: Connection | null, seat: Seat, wanted: Declared, resumeHashes: ResumeHashes): Peer {
    const peer = new Peer(this, seat, connection, wanted, resumeHashes, new Stay(this.#context.clock))
    if (!peer.may('publish')) peer.declared = { microphone: false, camera: false, screen: false }
    peer.media.on('changed', () => this.roster.changed(peer))
    peer.media.on('consumerClosed', (consumerId) => peer.connection?.wire.notify('consumerClosed', { consumerId }))
    peer.media.limit(this.#stored.mediaLimits.maxKbps)
    this.roster.add(peer)
    if (connection) this.#connect(peer, connection)
    else this.#hold(peer)
    openSeat(this.#context.store, {
      ...seat,
      roomId: this.id,
      tenantId: this.#stored.tenantId,
      connectedAt: peer.stay.beganAt,
      ...peer.declared,
      permissions: seat.grant?.permissions ?? null,
      tokenId: seat.grant?.tokenId ?? null,
      address: connection?.address ?? null,
      // What others could have read takes nothing back once the server knows no more who had it.
      resumeHash: seat.isPlain ? null : resumeHashes.current,
      previousResumeHash: resumeHashes.previous,
    })
    this.emit('came', peer)
    this.#succession.came(peer)
    this.#changed()
    return peer
  }

  /** What a newcomer, or someone who is back, needs to know. */
  async welcome(peer: Peer): Promise<Joined> {
    // The roster is read after the messages, in one go with its revision: nothing is told between the two.
    const { messages, more } = await this.history({ limit: MESSAGES_AT_JOIN }).catch((error: unknown) => {
      this.#context.log.warn({ err: error }, 'the chat so far cannot be read')
      return { messages: [], more: true }
    })
    this.door.lead(peer)
    return {
      status: 'joined',
      self: peer.member,
      room: this.shownTo(peer.seat),
      members: this.roster.members,
      revision: this.roster.revision,
      messages,
      more,
      rtpCapabilities: this.#context.sfu.rtpCapabilities,
    }
  }

  /** The connection is gone without a word: the seat is held for the grace period. */
  lost(peer: Peer): void {
    if (peer.connection) peer.stay.lost(peer.connection.heardUp)
    peer.connection = null
    this.roster.reconnecting(peer)
    this.#hold(peer)
  }

  /** Gives a held seat (or one whose old connection has not noticed its end) to a new connection. */
  resume(peer: Peer, connection: Connection): void {
    clearTimeout(this.#held.get(peer))
    this.#held.delete(peer)
    peer.stay.returned()
    const old = peer.connection
    this.#connect(peer, connection)
    if (old) {
      old.peer = null
      old.wire.close()
    }
    this.roster.returned(peer)
  }

  /** Frees a seat; one that `canReturn` can be taken back when the server is started again. */
  remove(peer: Peer, reason: Payload<'peerLeft'>['reason'], canReturn = false): void {
    if (this.roster.get(peer.id) !== peer) return
    clearTimeout(this.#held.get(peer))
    this.#held.delete(peer)
    if (peer.connection) {
      this.#disconnect(peer.connection)
      peer.connection.peer = null
    }
    this.roster.remove(peer, reason)
    peer.media.close()
    this.emit('left', peer)
    const deputy = this.#isEnding ? null : this.#succession.left(peer)
    if (deputy) this.note('hostChanged', null, { id: deputy.seat.userId, name: deputy.seat.name })
    closeSeat(this.#context.store, { peerId: peer.id, sessionId: peer.seat.sessionId, at: peer.stay.endedAt, canReturn })
    this.freed()
    this.#changed()
  }

  update(peer: Peer, declared: Params<'updateMember'>): Value<'updateMember'> {
    for (const source of Source.options) if (declared[source]) this.sending.require(peer, source)
    const before = peer.declared
    peer.declared = {
      microphone: declared.microphone ?? before.microphone,
      camera: declared.camera ?? before.camera,
      screen: declared.screen ?? before.screen,
    }
    if (isDeepStrictEqual(before, peer.declared)) return { member: peer.member }
    updateSeat(this.#context.store, peer.id, peer.declared)
    this.roster.changed(peer)
    this.#changed()
    return { member: peer.member }
  }

  /** Answers when the message is durable, and tells the others then. */
  async say(peer: Peer, { text, clientMessageId }: Params<'sendChat'>): Promise<Value<'sendChat'>> {
    this.require(peer, 'chat')
    const { message, isNew } = await insertMessage(this.#context.store, {
      roomId: this.id,
      from: { userId: peer.seat.userId, peerId: peer.id, name: peer.seat.name },
      clientMessageId,
      text,
      sentAt: new Date().toISOString(),
    })
    if (isNew) this.#tell('chatMessage', { message }, peer.connection)
    return { message }
  }

  history(page: Params<'chatHistory'>): Promise<{ messages: ChatMessage[]; more: boolean }> {
    return messagesOf(this.#context.store, this.id, { ...page, limit: page.limit ?? MESSAGES_AT_JOIN })
  }

  relay(from: Peer, { to, payload, roomId }: Params<'relay'>): void {
    const { id, slug, joinCode } = this.#stored
    const linkKey = this.#context.linkKey(this.#stored)
    if (roomId !== undefined && ![id, slug, joinCode, keyedCode(joinCode, linkKey)].includes(roomId))
      throw new AppError('notInRoom', 'You are not in that room; who is in another one is not reached from here')
    const connection = this.roster.get(to)?.connection
    if (!connection) throw new AppError('peerNotFound', 'Nobody with that id is connected in this room')
    connection.wire.notify('relay', { roomId: this.id, from: from.id, payload })
  }

  /** Gives someone another role. */
  setRole(peer: Peer, role: Role): void {
    if (peer.role === role && !peer.standsIn) return
    this.#succession.placed(peer)
    this.#become(peer, role)
    this.#succession.came(peer)
  }

  /** Someone's lasting role is another one now, or, with null, none: that of their seats, and of those who wait. */
  place(userId: string, role: Role | null): void {
    for (const peer of [...this.roster]) if (peer.seat.userId === userId) this.setRole(peer, role ?? roleWithout(peer.seat))
    this.door.place(userId, role)
  }

  /** Sends someone out, with a word. The token that they came with does not bring them back. */
  sendOut(peer: Peer, reason: Payload<'removed'>['reason']): void {
    peer.connection?.wire.notify('removed', { roomId: this.id, reason })
    const { grant } = peer.seat
    if (grant) noteRevoked(this.#context.store, grant.tenantId, grant.tokenId, new Date().toISOString())
    this.remove(peer, 'removed')
  }

  /** A place may be free. */
  freed(): void {
    this.door.fill()
    if (this.idle) this.emit('changed')
  }

  /** Notes what was done in the room, and is not stored otherwise. */
  note(...what: Parameters<Room['noteOf']>): void {
    audit(this.#context.store, this.noteOf(...what))
  }

  /** What is to be noted of what is done in the room; by the server itself where nobody does it. */
  noteOf(
    act: Act,
    by: Peer | Actor | null,
    subject: AuditEntry['subject'] = null,
    details: AuditEntry['details'] = {},
  ): AuditEntry {
    const actor = by instanceof Peer ? { kind: 'person' as const, id: by.seat.userId, name: by.seat.name } : by
    return {
      tenantId: this.#stored.tenantId,
      roomId: this.id,
      at: new Date().toISOString(),
      act,
      actor: actor ?? { kind: 'server', id: null, name: '' },
      subject,
      details,
    }
  }

  /** Sends everyone out, with a word. */
  end(reason: Payload<'roomClosed'>['reason']): void {
    this.#isEnding = true
    this.#tell('roomClosed', { roomId: this.id, reason })
    for (const { connection } of this.door.waiting) connection?.wire.notify('roomClosed', { roomId: this.id, reason })
    this.door.close()
    const peers = [...this.roster]
    // First everyone leaves the channel, so that nobody is told of all the others who go.
    for (const { connection } of peers) if (connection) this.#disconnect(connection)
    for (const peer of peers) this.remove(peer, 'closed', reason === 'shutdown')
    this.#isEnding = false
  }

  /** Throws `forbidden`. */
  require(peer: Peer, right: Right): void {
    if (!peer.may(right)) throw new AppError('forbidden', `Your role in this room (${peer.role}) does not allow that`)
  }

  close(): void {
    this.door.close()
    this.roster.close()
    this.#news.close()
    for (const timer of this.#held.values()) clearTimeout(timer)
    this.media.close()
  }

  #connect(peer: Peer, connection: Connection): void {
    peer.connection = connection
    connection.userId = peer.seat.userId
    connection.tenantId = this.#stored.tenantId
    connection.grant = peer.seat.grant
    connection.peer = peer
    connection.wire.enter(this.id)
    connection.wire.enter(this.#newsChannel(connection.isPlain))
  }

  #disconnect({ wire, isPlain }: Connection): void {
    wire.exit(this.id)
    wire.exit(this.#newsChannel(isPlain))
  }

  /** On which it says what it is now, to those who can be overheard apart from the others. */
  #newsChannel(isPlain: boolean): string {
    return `${isPlain ? 'plain ' : ''}news of ${this.id}`
  }

  /** For the grace period. */
  #hold(peer: Peer): void {
    this.#held.set(
      peer,
      setTimeout(() => this.remove(peer, 'lost'), this.#context.graceMs),
    )
  }

  #sendPlainOut(): void {
    for (const peer of [...this.roster]) if (peer.seat.isPlain) this.sendOut(peer, 'encryptionRequired')
    this.door.sendPlainAway()
  }

  #become(peer: Peer, role: Role): void {
    peer.role = role
    updateSeatRole(this.#context.store, peer.id, this.#succession.lastingRole(peer))
    this.sending.limit(peer)
    this.roster.changed(peer)
    this.door.lead(peer)
  }

  /** After coming, going, or a change of what is declared: is the state another one? */
  #changed(): void {
    const state = this.empty ? 'EMPTY' : [...this.roster].filter((peer) => peer.inCall).length >= 2 ? 'IN_CALL' : 'ACTIVE'
    const turned = state !== this.#state
    this.#state = state
    if (turned) this.#tellRoom()
    else this.emit('changed')
  }

  #tellRoom(): void {
    this.emit('changed')
    this.#news.due()
  }

  #tellNews(): void {
    for (const isPlain of [false, true])
      this.#context.teller(this.#newsChannel(isPlain))('roomChanged', { room: this.shownTo({ isPlain }) })
  }
}

/** A stored room as it is shown. */
export function describeRoom(stored: StoredRoom, linkKey: string, state: RoomState = 'EMPTY', present = 0): RoomInfo {
  const { id, name, slug, description, joinCode, visibility, admission, locked, maxPeers, emptyTtl, topology, timeZone } = stored
  const { mediaLimits, metadata, version, createdAt, updatedAt } = stored
  return {
    id,
    name,
    slug,
    description,
    joinCode,
    linkKey,
    visibility,
    admission,
    locked,
    hasPassword: stored.passwordHash !== null,
    maxPeers,
    emptyTtl,
    topology,
    timeZone,
    schedule: stored.schedule,
    opensAt: opensAt(stored),
    mediaLimits,
    metadata,
    host: stored.hostUserId === null ? null : { userId: stored.hostUserId, name: stored.hostName ?? '' },
    state,
    present,
    closed: stored.closedAt !== null,
    version,
    createdAt,
    updatedAt,
  }
}
