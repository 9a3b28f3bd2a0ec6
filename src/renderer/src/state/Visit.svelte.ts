import { AppError } from '../../../shared/errors.ts'
import type { Room, RoomSettings } from '../../../shared/model.ts'
import { leadsTo, linkFaults, linkRef, writeWebLink, type RoomLink } from '../../../shared/roomLink.ts'
import type { Platform } from '../platform/Platform.ts'
import type { Session, SessionState, WaitingMessage } from '../session/Session.ts'
import { follow } from './follow.ts'
import { linksOf } from './linksOf.ts'
import type { Outside, Place } from './Place.ts'
import type { Preferences } from './Preferences.svelte.ts'
import { readTyped } from './typed.ts'

/** What was typed and does not lead into a room of this server. */
export interface WrongWay {
  message: string
  /** Another server's room, for the browser to open. */
  link: string | null
}

/** The way from the first screen into a room and out again. */
export class Visit {
  readonly #session: Session
  readonly #platform: Platform
  readonly #preferences: Preferences
  readonly #connection: () => void
  readonly #state: () => void
  readonly #rooms: () => void
  readonly #waiting: () => void
  /** What was typed at the door, and what is wrong with it. */
  password = $state('')
  #passwordError = $state<string | null>(null)
  /** What was typed at the doors of rooms, by their ids, and was not wrong: whoever comes back need not type it again. */
  readonly #passwords = new Map<string, string>()
  /** Out of the lobby or the line into the room, the devices go on as they were wished. */
  #hasWaited = false
  /** Whether one has come for the chat alone, and has not joined the call since. */
  #isForChat = $state(false)
  /** Where one is outside of a call. */
  #outside = $state.raw<Outside>({ at: 'home' })
  /** The end that was read and put aside. */
  #dismissed = $state.raw<SessionState | null>(null)
  #listError = $state.raw<AppError | null>(null)
  #isListed = $state(false)
  #isLost = $state(false)

