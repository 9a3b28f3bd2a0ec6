import { AppError } from '../../../shared/errors.ts'
import type { ChatMessage } from '../../../shared/model.ts'
import type { ChatEntry } from '../session/Chat.ts'
import type { Session } from '../session/Session.ts'
import { follow } from './follow.ts'
import type { Meeting } from './Meeting.svelte.ts'

export type { ChatEntry }

/** The chat of the room that one is in, as one person reads it. */
export class Conversation {
  /** What is being written. It outlives the panel and a lost connection. */
  draft = $state('')
  readonly #session: Session
  readonly #meeting: Meeting
  readonly #chat: () => void
  /** Which room this is about, and from when on messages count as unread. */
  #visit = $state.raw<{ roomId: string; readUntil: string } | null>(null)
  #loading = $state(false)
  #error = $state.raw<AppError | null>(null)

  constructor(session: Session, meeting: Meeting) {
    this.#session = session
    this.#meeting = meeting
    this.#chat = follow(session, 'chat')
    session.on('state', () => this.#seated())
  }

  get entries(): readonly ChatEntry[] {
    this.#chat()
    return this.#session.messages
  }

  get hasEarlier(): boolean {
    this.#chat()
    return this.#session.hasEarlierMessages
  }

  get isLoading(): boolean {
    return this.#loading
  }

  /** Why earlier messages could not be brought, or a message not be taken. */
  get error(): AppError | null {
    return this.#error
  }

  /** Messages of others since the chat was last open. */
  get unread(): number {
    if (this.#meeting.panel === 'chat') return 0
    const since = this.#visit?.readUntil ?? ''
    return this.entries.filter((entry) => entry.delivery === 'sent' && entry.message.sentAt > since && !this.isOwn(entry.message))
      .length
  }

  /** Whoever was called otherwise then, or sat in another seat, still wrote it. */
  isOwn({ from }: ChatMessage): boolean {
    return from.userId === this.#meeting.self?.userId
  }

  /** All that is here counts as read. */
  markRead(): void {
    const last = this.#session.messages.findLast(({ delivery }) => delivery === 'sent')
    if (this.#visit && last?.delivery === 'sent') this.#visit = { ...this.#visit, readUntil: last.message.sentAt }
  }

  /** Sends what is written. What is too long stays in the box. */
  send(): void {
    try {
      this.#session.sendChat(this.draft)
      this.draft = ''
      this.#error = null
    } catch (error) {
      this.#error = AppError.from(error)
    }
  }

  retry(clientMessageId: string): void {
    this.#session.retryChat(clientMessageId)
  }

  discard(clientMessageId: string): void {
    this.#session.discardChat(clientMessageId)
  }

  async loadEarlier(): Promise<void> {
    if (this.#loading) return
    this.#loading = true
    try {
      await this.#session.loadEarlier()
      this.#error = null
    } catch (error) {
      this.#error = AppError.from(error)
    } finally {
      this.#loading = false
    }
  }

  #seated(): void {
    const { state, self } = this.#session
    if (state.status !== 'joined' || !self) return
    if (state.room.id === this.#visit?.roomId) return
    this.#visit = { roomId: state.room.id, readUntil: self.joinedAt }
    this.draft = ''
  }
}
