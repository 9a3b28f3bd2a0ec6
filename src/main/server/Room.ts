import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../shared/errors.ts'
import { Emitter } from '../../shared/emitter.ts'
import type { ChatMessage, Room as RoomInfo, RoomState } from '../../shared/model.ts'
import type { Params, Payload, Value } from '../../shared/protocol.ts'
import { may, type Right } from '../../shared/roles.ts'
import type { Connection, Tell } from './Connection.ts'
import { Peer, type Declared, type Seat } from './Peer.ts'
import { RoomMedia } from './RoomMedia.ts'
import { Roster } from './Roster.ts'
import type { Logger } from './log.ts'
import type { Sfu } from './sfu.ts'
import { insertMessage, messagesOf } from './store/messages.ts'
import { closeSeat, openSeat, updateSeat } from './store/seats.ts'
import type { StoredRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'

/** The least time between two `roomChanged`, in ms: 20 a second at most. */
const NEWS_EVERY_MS = 50

/** Messages that the answer to a join brings along. */
const MESSAGES_AT_JOIN = 50

export interface RoomContext {
  store: Store
  sfu: Sfu
  log: Logger
  /** How a room tells those who are in it. */
  teller: (channel: string) => Tell
  graceMs: number
}

/** A room that someone is in, or just was: its roster, its chat, its media. */
export class Room extends Emitter<{ changed: []; left: [Peer] }> {
  readonly id: string
  readonly media: RoomMedia
  readonly roster: Roster
  readonly #context: RoomContext
  readonly #tell: Tell
  readonly #held = new Map<Peer, NodeJS.Timeout>()
  #stored: StoredRoom
  #state: RoomState = 'EMPTY'
  #hasNews = false
  #pause: NodeJS.Timeout | null = null

  constructor(stored: StoredRoom, context: RoomContext) {
    super()
    this.id = stored.id
    this.#stored = stored
    this.#context = context
    this.#tell = context.teller(stored.id)
    this.roster = new Roster(this.#tell)
    this.media = new RoomMedia(context.sfu, context.log)
    this.media.on('reset', () => this.#tell('mediaReset', { rtpCapabilities: context.sfu.rtpCapabilities }))
    this.media.on('voices', (voices) => this.#tell('voices', { voices }))
  }

  get info(): RoomInfo {
    return describeRoom(this.#stored, this.#state, this.roster.size)
  }

  get stored(): StoredRoom {
    return this.#stored
  }

  set stored(stored: StoredRoom) {
    this.#stored = stored
    this.#tellRoom()
  }

  get empty(): boolean {
    return this.roster.size === 0
  }

  /**
   * Gives a connection a seat. From the last check to the seat nothing waits, so that of many who ask at once none is let in
   * above the limit. Throws `roomFull`, `roomClosed`.
   */
  admit(connection: Connection, seat: Seat, declared: Declared, resumeHashes: Peer['resumeHashes']): Peer {
    const { closedAt, maxPeers, name } = this.#stored
    if (closedAt !== null) throw new AppError('roomClosed', `${name} has been ended by its host`)
    if (maxPeers > 0 && this.roster.size >= maxPeers) {
      throw new AppError(
        'roomFull',
        `${name} holds ${maxPeers} ${maxPeers === 1 ? 'person' : 'people'}, and all places are taken`,
      )
    }
    const peer = new Peer(this, seat, connection, declared, resumeHashes)
    peer.media.on('changed', () => this.roster.changed(peer))
    peer.media.on('consumerClosed', (consumerId) => peer.connection?.wire.notify('consumerClosed', { consumerId }))
    connection.userId = seat.userId
    connection.peer = peer
    this.roster.add(peer)
    connection.wire.enter(this.id)
    openSeat(this.#context.store, {
      ...seat,
      roomId: this.id,
      tenantId: this.#stored.tenantId,
      ...declared,
      address: connection.address,
      resumeHash: resumeHashes.current,
      previousResumeHash: resumeHashes.previous,
    })
    this.#changed()
    return peer
  }

  /** What a newcomer, or someone who is back, needs to know. */
  async welcome(peer: Peer): Promise<Value<'joinRoom'>> {
    // The roster is read after the messages, in one go with its revision: nothing is told between the two.
    const { messages, more } = await this.history({ limit: MESSAGES_AT_JOIN }).catch((error: unknown) => {
      this.#context.log.warn({ err: error }, 'the chat so far cannot be read')
      return { messages: [], more: true }
    })
    return {
      status: 'joined',
      self: peer.member,
      room: this.info,
      members: this.roster.members,
      revision: this.roster.revision,
      messages,
      more,
      rtpCapabilities: this.#context.sfu.rtpCapabilities,
    }
  }

  /** The connection is gone without a word: the seat is held for the grace period. */
  lost(peer: Peer): void {
    peer.connection = null
    this.roster.reconnecting(peer)
    this.#held.set(
      peer,
      setTimeout(() => this.remove(peer, 'lost'), this.#context.graceMs),
    )
  }

  /** Gives a held seat (or one whose old connection has not noticed its end) to a new connection. */
  resume(peer: Peer, connection: Connection): void {
    clearTimeout(this.#held.get(peer))
    this.#held.delete(peer)
    const old = peer.connection
    peer.connection = connection
    connection.userId = peer.seat.userId
    connection.peer = peer
    connection.wire.enter(this.id)
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
      peer.connection.wire.exit(this.id)
      peer.connection.peer = null
    }
    this.roster.remove(peer, reason)
    peer.media.close()
    this.emit('left', peer)
    closeSeat(this.#context.store, { peerId: peer.id, sessionId: peer.seat.sessionId, at: new Date().toISOString(), canReturn })
    this.#changed()
  }

  update(peer: Peer, declared: Params<'updateMember'>): Value<'updateMember'> {
    if (declared.microphone || declared.camera || declared.screen) this.require(peer, 'publish')
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

  relay(from: Peer, { to, payload }: Params<'relay'>): void {
    const connection = this.roster.get(to)?.connection
    if (!connection) throw new AppError('peerNotFound', 'Nobody with that id is connected in this room')
    connection.wire.notify('relay', { roomId: this.id, from: from.id, payload })
  }

  async produce(peer: Peer, params: Params<'produce'>): Promise<Value<'produce'>> {
    this.require(peer, 'publish')
    return { producerId: await peer.media.produce(params) }
  }

  async resumeProducer(peer: Peer, producerId: string): Promise<void> {
    this.require(peer, 'publish')
    await peer.media.resumeProducer(producerId)
  }

  /** Sends everyone out, with a word. */
  end(reason: Payload<'roomClosed'>['reason']): void {
    this.#tell('roomClosed', { roomId: this.id, reason })
    const peers = [...this.roster]
    // First everyone leaves the channel, so that nobody is told of all the others who go.
    for (const { connection } of peers) connection?.wire.exit(this.id)
    for (const peer of peers) this.remove(peer, 'closed', reason === 'shutdown')
  }

  /** Throws `forbidden`. */
  require(peer: Peer, right: Right): void {
    if (!may(peer.seat.role, right))
      throw new AppError('forbidden', `Your role in this room (${peer.seat.role}) does not allow that`)
  }

  close(): void {
    this.roster.close()
    if (this.#pause) clearTimeout(this.#pause)
    for (const timer of this.#held.values()) clearTimeout(timer)
    this.media.close()
  }

  /** After coming, going, or a change of what is declared: is the state another one? */
  #changed(): void {
    const state = this.empty ? 'EMPTY' : [...this.roster].filter((peer) => peer.inCall).length >= 2 ? 'IN_CALL' : 'ACTIVE'
    const turned = state !== this.#state
    this.#state = state
    if (turned) this.#tellRoom()
    else this.emit('changed')
  }

  /** At once, and in a burst the latest only. */
  #tellRoom(): void {
    this.emit('changed')
    this.#hasNews = true
    if (!this.#pause) this.#tellNews()
  }

  #tellNews(): void {
    if (!this.#hasNews) return
    this.#hasNews = false
    this.#tell('roomChanged', { room: this.info })
    this.#pause = setTimeout(() => {
      this.#pause = null
      this.#tellNews()
    }, NEWS_EVERY_MS)
  }
}

/** A stored room as it is shown. */
export function describeRoom(stored: StoredRoom, state: RoomState = 'EMPTY', present = 0): RoomInfo {
  const { id, name, slug, description, joinCode, visibility, maxPeers, emptyTtl, topology, createdAt, updatedAt } = stored
  return {
    id,
    name,
    slug,
    description,
    joinCode,
    visibility,
    maxPeers,
    emptyTtl,
    topology,
    host: stored.hostUserId === null ? null : { userId: stored.hostUserId, name: stored.hostName ?? '' },
    state,
    present,
    closed: stored.closedAt !== null,
    createdAt,
    updatedAt,
  }
}
