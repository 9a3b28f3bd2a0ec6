import type { Platform, RecentRoom } from '../platform/Platform.ts'
import { Reconciler } from '../session/Reconciler.ts'
import type { Session } from '../session/Session.ts'
import type { OtherWindows } from './OtherWindows.svelte.ts'
import type { Preferences } from './Preferences.svelte.ts'

/** Rooms that are shown. */
const MOST = 8
/** When the server is asked again, in ms, after it has said that one is somewhere: it tells of no change, and writes it a moment later. */
const AGAIN_MS = 2_000

export interface OwnRoom extends RecentRoom {
  /** Whether one is there in another window. */
  isThere: boolean
}

type Told = Awaited<ReturnType<Session['records']['myRooms']>>

/** The rooms that one was in: those that this copy remembers, of all servers, and those that this server tells. */
export class OwnRooms {
  readonly #session: Session
  readonly #platform: Platform
  readonly #preferences: Preferences
  readonly #otherWindows: OtherWindows
  readonly #asking = new Reconciler(() => this.#ask())
  readonly #offs: readonly (() => void)[]
  #told = $state.raw<Told>([])
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(session: Session, platform: Platform, preferences: Preferences, otherWindows: OtherWindows) {
    this.#session = session
    this.#platform = platform
    this.#preferences = preferences
    this.#otherWindows = otherWindows
    this.#offs = [
      session.on('connection', () => this.#asking.kick()),
      session.on('state', () => {
        if (session.state.status === 'left') this.#askLater()
      }),
    ]
    this.#asking.kick()
  }

  /** Each once, the latest first. */
  get all(): readonly OwnRoom[] {
    const remembered = this.#preferences.recentRooms
    const told = this.#told.map(({ room: { id, joinCode, name }, lastSeenAt, isThere }): OwnRoom => {
      const known = remembered.find((room) => room.id === id)
      const at = known && known.at > lastSeenAt ? known.at : lastSeenAt
      const { serverName, serverLabel } = this.#platform
      return { id, code: joinCode, name, at, server: known?.server ?? serverName, where: known?.where ?? serverLabel, isThere }
    })
    const others = remembered.filter(({ id }) => !told.some((room) => room.id === id))
    return [...told, ...others.map((room) => ({ ...room, isThere: false }))]
      .filter((room) => !this.#preferences.hasForgotten(room))
      .map((room) => ({ ...room, isThere: room.isThere || this.#otherWindows.areIn(room.id) }))
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
      .slice(0, MOST)
  }

  /** Someone looks at them again: asks anew. */
  look(): void {
    this.#otherWindows.look()
    this.#asking.kick()
  }

  close(): void {
    for (const off of this.#offs) off()
    clearTimeout(this.#timer)
    this.#asking.close()
  }

  async #ask(): Promise<void> {
    const { connection, state } = this.#session
    // The server would know nobody there.
    if (this.#platform.isPlain || connection.status !== 'connected' || (state.status !== 'idle' && state.status !== 'left'))
      return
    this.#told = await this.#session.records.myRooms(MOST)
    if (this.#told.some(({ isThere }) => isThere)) this.#askLater()
  }

  #askLater(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#asking.kick(), AGAIN_MS)
  }
}
