import type { Ban, Member, Room, RoomSettings, Source, Waiting } from '../../../shared/model.ts'
import type { Leading } from '../session/Leading.ts'

/** What a sample of leading a room acts on. */
interface Sampled {
  member(peerId: string): Member | undefined
  put(member: Member): void
  drop(peerId: string): void
  room: Room
  changeRoom(changes: Partial<Room>): void
  delete(): void
  waitingChanged(): void
}

type Acts = Omit<Leading, 'on' | 'once' | 'enter' | 'turn' | 'exit' | 'close'>

/** Leads a sample room, as far as it is seen in a picture of the window. */
export class SampleLeading implements Acts {
  waiting: readonly Waiting[]
  readonly #room: Sampled
  #bans: readonly Ban[] = [
    { userId: 'u99', name: 'Somebody loud', bannedAt: '2026-01-01T08:00:00.000Z', by: 'Ada Lovelace' },
    { userId: 'u98', name: 'Anonymous', bannedAt: '2026-01-02T08:00:00.000Z', by: 'Grace Hopper' },
  ]

  constructor(waiting: readonly Waiting[], room: Sampled) {
    this.waiting = waiting
    this.#room = room
  }

  async admit(waitingId?: string) {
    this.#keep((waiting) => waiting.reason === 'full' || (waitingId !== undefined && waiting.waitingId !== waitingId))
  }

  async refuse(waitingId: string) {
    this.#keep((waiting) => waiting.waitingId !== waitingId)
  }

  async move() {
    return
  }

  async messageWaiting() {
    return
  }

  async stop(peerId: string, sources: readonly Source[]) {
    this.#change(peerId, (member) => ({
      stopped: [...member.stopped, ...sources],
      ...Object.fromEntries(sources.map((source) => [source, false])),
    }))
  }

  async allow(peerId: string, sources: readonly Source[]) {
    this.#change(peerId, ({ stopped }) => ({ stopped: stopped.filter((source) => !sources.includes(source)) }))
  }

  async remove(peerId: string) {
    this.#room.drop(peerId)
  }

  async setRole(peerId: string, role: Member['role']) {
    this.#change(peerId, () => ({ role }))
  }

  async handOver(peerId: string) {
    await this.setRole(peerId, 'host')
    await this.setRole('p0', 'cohost')
  }

  async updateRoom({ name, locked }: RoomSettings): Promise<Room> {
    this.#room.changeRoom({ ...(name !== undefined && { name }), ...(locked !== undefined && { locked }) })
    return this.#room.room
  }

  async renewJoinCode(): Promise<Room> {
    this.#room.changeRoom({ joinCode: 'N3W0NE' })
    return this.#room.room
  }

  async deleteRoom() {
    this.#room.delete()
  }

  async listBans() {
    return this.#bans
  }

  async unban(userId: string) {
    this.#bans = this.#bans.filter((ban) => ban.userId !== userId)
  }

  #keep(stays: (waiting: Waiting) => boolean): void {
    this.waiting = this.waiting.filter(stays)
    this.#room.waitingChanged()
  }

  #change(peerId: string, changes: (member: Member) => Partial<Member>): void {
    const member = this.#room.member(peerId)
    if (member) this.#room.put({ ...member, ...changes(member) })
  }
}
