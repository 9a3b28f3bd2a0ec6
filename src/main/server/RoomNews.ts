import type { Room } from '../../shared/model.ts'
import { Audience } from './Audience.ts'
import type { Connection, Tell } from './Connection.ts'
import { Paced } from '../lan/Paced.ts'
import { admitsPlain, inTheClear } from './plainGuests.ts'
import type { StoredRoom } from './store/rooms.ts'

/** The least time between two rounds of news, in ms. */
const EVERY_MS = 250

/** Tells open lists of rooms what has changed: at once, and in a burst what each room has come to. */
export class RoomNews {
  /** Whoever has asked for the list of rooms, and is in none: those who see all public ones, and those whose connection others can read. */
  readonly #watchers: Audience
  readonly #plainWatchers: Audience
  readonly #describe: (stored: StoredRoom) => Room
  readonly #changed = new Map<string, StoredRoom>()
  /** Rooms that lists may show, and must not any more. */
  readonly #gone = new Map<string, StoredRoom>()
  /** Of both, those that may have been shown to who came without encryption: of others not even the id is theirs. */
  readonly #shownPlain = new Set<string>()
  readonly #news = new Paced(EVERY_MS, () => this.#tell())

  constructor(teller: (channel: string) => Tell, describe: (stored: StoredRoom) => Room) {
    this.#watchers = new Audience('watchers', teller)
    this.#plainWatchers = new Audience('plain watchers', teller)
    this.#describe = describe
  }

  watch(connection: Connection): void {
    if (connection.isPlain) this.#plainWatchers.add(connection)
    else this.#watchers.add(connection)
  }

  ignore(connection: Connection): void {
    this.#watchers.remove(connection)
    this.#plainWatchers.remove(connection)
  }

  /** Of a private room nothing is told. `before` is what it was until now, where it was another one. */
  changed(stored: StoredRoom, before: StoredRoom | null = null): void {
    if (stored.visibility === 'private') return
    this.#note(stored, before)
    this.#gone.delete(stored.id)
    this.#changed.set(stored.id, stored)
    this.#news.due()
  }

  /** A public one was deleted, or is private now. */
  gone(stored: StoredRoom, before: StoredRoom | null = null): void {
    this.#note(stored, before)
    this.#changed.delete(stored.id)
    this.#gone.set(stored.id, stored)
    this.#news.due()
  }

  close(): void {
    this.#news.close()
  }

  #tell(): void {
    for (const stored of this.#changed.values()) {
      const { tenantId } = stored
      const room = this.#describe(stored)
      this.#watchers.of(tenantId)('roomChanged', { room })
      if (admitsPlain(stored)) this.#plainWatchers.of(tenantId)('roomChanged', { room: inTheClear(room) })
      else this.#gonePlain(stored)
    }
    for (const stored of this.#gone.values()) {
      this.#watchers.of(stored.tenantId)('roomGone', { roomId: stored.id })
      this.#gonePlain(stored)
    }
    this.#changed.clear()
    this.#gone.clear()
    this.#shownPlain.clear()
  }

  #gonePlain({ id: roomId, tenantId }: StoredRoom): void {
    if (this.#shownPlain.has(roomId)) this.#plainWatchers.of(tenantId)('roomGone', { roomId })
  }

  #note(stored: StoredRoom, before: StoredRoom | null): void {
    if (admitsPlain(stored) || (before !== null && admitsPlain(before))) this.#shownPlain.add(stored.id)
  }
}
