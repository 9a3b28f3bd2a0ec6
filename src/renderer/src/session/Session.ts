import type { Device } from 'mediasoup-client'
import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Member, Revision, Room } from '../../../shared/model.ts'
import type { Joined, ParamsInput, Payload, Value } from '../../../shared/protocol.ts'
import { Bystanders } from './Bystanders.ts'
import type { Capture, DeviceKind } from './capture.ts'
import { Chat, type ChatEntry } from './Chat.ts'
import { Leading } from './Leading.ts'
import { LocalMedia } from './LocalMedia.ts'
import { MediaEngine } from './MediaEngine.ts'
import type { PairPatience } from './Pair.ts'
import { Reconciler } from './Reconciler.ts'
import { Records } from './Records.ts'
import { Ringing } from './Ringing.ts'
import { RoomList } from '../../../client/RoomList.ts'
import { Roster } from './Roster.ts'
import { Seat, type SessionState } from './Seat.ts'
import { Signaling, type ConnectionState, type SignalingOptions } from '../../../client/Signaling.ts'
import type { Toggle } from './Toggle.ts'

export type { SessionState } from './Seat.ts'

type Finer = 'state' | 'connection' | 'roster' | 'chat' | 'media' | 'voices' | 'rooms' | 'waiting'
/** `changed` comes after each of the finer ones. */
type Events = { changed: [] } & Record<Finer, []>

/** Without an address one's own devices can be looked at. */
export interface SessionOptions extends SignalingOptions {
  capture: Capture
  createDevice?: () => Promise<Device>
  /** How long direct calls wait for a connection. */
  pairPatience?: PairPatience
}

export interface JoinOptions {
  /** The room's id, slug or join code. */
  roomRef: string
  name: string
  hostKey?: string | undefined
  password?: string | undefined
  /** Whether to wait where the room is full, instead of `roomFull`. */
  queue?: boolean | undefined
  /** Switches that are to be on or off; those not named stay as they are. */
  microphone?: boolean | undefined
  camera?: boolean | undefined
}

/** What was said to those who wait. */
export type WaitingMessage = Pick<Payload<'waitingMessage'>, 'from' | 'text'>

/** What of the media engine concerns those who show it. */
export type Media = Pick<MediaEngine, 'state' | 'track' | 'localTrack' | 'stats' | 'on'>

/**
 * One person's way into rooms of one server: connection, roster, chat, media. It survives lost connections and restarts of the
 * server, and says at each time where it stands.
 */
export class Session extends Emitter<Events> {
  readonly #signaling: Signaling
  readonly #seat: Seat
  readonly #roster: Roster
  readonly #chat: Chat
  readonly #engine: MediaEngine
  readonly #local: LocalMedia
  readonly #list: RoomList
  readonly #leading: Leading
  readonly #records: Records
  readonly #ringing: Ringing
  readonly #bystanders: Bystanders
  readonly #listing = new Reconciler(() => this.#watchAgain())
  #voices: ReadonlyMap<string, number> = new Map()
  #waitingMessages: readonly WaitingMessage[] = []
  #closed = false

  constructor({ url, device, locate, capture, createDevice = newDevice, pairPatience }: SessionOptions) {
    super()
    this.#signaling = new Signaling({ url, device, locate })
    this.#roster = new Roster(() => this.#signaling.request('listMembers', {}))
    this.#chat = new Chat(this.#signaling)
    this.#engine = new MediaEngine(this.#signaling, createDevice)
    this.#local = new LocalMedia(capture, this.#engine, this.#signaling)
    this.#list = new RoomList(this.#signaling)
    this.#leading = new Leading(this.#signaling)
    this.#records = new Records(this.#signaling)
    this.#seat = new Seat(this.#signaling, () => this.#local.live)
    const seatId = () => ('selfId' in this.state ? this.state.selfId : null)
    this.#ringing = new Ringing({ signaling: this.#signaling, capture, seatId, patience: pairPatience })
    this.#bystanders = new Bystanders(this.#signaling, () => this.#seat.isFree)
    this.#listen()
  }

  get state(): SessionState {
    return this.#seat.state
  }

  get connection(): ConnectionState {
    return this.#signaling.state
  }

  /** What the server has last said of itself; null before it has. */
  get server(): Signaling['server'] {
    return this.#signaling.server
  }

  /** Everyone present, in the order of joining, oneself included. */
  get members(): readonly Member[] {
    return this.#roster.members
  }

  /** Of the roster; null outside of rooms. */
  get revision(): Revision | null {
    return this.#roster.revision
  }

