import type { Platform, WindowChannel, WindowWord } from '../platform/Platform.ts'
import { randomUuid } from '../session/randomUuid.ts'
import type { Session } from '../session/Session.ts'

/** The other windows of this person's copy, and the rooms that they are in. Each is a seat of its own. */
export class OtherWindows {
  readonly #session: Session
  readonly #leave: () => void
  readonly #id = randomUuid()
  readonly #channel: WindowChannel
  readonly #off: () => void
  /** By window. */
  #rooms = $state.raw<ReadonlyMap<string, string>>(new Map())
  #told: string | null = null
  #closed = false

  /** `leave` is what another window may ask for. */
  constructor(session: Session, platform: Platform, leave: () => void) {
    this.#session = session
    this.#leave = leave
    this.#channel = platform.openChannel((word) => this.#hear(word))
    this.#off = session.on('state', () => {
      if (this.#roomId !== this.#told) this.#say({})
    })
    this.look()
  }

  /** Whether one of them is in this room. */
  areIn(roomId: string): boolean {
    return [...this.#rooms.values()].includes(roomId)
  }

  /** Asks them anew: a window that has crashed could not say so. */
  look(): void {
    this.#rooms = new Map()
    this.#say({ asks: true })
  }

  /** Lets them leave this room. */
  takeOut(roomId: string): void {
    this.#say({ leave: roomId })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#off()
    this.#post({ roomId: null })
    this.#channel.close()
  }

  get #roomId(): string | null {
    const { state } = this.#session
    return state.status === 'joined' || state.status === 'reconnecting' ? state.room.id : null
  }

  #hear({ from, roomId, asks, leave }: WindowWord): void {
    const rooms = new Map(this.#rooms)
    if (roomId === null) rooms.delete(from)
    else rooms.set(from, roomId)
    this.#rooms = rooms
    if (leave !== null && leave === this.#roomId) this.#leave()
    else if (asks) this.#say({})
  }

  #say(word: Partial<WindowWord>): void {
    this.#told = this.#roomId
    this.#post({ roomId: this.#told, ...word })
  }

  #post(word: Partial<WindowWord>): void {
    this.#channel.say({ from: this.#id, roomId: null, asks: false, leave: null, ...word })
  }
}
