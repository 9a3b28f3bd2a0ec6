import type { Session } from '../session/Session.ts'
import type { Conversation } from './Conversation.svelte.ts'

/** Tells those who listen to a screen reader who comes, who goes, and that someone has written. */
export class Announcer {
  /** What is to be said next. */
  text = $state('')
  readonly #session: Session
  readonly #conversation: Conversation
  #roomId: string | null = null
  #present = new Map<string, string>()
  #unread = 0

  constructor(session: Session, conversation: Conversation) {
    this.#session = session
    this.#conversation = conversation
    session.on('roster', () => this.#rosterChanged())
    session.on('chat', () => this.#chatChanged())
  }

  #rosterChanged(): void {
    const { state, members } = this.#session
    if (state.status !== 'joined') return
    const present = new Map(members.map(({ peerId, name }) => [peerId, name]))
    const before = this.#present
    this.#present = present
    if (this.#roomId !== state.room.id) {
      this.#roomId = state.room.id
      return
    }
    const names = [...present.values()]
    const came = [...present].filter(([peerId]) => !before.has(peerId)).map(([, name]) => name)
    // Whoever returns in a new seat has not gone.
    const went = [...before].filter(([peerId, name]) => !present.has(peerId) && !names.includes(name)).map(([, name]) => name)
    const known = [...before.values()]
    this.#say([
      ...came.filter((name) => !known.includes(name)).map((name) => `${name} has joined`),
      ...went.map((name) => `${name} has left`),
    ])
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
    if (last.message.sentAt > since) this.#say([`${last.message.from.name} has written in the chat`])
  }

  #say(sentences: string[]): void {
    if (sentences.length > 0) this.text = sentences.join('. ')
  }
}