  get self(): Member | null {
    return ('selfId' in this.state && this.#roster.get(this.state.selfId)) || null
  }

  /** Who waits before the room, and what those do who lead it. */
  get leading(): Leading {
    return this.#leading
  }

  /** What is kept of the room, and of oneself. */
  get records(): Records {
    return this.#records
  }

  /** Calls among some of those who are here, or outside of rooms. */
  get ringing(): Ringing {
    return this.#ringing
  }

  /** Who is connected outside of rooms. */
  get bystanders(): Bystanders {
    return this.#bystanders
  }

  /** What those inside have said to whoever waits, while one waits; the latest last. */
  get waitingMessages(): readonly WaitingMessage[] {
    return this.#waitingMessages
  }

  get messages(): readonly ChatEntry[] {
    return this.#chat.entries
  }

  get hasEarlierMessages(): boolean {
    return this.#chat.hasEarlier
  }

  /** Who is heard now, by peer, in dBov; loudest first. */
  get voices(): ReadonlyMap<string, number> {
    return this.#voices
  }

  /** The public rooms of the server, once `watchRooms` was called. */
  get rooms(): readonly Room[] {
    return this.#list.rooms
  }

  /** What the server has last told of a room, listed or not; undefined where it has told nothing. */
  news(roomId: string): Room | undefined {
    return this.#list.news(roomId)
  }

  get media(): Media {
    return this.#engine
  }

  get microphone(): Toggle {
    return this.#local.toggle('microphone')
  }

  get camera(): Toggle {
    return this.#local.toggle('camera')
  }

  get screen(): Toggle {
    return this.#local.toggle('screen')
  }

  async createRoom(params: ParamsInput<'createRoom'>): Promise<Value<'createRoom'>> {
    await this.#signaling.ready()
    return this.#signaling.request('createRoom', params)
  }

  /** Throws `roomNotFound`. */
  async findRoom(roomRef: string): Promise<Room> {
    // Whoever looks at a room is about to enter it.
    void loadMediaLibrary().catch(() => {})
    await this.#signaling.ready()
    const { room } = await this.#signaling.request('findRoom', { roomId: roomRef })
    return room
  }

  /** Keeps `rooms` up to date from now on, in rooms excepted. */
  async watchRooms(): Promise<void> {
    await this.#signaling.ready()
    await this.#list.watch()
  }

  /**
   * Takes a seat. Resolves when roster and chat are live, when one has to wait before the door, or when it was left meanwhile; media
   * follows and never fails a join.
   * Throws what the server answers (`roomNotFound`, `roomFull`, `roomClosed`…), and `disconnected`.
   */
  async join({ roomRef, name, hostKey, password, queue, microphone, camera }: JoinOptions): Promise<void> {
    if (microphone !== undefined) this.microphone.set(microphone)
    if (camera !== undefined) this.camera.set(camera)
    await this.#seat.take(roomRef, { name, hostKey, password, queue })
  }

  /** Out at once; resolves when the server knows. */
  async leave(): Promise<void> {
    await this.#seat.leave()
    // Only now does the server count without us, and tell of changes again.
    this.#listing.kick()
  }

  /** Ends the meeting for everyone. Throws `forbidden`. */
  endForAll(): Promise<void> {
    return this.#seat.endForAll()
  }

  /** Shows the message at once and sends it until it is stored, once. Throws `badRequest` where it is too long, `notInRoom`. */
  sendChat(text: string): void {
    if (!this.#seat.isTaken) throw new AppError('notInRoom', 'You are in no room; join one to write')
    this.#chat.send(text)
  }

  retryChat(clientMessageId: string): void {
    this.#chat.retry(clientMessageId)
  }

  discardChat(clientMessageId: string): void {
    this.#chat.discard(clientMessageId)
  }

  /** Throws what the server answers. */
  loadEarlier(): Promise<void> {
    return this.#chat.loadEarlier()
  }

  /** Takes another microphone or camera; null is the system's choice. Throws `deviceNotFound` and its like, and keeps the old one. */
  async useDevice(kind: DeviceKind, deviceId: string | null): Promise<void> {
    await Promise.all([this.#local.use(kind, deviceId), this.#ringing.use(kind, deviceId)])
  }

  /** Outside of rooms: everything off and the devices free, for whoever has looked at their picture and does not join, or waits. */
  releaseDevices(): void {
    if (this.#seat.isFree || this.state.status === 'waiting') this.#local.exit()
  }

  /** There is reason to hope that the server can be reached: tries now. */
  wake(): void {
    this.#signaling.wake()
  }

  /** The server is to be found elsewhere: leaves what is left of the connection, and looks for it. */
  reconnect(): void {
    this.#signaling.reconnect()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#listing.close()
    this.#ringing.close()
    this.#bystanders.close()
    this.#seat.close()
    this.#signaling.close()
    this.#roster.close()
    this.#leading.close()
    this.#engine.close()
    this.#chat.close()
    this.#local.close()
  }

  #listen(): void {
    const signaling = this.#signaling
    this.#seat.on('admitted', (joined) => this.#enter(joined))
    this.#seat.on('lost', () => this.#suspend())
    this.#seat.on('exited', () => this.#exit())
    this.#seat.on('changed', () => this.#seatChanged())
    this.#roster.on('changed', () => this.#rosterChanged())
    this.#chat.on('changed', () => this.#announce('chat'))
    this.#engine.on('changed', () => this.#announce('media'))
    this.#local.on('changed', () => this.#announce('media'))
    this.#list.on('changed', () => this.#announce('rooms'))
    this.#leading.on('changed', () => this.#announce('waiting'))
    signaling.on('changed', () => this.#connectionChanged())
    signaling.on('peerJoined', ({ member, revision }) => this.#roster.put(member, revision))
    signaling.on('peerChanged', ({ member, revision }) => this.#roster.put(member, revision))
    signaling.on('peerLeft', ({ peerId, revision }) => this.#roster.remove(peerId, revision))
    signaling.on('peerReconnecting', ({ peerId, revision }) => this.#roster.reconnecting(peerId, revision))
    signaling.on('chatMessage', ({ message }) => this.#chat.receive(message))
    signaling.on('voices', ({ voices }) => this.#hear(new Map(voices.map(({ peerId, level }) => [peerId, level]))))
    signaling.on('mediaReset', ({ rtpCapabilities }) => {
      if (this.state.status === 'joined') this.#engine.start(rtpCapabilities, { sends: !this.self?.plain })
    })
    signaling.on('roomChanged', ({ room }) => this.#list.put(room))
    signaling.on('roomGone', ({ roomId }) => this.#list.remove(roomId))
    signaling.on('waitingMessage', ({ roomId, from, text }) => {
      if (this.state.status === 'waiting' && this.state.room.id === roomId) this.#keepWaitingMessages({ from, text })
    })
  }

  #seatChanged(): void {
    this.#listing.kick()
    this.#bystanders.follow()
    if (this.state.status !== 'waiting' && this.#waitingMessages.length > 0) this.#waitingMessages = []
    this.#announce('state')
  }

  #connectionChanged(): void {
    this.#listing.kick()
    this.#announce('connection')
  }

  /** Roster and chat first, then media. */
  #enter({ self, room, members, revision, messages, more, rtpCapabilities }: Joined): void {
    this.#roster.replace({ members, revision })
    this.#chat.open(room.id, messages, more)
    this.#engine.setMembers(this.#roster.members, self.peerId)
    this.#engine.start(rtpCapabilities, { sends: !self.plain })
    this.#local.enter(self)
    this.#leading.enter(self.role)
  }

  /** What is on goes on; the media may outlive the connection. */
  #suspend(): void {
    this.#chat.suspend()
    this.#hear(new Map())
  }

  #exit(): void {
    this.#engine.stop()
    this.#chat.leave()
    this.#roster.clear()
    this.#leading.exit()
    this.#ringing.exit()
    this.#local.exit()
    this.#hear(new Map())
  }

  #rosterChanged(): void {
    const { self, state } = this
    if (state.status === 'joined') this.#engine.setMembers(this.#roster.members, state.selfId)
    if (state.status === 'joined' && self) {
      this.#local.follow(self)
      this.#leading.turn(self.role)
    }
    this.#announce('roster')
  }

  async #watchAgain(): Promise<void> {
    const canWatch = this.#seat.isFree && this.#signaling.state.status === 'connected'
    if (this.#list.isWatched && canWatch) await this.#list.watch()
  }

  #keepWaitingMessages(latest: WaitingMessage): void {
    this.#waitingMessages = [...this.#waitingMessages, latest].slice(-WAITING_MESSAGES)
    this.#announce('waiting')
  }

  #hear(voices: ReadonlyMap<string, number>): void {
    this.#voices = voices
    this.#announce('voices')
  }

  #announce(what: Finer): void {
    this.emit(what)
    this.emit('changed')
  }
}

/** Words to those who wait that are kept; they are not stored anywhere. */
const WAITING_MESSAGES = 20

/** A third of all code, which the first screen does without. */
const loadMediaLibrary = () => import('mediasoup-client')

async function newDevice(): Promise<Device> {
  const { Device } = await loadMediaLibrary()
  return Device.factory()
}
