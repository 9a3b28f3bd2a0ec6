import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { ChatText, type ChatMessage } from '../../../shared/model.ts'
import { Reconciler } from './Reconciler.ts'
import { randomUuid } from './randomUuid.ts'
import type { Requests } from '../../../client/Signaling.ts'

/** Messages that one step back into the past brings. */
const EARLIER = 50
/** Messages that one request for what was missed brings. */
const MISSED = 200

/** An id before that of any message. */
const BEFORE_ALL = '0'

export type ChatEntry =
  | { message: ChatMessage; delivery: 'sent' }
  | { delivery: 'sending'; text: string; clientMessageId: string }
  | { delivery: 'failed'; text: string; clientMessageId: string; error: AppError }

type Unsent = Exclude<ChatEntry, { delivery: 'sent' }>

/**
 * The conversation of one room: what is stored, in its order, then what is on its way. A message is sent until the server has
 * stored it, always under the same id, so it is stored once; one after another, so that the order is kept.
 */
export class Chat extends Emitter<{ changed: [] }> {
  readonly #signaling: Requests
  readonly #sending = new Reconciler(() => this.#sendNext())
  readonly #catchingUp = new Reconciler(() => this.#catchUp())
  readonly #ids = new Set<string>()
  #roomId: string | null = null
  #isOpen = false
  #messages: ChatMessage[] = []
  #unsent: Unsent[] = []
  #entries: readonly ChatEntry[] | null = null
  #hasEarlier = false
  #loading: Promise<void> | null = null
  /** Up to here nothing is missing. Null where nothing is known. */
  #seen: string | null = null
  #isCaughtUp = false

  constructor(signaling: Requests) {
    super()
    this.#signaling = signaling
  }

  /** The same array until something changes. */
  get entries(): readonly ChatEntry[] {
    this.#entries ??= [...this.#messages.map((message) => ({ message, delivery: 'sent' }) as const), ...this.#unsent]
    return this.#entries
  }

  get hasEarlier(): boolean {
    return this.#hasEarlier
  }

  /** In the room, for the first time or again, with the latest messages. `more` tells of older ones. */
  open(roomId: string, latest: readonly ChatMessage[], more: boolean): void {
    if (roomId !== this.#roomId) this.#change(roomId)
    this.#isOpen = true
    const first = latest[0]
    const seen = this.#seen
    if (seen === null) {
      this.#hasEarlier = more
      if (!more) this.#seen = BEFORE_ALL
    }
    // Where the latest ones do not reach back to what was seen, the rest is fetched.
    this.#isCaughtUp = seen === null || !more || (first !== undefined && compareIds(first.id, seen) <= 0)
    this.#add(latest)
    if (!this.#isCaughtUp) this.#catchingUp.kick()
    this.#sending.kick()
  }

  /** Not in the room any more: what was not sent waits for a retry. */
  leave(): void {
    this.suspend()
    const error = new AppError('notInRoom', 'This was not sent, because the meeting is over for you')
    this.#unsent = this.#unsent.map(({ text, clientMessageId }) => ({ delivery: 'failed', text, clientMessageId, error }))
    this.#changed()
  }

  /** The connection is lost; sending goes on with the next `open`. */
  suspend(): void {
    this.#isOpen = false
    this.#isCaughtUp = false
  }

  /** A message off the wire. Those that come before the answer to the join are kept for it. */
  receive(message: ChatMessage): void {
    this.#add([message])
  }

  /** Shows the message at once and sends it. Throws `badRequest` where the text is too long; a blank one is ignored. */
  send(text: string): void {
    if (text.trim() === '') return
    const parsed = ChatText.safeParse(text)
    if (!parsed.success) throw new AppError('badRequest', 'That message is too long; send it in parts')
    this.#unsent.push({ delivery: 'sending', text: parsed.data, clientMessageId: randomUuid() })
    this.#changed()
    this.#sending.kick()
  }

  retry(clientMessageId: string): void {
    this.#mark(clientMessageId, ({ text }) => ({ delivery: 'sending', text, clientMessageId }))
    this.#sending.kick()
  }

  discard(clientMessageId: string): void {
    this.#unsent = this.#unsent.filter((entry) => entry.clientMessageId !== clientMessageId)
    this.#changed()
  }

  /** Brings older messages. Throws what the server answers. */
  async loadEarlier(): Promise<void> {
    this.#loading ??= this.#loadEarlier().finally(() => (this.#loading = null))
    return this.#loading
  }

  close(): void {
    this.#sending.close()
    this.#catchingUp.close()
  }

  async #loadEarlier(): Promise<void> {
    const roomId = this.#roomId
    const before = this.#messages[0]?.id
    const { messages, more } = await this.#signaling.request('chatHistory', {
      limit: EARLIER,
      ...(before !== undefined && { before }),
    })
    if (roomId !== this.#roomId) return
    this.#hasEarlier = more
    this.#add(messages)
  }

  async #catchUp(): Promise<void> {
    while (this.#isOpen && !this.#isCaughtUp && this.#seen !== null) {
      const roomId = this.#roomId
      const { messages, more } = await this.#signaling.request('chatHistory', { after: this.#seen, limit: MISSED })
      if (roomId !== this.#roomId) return
      this.#seen = messages.at(-1)?.id ?? this.#seen
      this.#isCaughtUp = !more
      this.#add(messages)
    }
  }

  async #sendNext(): Promise<void> {
    for (;;) {
      const next = this.#unsent.find(({ delivery }) => delivery === 'sending')
      if (!next || !this.#isOpen) return
      const { text, clientMessageId } = next
      try {
        const { message } = await this.#signaling.request('sendChat', { text, clientMessageId })
        this.#add([message])
      } catch (thrown) {
        const error = AppError.from(thrown)
        if (goesAway(error)) throw error
        this.#mark(clientMessageId, () => ({ delivery: 'failed', text, clientMessageId, error }))
      }
    }
  }

  #mark(clientMessageId: string, change: (entry: Unsent) => Unsent): void {
    this.#unsent = this.#unsent.map((entry) => (entry.clientMessageId === clientMessageId ? change(entry) : entry))
    this.#changed()
  }

  /** Puts messages where they belong, each once, and takes away what is thereby known to be stored. */
  #add(messages: readonly ChatMessage[]): void {
    const added = messages.filter(({ id }) => !this.#ids.has(id))
    for (const { id, clientMessageId } of added) {
      this.#ids.add(id)
      this.#unsent = this.#unsent.filter((entry) => entry.clientMessageId !== clientMessageId)
    }
    const last = this.#messages.at(-1)
    this.#messages.push(...added)
    if (last && added.some(({ id }) => compareIds(id, last.id) < 0)) this.#messages.sort((a, b) => compareIds(a.id, b.id))
    if (this.#isCaughtUp) this.#seen = this.#messages.at(-1)?.id ?? this.#seen
    this.#changed()
  }

  /** Another room: of the old one nothing stays, of the new one what has come already. */
  #change(roomId: string): void {
    this.#roomId = roomId
    this.#messages = this.#messages.filter((message) => message.roomId === roomId)
    this.#ids.clear()
    for (const { id } of this.#messages) this.#ids.add(id)
    this.#unsent = []
    this.#seen = null
  }

  #changed(): void {
    this.#entries = null
    this.emit('changed')
  }
}

/** Whether the same message can go through by itself later. A store that is full does not: someone should know, and may retry. */
const goesAway = ({ code }: AppError) => code === 'disconnected' || code === 'timedOut' || code === 'rateLimited'

/** Ids are whole numbers from 1 on, in decimal, too long perhaps for a double. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
