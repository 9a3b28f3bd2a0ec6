import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { ChatMessage, Member, Party, Room, Source, Waiting } from '../../../shared/model.ts'
import type { Capture, MediaDevice } from '../session/capture.ts'
import type { Session } from '../session/Session.ts'
import { SampleLeading } from './SampleLeading.ts'
import { SampleRecords } from './SampleRecords.ts'
import { SampleBystanders, SampleRinging, type SampleCalls } from './SampleRinging.ts'
import { Toggle } from '../session/Toggle.ts'
import { sampleMember, sampleMessages, samplePicture, sampleRoom, sampleRooms, sampleServer } from './samples.ts'

/** What a scene shows. */
export interface Scene {
  state: Session['state']
  connection: Session['connection']
  server: Session['server']
  rooms: readonly Room[] | 'loading' | AppError
  people: number
  screens: number
  /** Whether one has come without encryption, or someone else has. */
  plain: 'self' | 'other' | null
  /** Before the room. */
  waiting: readonly Waiting[]
  waitingMessages: Session['waitingMessages']
  /** What one is to the room. */
  role: Member['role']
  /** What hosts have stopped of some, by their number. */
  stopped: Record<number, Source[]>
  /** Why nobody is let in. */
  refusal: AppError | null
  messages: Session['messages']
  devices: 'all' | 'none' | 'denied'
  /** How much is kept of the room and of oneself. */
  records: number
  /** Direct calls. */
  calls: SampleCalls
  /** Who can be rung outside of rooms; null where that is not allowed. */
  bystanders: readonly Party[] | null
  /** What the link leads to. */
  room: Room | AppError
}

export const welcome = {
  connectionId: 'c0',
  protocol: 1,
  userId: 'u0',
  features: {},
  server: sampleServer(),
  resume: '',
  resumed: null,
}

export const plainScene: Scene = {
  state: { status: 'idle' },
  connection: { status: 'connected', welcome },
  server: welcome.server,
  rooms: sampleRooms,
  people: 4,
  screens: 0,
  plain: null,
  waiting: [],
  waitingMessages: [],
  role: 'host',
  stopped: {},
  refusal: null,
  messages: sampleMessages.map((message) => ({ message, delivery: 'sent' })),
  devices: 'all',
  records: 80,
  calls: {},
  bystanders: null,
  room: sampleRoom(),
}

type Events = Record<'changed' | 'state' | 'connection' | 'roster' | 'chat' | 'media' | 'voices' | 'rooms' | 'waiting', []>