  constructor(session: Session, platform: Platform, preferences: Preferences) {
    this.#session = session
    this.#platform = platform
    this.#preferences = preferences
    this.#connection = follow(session, 'connection')
    this.#state = follow(session, 'state')
    this.#rooms = follow(session, 'rooms')
    this.#waiting = follow(session, 'waiting', 'state')
    this.#isLost = session.connection.status === 'waiting'
    session.on('connection', () => this.#connectionChanged())
    session.on('rooms', () => this.#roomsChanged())
    session.on('state', () => this.#stateChanged())
    session.on('media', () => this.#mediaChanged())
    void this.watchRooms()
    const { room, fault = null } = platform.invitation
    if (room !== null) void this.open(room)
    else if (fault !== null) this.#outside = { at: 'refused', error: new AppError('badRequest', linkFaults[fault]), ref: '' }
  }

  get place(): Place {
    this.#state()
    const { state } = this.#session
    if (state.status === 'joined' || state.status === 'reconnecting') return { at: 'call' }
    if (state.status === 'waiting') return { at: 'waiting', reason: state.reason, place: state.place, room: state.room }
    if (state.status === 'left' && state.reason !== 'left' && state.room && state !== this.#dismissed)
      return { at: 'over', reason: state.reason, room: state.room }
    return this.#outside
  }

  /** What those inside say to whoever waits. */
  get waitingMessages(): readonly WaitingMessage[] {
    this.#waiting()
    return this.#session.waitingMessages
  }

  get connection(): Session['connection'] {
    this.#connection()
    return this.#session.connection
  }

  /** The server does not answer; from the first failed attempt to the one that succeeds. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** Who one is for the server; null until it has said so. */
  get userId(): string | null {
    const { connection } = this
    return connection.status === 'connected' ? connection.welcome.userId : null
  }

  get isJoining(): boolean {
    this.#state()
    return this.#session.state.status === 'joining'
  }

  /** The server's public rooms; null until they are known. */
  get rooms(): readonly Room[] | null {
    this.#rooms()
    return this.#isListed ? this.#session.rooms : null
  }

  /** Why the rooms are not known. */
  get listError(): AppError | null {
    return this.#listError
  }

  async watchRooms(): Promise<void> {
    this.#listError = null
    try {
      await this.#session.watchRooms()
      this.#isListed = true
    } catch (error) {
      this.#listError = AppError.from(error)
    }
  }

  /** Does not wait for the next attempt to reach the server. */
  tryAgain(): void {
    this.#session.wake()
    if (!this.#isListed) void this.watchRooms()
  }

  /** Looks up what was typed or pasted, and goes to that room's door. Resolves with what is wrong with it, or null. */
  async openTyped(text: string): Promise<WrongWay | null> {
    if (text.trim() === '') return { message: 'Type the code that you were given.', link: null }
    const typed = readTyped(text)
    if (typed.kind === 'wrong') return { message: typed.message, link: null }
    if (typed.kind === 'link' && !this.#leadsHere(typed.link))
      return {
        message: 'That link leads to another server.',
        link: typed.text.startsWith('http') ? typed.text : writeWebLink(typed.link),
      }
    const message = await this.look(typed.kind === 'link' ? linkRef(typed.link) : typed.ref)
    return message === null ? null : { message, link: null }
  }

  /** Goes to a room's door, if this server knows it. Resolves with why not, or null. */
  async look(ref: string): Promise<string | null> {
    const from = this.#outside
    try {
      const room = await this.#session.findRoom(ref)
      if (this.#outside === from) this.#goToDoor(room)
      return null
    } catch (error) {
      return AppError.from(error).message
    }
  }

  /** What opens a room in the app, for those who are in a browser; null for others. */
  appLink(room: Room): string | null {
    this.#connection()
    return this.#platform.appLink(room, linksOf(room, this.#session, this.#platform))
  }

  /** Goes to a room's door, as soon as there is a server that knows it. */
  async open(ref: string): Promise<void> {
    const finding = { at: 'finding' } as const
    this.#goTo(finding)
    while (this.#outside === finding) {
      try {
        const room = await this.#session.findRoom(ref)
        if (this.#outside === finding) this.#goToDoor(room)
      } catch (thrown) {
        const error = AppError.from(thrown)
        if (this.#outside !== finding || this.#session.connection.status === 'closed') return
        if (error.code !== 'disconnected') this.#goTo({ at: 'refused', error, ref })
      }
    }
  }

  /** Makes a room, of a template where one is named, and goes to its door. Resolves with why that did not work, or null. */
  async create(name: string, settings: RoomSettings, templateId?: string): Promise<string | null> {
    try {
      const { room, hostKey } = await this.#session.createRoom({ ...settings, name, templateId })
      if (hostKey !== null) this.#platform.keepHostKey(room.id, hostKey)
      this.#goToDoor(room)
      return null
    } catch (error) {
      return AppError.from(error).message
    }
  }

  /** Whether one is host of a room, and so may open it again after it was ended. */
  canOpen({ id, host }: Room): boolean {
    return this.#platform.hostKey(id) !== null || (host !== null && host.userId === this.userId)
  }

  /** Whether a room's password has to be typed; whoever has made the room, or leads it, needs none. */
  asksPassword(room: Room): boolean {
    return this.#passwordError !== null || (room.hasPassword && !this.canOpen(room))
  }

  /** What is wrong with the password, or null. */
  get passwordError(): string | null {
    return this.#passwordError
  }

  forgetPasswordError(): void {
    if (this.password !== '') this.#passwordError = null
  }

  /** Whether one is in the room, or before it, for its chat alone. */
  get isForChat(): boolean {
    return this.#isForChat
  }

  /** From being there for the chat into the call. */
  joinCall(): void {
    this.#isForChat = false
    this.#switchOn()
    if (!this.#session.microphone.desired && !this.#session.camera.desired) this.#session.microphone.set(true)
  }

  /** From the door into the room, or into its lobby; for its chat alone with everything off, which is not remembered. */
  async join(forChat = false): Promise<void> {
    if (forChat !== this.#isForChat) {
      this.#isForChat = forChat
      this.#switchOn()
    }
    if (this.#outside.at === 'ready') await this.#enter(this.#outside, this.#outside.room)
  }

  /** Stands in line for a place in a room that was full. */
  async waitForPlace(): Promise<void> {
    const from = this.#outside
    if (from.at === 'refused' && from.room) await this.#enter(from, from.room, true)
  }

  async #enter(from: Outside, room: Room, queue = false): Promise<void> {
    if (this.password !== '') this.#passwords.set(room.id, this.password)
    const isStillHere = () => this.#outside === from || (from.at === 'ready' && this.#isAtDoor(room))
    try {
      await this.#session.join({
        roomRef: room.id,
        name: this.#preferences.name.trim(),
        hostKey: this.#platform.hostKey(room.id) ?? undefined,
        password: this.password === '' ? undefined : this.password,
        queue: queue || undefined,
      })
      if (!isStillHere()) return
      this.#preferences.remember(room)
      // Behind the call: where one is after it.
      this.#outside = { at: 'home' }
      if (from.at === 'refused' && this.#session.state.status === 'joined') this.#switchOn()
    } catch (thrown) {
      if (!isStillHere()) return
      const error = AppError.from(thrown)
      if (error.code === 'disconnected') await this.open(room.id)
      else if (error.code === 'passwordRequired') this.#askPassword(room)
      else this.#goTo({ at: 'refused', error, ref: room.id, room })
    }
  }

  #askPassword(room: Room): void {
    const isWrong = this.password !== ''
    this.#passwords.delete(room.id)
    if (this.#outside.at !== 'ready') this.#goToDoor(room)
    this.password = ''
    this.#passwordError = isWrong ? 'That is not the password of this room. Try again.' : 'This room asks for a password.'
  }

  /** Out of the room, back to the first screen. */
  leave(): void {
    this.goHome()
    void this.#session.leave()
  }

  /** Ends the meeting for everyone. Resolves with why that did not work, or null. */
  async endForAll(): Promise<string | null> {
    try {
      await this.#session.endForAll()
      return null
    } catch (error) {
      return AppError.from(error).message
    }
  }

  goHome(): void {
    this.#dismissed = this.#session.state
    this.#goTo({ at: 'home' })
  }

  /** Back to the door of the room that one was in. */
  async returnTo(ref: string): Promise<void> {
    this.#dismissed = this.#session.state
    await this.open(ref)
  }

  #connectionChanged(): void {
    const { status } = this.#session.connection
    if (status === 'waiting') this.#isLost = true
    if (status !== 'connected') return
    this.#isLost = false
    if (!this.#isListed) void this.watchRooms()
  }

  #leadsHere(link: RoomLink): boolean {
    const { serverUrl } = this.#platform
    const { urls, fingerprint } = this.#session.server ?? { urls: [], fingerprint: null }
    return leadsTo(link, { urls: serverUrl === null ? urls : [serverUrl, ...urls], fingerprint })
  }

  #isAtDoor({ id }: Room): boolean {
    return this.#outside.at === 'ready' && this.#outside.room.id === id
  }

  /** Someone at the door sees what becomes of the room. */
  #roomsChanged(): void {
    if (this.#outside.at !== 'ready') return
    const room = this.#session.news(this.#outside.room.id)
    if (!room) return
    if (room.closed && !this.canOpen(room)) this.#goTo(ended(room))
    else this.#outside = { at: 'ready', room }
  }

  #goToDoor(room: Room): void {
    if (room.closed && !this.canOpen(room)) return this.#goTo(ended(room))
    this.#goTo({ at: 'ready', room })
    this.password = this.#passwords.get(room.id) ?? ''
    this.#passwordError = null
    this.#isForChat = false
    this.#platform.showRoom(room)
    this.#switchOn()
  }

  #switchOn(): void {
    if (this.#isForChat || this.#platform.isPlain) return this.#session.releaseDevices()
    this.#session.microphone.set(this.#preferences.comesWith('microphone'))
    this.#session.camera.set(this.#preferences.comesWith('camera'))
  }

  /** Nobody is seen or heard while they wait, and their devices are free. */
  #stateChanged(): void {
    const { state } = this.#session
    if (state.status === 'waiting' && !this.#hasWaited) this.#session.releaseDevices()
    else if (state.status === 'joined' && this.#hasWaited) this.#switchOn()
    this.#hasWaited = state.status === 'waiting'
    if (state.status === 'left' && state.reason === 'deleted' && state.room) this.#preferences.forget(state.room.id)
  }

  /** Whoever goes on has joined the call. */
  #mediaChanged(): void {
    const { microphone, camera, screen, state } = this.#session
    if (state.status !== 'joined') return
    if (microphone.desired || camera.desired || screen.desired) this.#isForChat = false
  }

  #leaveDoor(): void {
    if (this.#session.state.status === 'joining') void this.#session.leave()
    else this.#session.releaseDevices()
  }

  #goTo(place: Outside): void {
    if (this.#outside.at === 'ready' && place.at !== 'ready') this.#leaveDoor()
    this.#outside = place
    if (place.at === 'home') this.#platform.showRoom(null)
  }
}

const ended = ({ id, name }: Room) =>
  ({ at: 'refused', error: new AppError('roomClosed', `${name} was ended by its host.`), ref: id }) as const
