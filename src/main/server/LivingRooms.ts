import { Emitter } from '../../shared/emitter.ts'
import { AppError } from '../../shared/errors.ts'
import type { Peer } from './Peer.ts'
import { Room, type RoomContext } from './Room.ts'
import type { StoredRoom } from './store/rooms.ts'
import type { Waiter } from './WaitingList.ts'

type Events = {
  /** Its state, its settings, or who is in it. */
  changed: [Room]
  /** Someone has a seat now, or has given it up. */
  came: [Peer]
  left: [Peer]
  /** Someone waits before a door, or has given up. */
  waits: [Waiter]
  gaveUp: [Waiter]
}

/** The rooms that someone is in, waits for, or was in a moment ago, by id. All others are in the store only. */
export class LivingRooms extends Emitter<Events> {
  readonly #context: RoomContext
  readonly #rooms = new Map<string, Room>()
  readonly #idle = new Map<Room, NodeJS.Timeout>()
  #closed = false

  constructor(context: RoomContext) {
    super()
    this.#context = context
  }

  get(id: string): Room | undefined {
    return this.#rooms.get(id)
  }

  [Symbol.iterator](): IterableIterator<Room> {
    return this.#rooms.values()
  }

  /** Two who ask at once get the same. Throws `roomClosed` where the server stops. */
  open(stored: StoredRoom): Room {
    const living = this.#rooms.get(stored.id)
    if (living) return living
    if (this.#closed) throw new AppError('roomClosed', 'The server is stopping')
    const room = new Room(stored, this.#context)
    this.#rooms.set(room.id, room)
    room.on('changed', () => this.#changed(room))
    room.on('came', (peer) => this.emit('came', peer))
    room.on('left', (peer) => this.emit('left', peer))
    room.door.on('waits', (waiter) => {
      this.emit('waits', waiter)
      this.#keep(room)
    })
    room.door.on('gaveUp', (waiter) => this.emit('gaveUp', waiter))
    this.#dropLater(room)
    return room
  }

  drop(room: Room): void {
    clearTimeout(this.#idle.get(room))
    this.#idle.delete(room)
    this.#rooms.delete(room.id)
    room.close()
  }

  /** Ends all meetings, which go on when the server is started again. */
  close(): void {
    this.#closed = true
    for (const room of [...this.#rooms.values()]) {
      room.end('shutdown')
      this.drop(room)
    }
  }

  #changed(room: Room): void {
    this.emit('changed', room)
    if (this.#closed || this.#rooms.get(room.id) !== room) return
    if (room.idle) this.#dropLater(room)
    else this.#keep(room)
  }

  #keep(room: Room): void {
    clearTimeout(this.#idle.get(room))
    this.#idle.delete(room)
  }

  #dropLater(room: Room): void {
    clearTimeout(this.#idle.get(room))
    this.#idle.set(
      room,
      setTimeout(() => this.drop(room), this.#context.readyMs),
    )
  }
}