/** Behaves as a session as far as a picture of the window needs it. */
export class SampleSession
  extends Emitter<Events>
  implements Pick<Session, 'state' | 'connection' | 'members' | 'self' | 'messages' | 'rooms' | 'waitingMessages'>
{
  readonly scene: Scene
  readonly microphone = this.#toggle('microphone')
  readonly camera = this.#toggle('camera')
  readonly screen = this.#toggle('screen')
  readonly hasEarlierMessages = false
  state: Session['state']
  messages: Session['messages']
  #tracks = new Map<string, MediaStreamTrack | null>()

  constructor(scene: Scene) {
    super()
    this.scene = scene
    this.state = scene.state
    this.messages = scene.messages
    this.members = Array.from({ length: scene.people }, (_, index) => ({
      ...sampleMember(index),
      screen: index > 0 && index <= scene.screens,
      ...(index === 0 && { role: scene.role }),
      ...(index > 0 && scene.role !== 'host' && index === 1 && { role: 'host' as const }),
      ...(scene.plain &&
        (scene.plain === 'self') === (index === 0) &&
        index < 2 && { role: 'listener' as const, plain: true as const }),
      ...this.#stopped(index),
    }))
    this.ringing = new SampleRinging(scene.calls)
    this.bystanders = new SampleBystanders(scene.bystanders)
    this.leading = new SampleLeading(scene.waiting, this.#led())
    this.records = new SampleRecords(scene.records)
    if (this.#isIn && scene.plain !== 'self') {
      this.microphone.set(true)
      this.camera.set(true)
    }
  }

  members: readonly Member[]
  readonly leading: SampleLeading
  readonly records: SampleRecords
  readonly ringing: SampleRinging
  readonly bystanders: SampleBystanders

  get waitingMessages(): Session['waitingMessages'] {
    return this.scene.waitingMessages
  }

  get connection(): Session['connection'] {
    return this.scene.connection
  }

  get server(): Session['server'] {
    return this.scene.server
  }

  get self(): Member | null {
    return this.#isIn ? (this.members[0] ?? null) : null
  }

  get rooms(): readonly Room[] {
    const { rooms } = this.scene
    return rooms === 'loading' || rooms instanceof AppError ? [] : rooms
  }

  news = () => undefined

  get voices(): ReadonlyMap<string, number> {
    return new Map([['p3', -20]])
  }

  get media() {
    return {
      state: { status: 'ready' },
      localTrack: (source: Source) => (source !== 'microphone' && this[source].actual ? this.#track(0, source) : null),
      track: (peerId: string, source: Source) => {
        const index = Number(peerId.slice(1))
        const { camera, screen } = this.members[index] ?? { camera: false, screen: false }
        return (source === 'camera' && camera) || (source === 'screen' && screen) ? this.#track(index, source) : null
      },
    }
  }

  get #isIn(): boolean {
    return this.state.status === 'joined' || this.state.status === 'reconnecting'
  }

  async watchRooms(): Promise<void> {
    if (this.scene.rooms === 'loading') return new Promise(() => {})
    if (this.scene.rooms instanceof AppError) throw this.scene.rooms
  }

  async findRoom(ref: string): Promise<Room> {
    if (this.connection.status === 'waiting') return new Promise(() => {})
    const { room } = this.scene
    if (room instanceof AppError) throw room
    return sampleRooms.find(({ id }) => id === ref && id !== room.id) ?? room
  }

  async createRoom({ name }: { name: string }) {
    return { room: sampleRoom({ name, present: 0, state: 'EMPTY' }), hostKey: null }
  }

  async join({ queue = false } = {}): Promise<void> {
    const { refusal } = this.scene
    if (refusal && queue) return this.become({ status: 'waiting', reason: 'full', place: 3, room: sampleRoom() })
    if (refusal) throw refusal
    this.become({ status: 'joined', room: sampleRoom(), selfId: 'p0' })
  }

  async leave(): Promise<void> {
    this.become({ status: 'left', reason: 'left', room: sampleRoom() })
  }

  async endForAll(): Promise<void> {
    this.become({ status: 'left', reason: 'ended', room: sampleRoom() })
  }

  sendChat(text: string): void {
    this.say(0, text)
  }

  /** So many are here from now on. */
  gather(people: number): void {
    this.members = Array.from({ length: people }, (_, index) => this.members[index] ?? sampleMember(index))
    this.emit('roster')
  }

  /** Someone writes. */
  say(index: number, text: string): void {
    const { peerId, userId, name } = sampleMember(index)
    const message: ChatMessage = {
      id: `${this.messages.length + 1}`,
      roomId: 'r0',
      from: { peerId, userId, name },
      text,
      clientMessageId: crypto.randomUUID(),
      sentAt: new Date().toISOString(),
    }
    this.messages = [...this.messages, { message, delivery: 'sent' }]
    this.emit('chat')
  }

  useDevice = async () => {}
  releaseDevices = () => {
    for (const toggle of [this.microphone, this.camera]) toggle.drop(null)
  }
  retryChat = () => {}
  discardChat = () => {}
  wake = () => {}
  close = () => {}

  #stopped(index: number): Partial<Member> {
    const stopped = this.scene.stopped[index]
    return stopped ? { stopped, ...Object.fromEntries(stopped.map((source) => [source, false])) } : {}
  }

  #led(): ConstructorParameters<typeof SampleLeading>[1] {
    const room = () => ('room' in this.state && this.state.room) || sampleRoom()
    const become = (members: readonly Member[]) => {
      this.members = members
      this.emit('roster')
    }
    return {
      member: (peerId) => this.members.find((member) => member.peerId === peerId),
      put: (member) => become(this.members.map((other) => (other.peerId === member.peerId ? member : other))),
      drop: (peerId) => become(this.members.filter((member) => member.peerId !== peerId)),
      get room() {
        return room()
      },
      changeRoom: (changes) => this.become({ status: 'joined', room: { ...room(), ...changes }, selfId: 'p0' }),
      delete: () => this.become({ status: 'left', reason: 'deleted', room: room() }),
      waitingChanged: () => this.emit('waiting'),
    }
  }

  /** It stands otherwise from now on. */
  become(state: Session['state']): void {
    this.state = state
    this.emit('state')
    this.emit('roster')
  }

  #toggle(source: Source): Toggle {
    const toggle = new Toggle(async (on) => {
      if (on && this.scene.devices === 'none')
        throw new AppError(
          'deviceNotFound',
          `No ${source} was found. Plug one in or choose another one, then switch it on again.`,
        )
      if (on && this.scene.devices === 'denied')
        throw new AppError(
          'deviceDenied',
          `The ${source} is not allowed here. Allow it in the settings of this page or of your system, then switch it on again.`,
        )
      return on
    })
    toggle.on('changed', () => this.emit('media'))
    return toggle
  }

  #track(index: number, source: 'camera' | 'screen'): MediaStreamTrack | null {
    const key = `${index} ${source}`
    if (!this.#tracks.has(key)) this.#tracks.set(key, samplePicture(index, source))
    return this.#tracks.get(key) ?? null
  }
}

/** The devices of a sample machine. */
export function sampleCapture(devices: Scene['devices']): Capture {
  const all: MediaDevice[] = [
    { kind: 'microphone', deviceId: 'm1', label: 'Built-in microphone' },
    { kind: 'microphone', deviceId: 'm2', label: 'Headset (USB)' },
    { kind: 'camera', deviceId: 'c1', label: 'FaceTime HD camera' },
    { kind: 'speaker', deviceId: 's1', label: 'Built-in speakers' },
  ]
  return {
    open: () => Promise.reject(new AppError('deviceNotFound', 'There is none in the gallery')),
    devices: () => Promise.resolve(devices === 'none' ? [] : all),
  }
}
