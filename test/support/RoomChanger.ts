import type { Room } from '../../src/shared/model.ts'
import type { Answer, Ask } from './api.ts'

/** What is known of a room: a key of `members` is a user's id. */
interface Known {
  name: string
  locked: boolean
  members: Record<string, string>
}

/** A change that was asked for: what it makes of which room (null: a new one), null where the room goes. */
interface Wish {
  id: string | null
  next: Known | null
}

const ROLES = ['cohost', 'speaker', 'listener'] as const
const PEOPLE = ['user-1', 'user-2', 'user-3']
/** Rooms at a time. */
const MOST = 6

/**
 * A program that makes, renames, locks and deletes rooms and gives and takes roles, one after the other at random, and knows what was
 * answered: that must hold, whatever happens to the server. What was asked and not answered may hold or not.
 */
export class RoomChanger {
  /** Changes that were answered. */
  answered = 0
  readonly #ask: Ask
  readonly #random: () => number
  readonly #prefix: string
  #rooms = new Map<string, Known>()
  #open: Wish | null = null
  #made = 0

  /** All its rooms have the prefix in their names, and nobody else's do. */
  constructor(ask: Ask, random: () => number, prefix: string) {
    this.#ask = ask
    this.#random = random
    this.#prefix = prefix
  }

  /** Changes one thing. Rejects where no answer has come. */
  async change(): Promise<void> {
    const id = this.#pick([...this.#rooms.keys()])
    const known = id === undefined ? undefined : this.#rooms.get(id)
    const what = this.#random()
    if (id === undefined || !known || (this.#rooms.size < MOST && what < 0.25)) {
      const name = `${this.#prefix} ${this.#made++}`
      return this.#try({ id: null, next: { name, locked: false, members: {} } }, () => this.#ask('POST', '/rooms', { name }))
    }
    const path = `/rooms/${id}`
    if (what < 0.45) {
      const name = `${this.#prefix} ${this.#made++}`
      return this.#try({ id, next: { ...known, name } }, () => this.#ask('PATCH', path, { name }))
    }
    if (what < 0.6) {
      const locked = !known.locked
      return this.#try({ id, next: { ...known, locked } }, () => this.#ask('PATCH', path, { locked }))
    }
    const userId = this.#pick(PEOPLE)!
    const { [userId]: role, ...others } = known.members
    if (what < 0.8) {
      const given = this.#pick(ROLES)!
      const members = { ...others, [userId]: given }
      return this.#try({ id, next: { ...known, members } }, () => this.#ask('PUT', `${path}/members/${userId}`, { role: given }))
    }
    if (role !== undefined && what < 0.9)
      return this.#try({ id, next: { ...known, members: others } }, () => this.#ask('DELETE', `${path}/members/${userId}`))
    return this.#try({ id, next: null }, () => this.#ask('DELETE', path))
  }

  /** What is not as it was answered, in words; none where all is well. From then on what there is is what is known. */
  async faults(): Promise<string[]> {
    const there = await this.#read()
    const faults: string[] = []
    const open = this.#open
    for (const [id, known] of this.#rooms) {
      const found = there.get(id) ?? null
      const allowed: (Known | null)[] = open?.id === id ? [known, open.next] : [known]
      if (!allowed.some((one) => asText(one) === asText(found)))
        faults.push(`${id} is ${asText(found)}, and was to be ${allowed.map(asText).join(' or ')}`)
    }
    const unknown = [...there].filter(([id]) => !this.#rooms.has(id)).map(([, found]) => asText(found))
    const mayBeNew = open?.id === null ? asText(open.next) : null
    if (unknown.length > 1 || unknown.some((found) => found !== mayBeNew)) faults.push(`nobody was told of ${unknown.join()}`)
    this.#rooms = there
    this.#open = null
    return faults
  }

  async #try(wish: Wish, ask: () => Promise<Answer>): Promise<void> {
    this.#open = wish
    const { status, body } = await ask()
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
    const id: string = wish.id ?? body.id
    if (wish.next) this.#rooms.set(id, wish.next)
    else this.#rooms.delete(id)
    this.#open = null
    this.answered += 1
  }

  async #read(): Promise<Map<string, Known>> {
    const { rooms } = (await this.#ask('GET', `/rooms?limit=200&query=${encodeURIComponent(`${this.#prefix} `)}`)).body as {
      rooms: Room[]
    }
    const found = rooms.map(async ({ id, name, locked }): Promise<[string, Known]> => {
      const { members } = (await this.#ask('GET', `/rooms/${id}/members`)).body as { members: { userId: string; role: string }[] }
      return [id, { name, locked, members: Object.fromEntries(members.map(({ userId, role }) => [userId, role])) }]
    })
    return new Map(await Promise.all(found))
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)]
  }
}

const asText = (known: Known | null) => known && JSON.stringify([known.name, known.locked, Object.entries(known.members).sort()])
