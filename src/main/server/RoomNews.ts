import type { Room } from '../../shared/model.ts'
import type { Tell } from './Connection.ts'
import type { StoredRoom } from './store/rooms.ts'

/** The least time between two rounds of news, in ms. */
const EVERY_MS = 250

/** Tells open lists of rooms what has changed: at once, and in a burst what each room has come to. */
export class RoomNews {
  readonly #watchersOf: (tenantId: string) => Tell
  readonly #describe: (stored: StoredRoom) => Room
  readonly #changed = new Map<string, StoredRoom>()
  /** Rooms that lists may show, and must not any more. */
  readonly #gone = new Map<string, StoredRoom>()
  #pause: NodeJS.Timeout | null = null
  #closed = false

  constructor(watchersOf: (tenantId: string) => Tell, describe: (stored: StoredRoom) => Room) {
    this.#watchersOf = watchersOf
    this.#describe = describe
  }

  /** Of a private room nothing is told. */
  changed(stored: StoredRoom): void {
    if (stored.visibility === 'private') return
    this.#gone.delete(stored.id)
    this.#changed.set(stored.id, stored)
    this.#soon()
  }

  /** A public one was deleted, or is private now. */
  gone(stored: StoredRoom): void {
    this.#changed.delete(stored.id)
    this.#gone.set(stored.id, stored)
    this.#soon()
  }

  close(): void {
    this.#closed = true
    if (this.#pause) clearTimeout(this.#pause)
  }

  #soon(): void {
    if (!this.#pause && !this.#closed) this.#tell()
  }

  #tell(): void {
    for (const stored of this.#changed.values())
      this.#watchersOf(stored.tenantId)('roomChanged', { room: this.#describe(stored) })
    for (const { id, tenantId } of this.#gone.values()) this.#watchersOf(tenantId)('roomGone', { roomId: id })
    this.#changed.clear()
    this.#gone.clear()
    this.#pause = setTimeout(() => {
      this.#pause = null
      if (this.#changed.size + this.#gone.size > 0) this.#tell()
    }, EVERY_MS)
  }
}
