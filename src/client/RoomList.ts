import { Emitter } from '../shared/emitter.ts'
import type { Room } from '../shared/model.ts'
import type { Signaling } from './Signaling.ts'

/** Pages that are fetched at most; whoever has more rooms searches. */
const PAGES = 4
/** Rooms that are kept at most, however many a server tells of: those with people first, then the newest. */
const MOST = 300
/** Rooms that the latest is known of at most. */
const MOST_HEARD = 1_000

/** The public rooms of the server. The first answer makes the server tell of changes, until a room is joined. */
export class RoomList extends Emitter<{ changed: [] }> {
  readonly #signaling: Signaling
  #news = new Latest<Room>()
  #rooms: readonly Room[] = []
  #isWatched = false
  /** What is heard while pages come in, which may be older; in it, null is a room that is gone. */
  #heard: Latest<Room | null> | null = null

  constructor(signaling: Signaling) {
    super()
    this.#signaling = signaling
  }

  get rooms(): readonly Room[] {
    return this.#rooms
  }

  /** Whether someone has asked for the list: then it is asked for again after each loss. */
  get isWatched(): boolean {
    return this.#isWatched
  }

  /** The latest that the server has told of a room, be it that it has ended. */
  news(roomId: string): Room | undefined {
    return this.#news.get(roomId)
  }

  async watch(): Promise<void> {
    this.#isWatched = true
    const heard = (this.#heard = new Latest<Room | null>())
    const found = new Latest<Room>()
    let cursor: string | null = null
    for (let page = 0; page < PAGES; page++) {
      const answer: { rooms: Room[]; cursor: string | null } = await this.#signaling.request('listRooms', { cursor })
      for (const room of answer.rooms.slice(0, MOST)) found.set(room.id, room)
      cursor = answer.cursor
      if (cursor === null) break
    }
    for (const [id, room] of heard)
      if (room) found.set(id, room)
      else found.delete(id)
    if (this.#heard === heard) this.#heard = null
    this.#news = found
    this.#become([...found.values()])
  }

  /** A room has changed, or is new. */
  put(room: Room): void {
    if (!this.#isWatched) return
    this.#heard?.set(room.id, room)
    this.#news.set(room.id, room)
    const others = this.#rooms.filter(({ id }) => id !== room.id)
    if (others.length === this.#rooms.length) this.#become([room, ...others])
    else this.#become(this.#rooms.map((known) => (known.id === room.id ? room : known)))
  }

  /** A room was deleted, or is not listed any more. */
  remove(roomId: string): void {
    this.#heard?.set(roomId, null)
    this.#news.delete(roomId)
    if (this.#rooms.some(({ id }) => id === roomId)) this.#become(this.#rooms.filter(({ id }) => id !== roomId))
  }

  /** Those with people first; among equals nothing moves. Ended and private ones are not listed. */
  #become(rooms: readonly Room[]): void {
    const listed = rooms.filter((room) => !room.closed && room.visibility === 'public')
    this.#rooms = listed.sort((a, b) => Number(b.present > 0) - Number(a.present > 0)).slice(0, MOST)
    this.emit('changed')
  }
}

/** By room, as it was told last: where there are too many, the one that was told of first gives way. */
class Latest<T> extends Map<string, T> {
  override set(id: string, value: T): this {
    // A room keeps its place, as in the list that it came in.
    super.set(id, value)
    const [oldest] = this.keys()
    if (this.size > MOST_HEARD && oldest !== undefined) this.delete(oldest)
    return this
  }
}
