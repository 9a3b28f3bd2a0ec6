import { Emitter } from '../../shared/emitter.ts'
import type { Room } from './Room.ts'

/** How many people are in the rooms of a server now: of each tenant, and in all. */
export class HeadCount extends Emitter<{ changed: [total: number] }> {
  readonly #ofRoom = new WeakMap<Room, number>()
  readonly #ofTenant = new Map<string, number>()
  #total = 0

  get total(): number {
    return this.#total
  }

  of(tenantId: string): number {
    return this.#ofTenant.get(tenantId) ?? 0
  }

  /** Someone has come into a room, or left it. */
  count(room: Room): void {
    const { size } = room.roster
    const more = size - (this.#ofRoom.get(room) ?? 0)
    if (more === 0) return
    const { tenantId } = room.stored
    this.#ofRoom.set(room, size)
    this.#ofTenant.set(tenantId, this.of(tenantId) + more)
    this.#total += more
    this.emit('changed', this.#total)
  }
}
