import type { Source } from '../../../shared/model.ts'
import type { Role } from '../../../shared/roles.ts'
import type { Session } from '../session/Session.ts'
import { addComings, noComings, tellComings } from './comings.ts'
import type { Conversation } from './Conversation.svelte.ts'

/** How long it is shown who has come and gone, in ms. */
const SHOWN_MS = 4_000

/** Tells who comes and who goes, and those who listen to a screen reader that someone has written, waits, or may go on again. */
export class Announcer {
  /** Who has come and gone of late; empty after a while. */
  comings = $state('')
  /** For readers only. */
  text = $state('')
  /** Whether one has come to lead the room while one was in it, and has not read so yet. */
  isNewHost = $state(false)
  readonly #session: Session
  readonly #conversation: Conversation
  #roomId: string | null = null
  #present: ReadonlyMap<string, string> = new Map()
  #recent = noComings
  #timer: ReturnType<typeof setTimeout> | undefined
  #unread = 0
  #lobby: ReadonlySet<string> = new Set()
  #stopped: readonly Source[] = []
  #role: Role | undefined
  #plainGuests = 0

  constructor(session: Session, conversation: Conversation) {
    this.#session = session
    this.#conversation = conversation
    this.#stateChanged()
    session.on('roster', () => this.#rosterChanged())
    session.on('state', () => this.#stateChanged())
    session.on('chat', () => this.#chatChanged())
    session.on('waiting', () => this.#waitingChanged())
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  /** Who is there when one comes is no news. */
  #stateChanged(): void {
    const { state } = this.#session
    const roomId = state.status === 'joined' || state.status === 'reconnecting' ? state.room.id : null
    if (roomId === this.#roomId) return
    this.#roomId = roomId
    this.#present = this.#members()
    this.#stopped = this.#session.self?.stopped ?? []
    this.#role = this.#session.self?.role
    this.#plainGuests = this.#session.members.filter(({ plain }) => plain).length
    this.isNewHost = false
    this.#forget()
  }

  #rosterChanged(): void {
    if (this.#session.state.status !== 'joined' || this.#roomId === null) return
    this.#allowed(this.#session.self?.stopped ?? [])
    this.#turned(this.#session.self?.role)
    this.#plainGuestsCame(this.#session.members.filter(({ plain }) => plain).length)
    const present = this.#members()
    const before = this.#present
    this.#present = present
    // While it is still shown who came last, whoever comes now is added to them.
    const recent = addComings(this.#recent, before, present)
    const comings = tellComings(recent)
    this.#recent = recent
    if (comings === this.comings) return
    this.comings = comings
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#forget(), SHOWN_MS)
  }

  /** The first of them is news: from then on others can read along. */
  #plainGuestsCame(count: number): void {
    if (count > 0 && this.#plainGuests === 0 && !this.#session.self?.plain)
      this.text = 'Someone has come without encryption: others on the network can read the chat'
    this.#plainGuests = count
  }

  #members(): ReadonlyMap<string, string> {
    return new Map(this.#session.members.map(({ peerId, name }) => [peerId, name]))
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#recent = noComings
    this.comings = ''
  }

  /** Only newcomers are news, not that someone has gone. */
  #waitingChanged(): void {
    const lobby = this.#session.leading.waiting.filter(({ reason }) => reason === 'lobby')
    const newcomers = lobby.filter(({ waitingId }) => !this.#lobby.has(waitingId))
    this.#lobby = new Set(lobby.map(({ waitingId }) => waitingId))
    const [first] = newcomers
    if (first)
      this.text = lobby.length === 1 ? `${first.name} waits to be admitted` : `${lobby.length} people wait to be admitted`
  }

  #allowed(stopped: readonly Source[]): void {
    const allowed = this.#stopped.find((source) => !stopped.includes(source))
    this.#stopped = stopped
    if (allowed) this.text = allowed === 'screen' ? 'You can share your screen again' : `You can turn your ${allowed} on again`
  }

  /** Between two seats one has no role, and is not new to the one before. */
  #turned(role: Role | undefined): void {
    if (role === undefined || role === this.#role) return
    this.#role = role
    this.isNewHost = role === 'host'
    if (this.isNewHost) this.text = 'You lead this room now'
  }

  /** With the chat open, nothing is unread, and its list speaks for itself. */
  #chatChanged(): void {
    const { entries, unread } = this.#conversation
    const hasMore = unread > this.#unread
    this.#unread = unread
    const last = entries.findLast((entry) => entry.delivery === 'sent')
    if (!hasMore || last?.delivery !== 'sent') return
    // What was said before one came is history, and no news.
    const since = this.#session.self?.joinedAt ?? ''
    if (last.message.sentAt > since) this.text = `${last.message.from.name} has written in the chat`
  }
}
