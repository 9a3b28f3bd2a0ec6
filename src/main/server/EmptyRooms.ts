import type { Logger } from './log.ts'
import { noteOfRoom, roomsToDelete, type StoredRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'

type Named = Pick<StoredRoom, 'id' | 'tenantId'>

/** A new room is kept for this long at least, so that whoever has made it can come in; in ms. */
const LEAST_NEW_MS = 60_000
/** The longest time that a timer is set for, in ms; it can count some 24 days. */
const LONGEST_MS = 24 * 3_600_000
/** A store that refuses is asked again after that time, in ms. */
const AGAIN_MS = 5_000

/**
 * Rooms that are kept for a time only: when the last one has left, the time of the end is stored with the room, so that it holds
 * across a crash and a restart; when it has come, the room is deleted.
 */
export class EmptyRooms {
  readonly #store: Store
  readonly #log: Logger
  readonly #remove: (room: Named) => Promise<void>
  /** By id, and when it is to be deleted, in ms since 1970. */
  readonly #due = new Map<string, { room: Named; at: number }>()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  /** `remove` deletes one, unless someone has come meanwhile. */
  constructor(store: Store, log: Logger, remove: (room: Named) => Promise<void>) {
    this.#store = store
    this.#log = log
    this.#remove = remove
  }

  /** Takes up what an earlier run has left. */
  async start(): Promise<void> {
    for (const { deleteAt, ...room } of await roomsToDelete(this.#store))
      this.#due.set(room.id, { room, at: Date.parse(deleteAt) })
    this.#wait()
  }

  /** When a new room is deleted unless someone comes; null for one that is kept. */
  static firstEnd(emptyTtl: number | null): string | null {
    return emptyTtl === null ? null : new Date(Date.now() + Math.max(emptyTtl * 1_000, LEAST_NEW_MS)).toISOString()
  }

  /** A room was made, and nobody is in it yet. */
  made({ id, tenantId, deleteAt }: StoredRoom): void {
    if (deleteAt !== null) this.#expect({ id, tenantId }, Date.parse(deleteAt))
  }

  /** The last one has left, or the time of an empty room is another one now. */
  left({ id, tenantId, emptyTtl }: StoredRoom): void {
    if (emptyTtl === null) return this.came(id)
    const at = Date.now() + emptyTtl * 1_000
    noteOfRoom(this.#store, id, { deleteAt: new Date(at).toISOString() })
    this.#expect({ id, tenantId }, at)
  }

  /** Whether it is deleted at some time, unless someone comes. */
  expects(id: string): boolean {
    return this.#due.has(id)
  }

  /** Someone has come, or the room is to be kept. */
  came(id: string): void {
    if (this.#due.delete(id)) noteOfRoom(this.#store, id, { deleteAt: null })
  }

  gone(id: string): void {
    this.#due.delete(id)
  }

  close(): void {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  #expect(room: Named, at: number): void {
    this.#due.set(room.id, { room, at })
    this.#wait()
  }

  /** For the next one. */
  #wait(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#closed || this.#due.size === 0) return
    let next = Infinity
    for (const { at } of this.#due.values()) next = Math.min(next, at)
    this.#timer = setTimeout(() => void this.#sweep(), Math.min(Math.max(0, next - Date.now()), LONGEST_MS))
  }

  async #sweep(): Promise<void> {
    for (const [id, due] of this.#due) {
      if (due.at > Date.now() || this.#closed) continue
      this.#due.delete(id)
      try {
        await this.#remove(due.room)
      } catch (error) {
        this.#log.warn({ err: error }, 'a room that is overdue could not be deleted')
        if (!this.#due.has(id)) this.#due.set(id, { room: due.room, at: Date.now() + AGAIN_MS })
      }
    }
    this.#wait()
  }
}
