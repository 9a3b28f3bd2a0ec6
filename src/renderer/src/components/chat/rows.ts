import type { ChatEntry } from '../../state/Conversation.svelte.ts'
import { dayLabel } from '../parts/days.ts'

/** Messages of one person within this time, in ms, read as one contribution. */
const TOGETHER_MS = 5 * 60_000

export interface ChatRow {
  /** The same while a message is sent and once it is stored. */
  key: string
  entry: ChatEntry
  author: { userId: string; name: string }
  /** Null for what is not stored yet: the server gives the time. */
  at: Date | null
  /** Above the first message of a day. */
  day: string | null
  /** Goes on what the same person has just said. */
  continues: boolean
}

/** What the list of messages shows: with its days, and without saying the same name again and again. */
export function chatRows(entries: readonly ChatEntry[], self: { userId: string; name: string }, now: Date): ChatRow[] {
  const rows: ChatRow[] = []
  let lastDay: string | null = null
  for (const entry of entries) {
    const before = rows.at(-1)
    const isStored = entry.delivery === 'sent'
    const author = isStored ? entry.message.from : self
    const clientMessageId = isStored ? entry.message.clientMessageId : entry.clientMessageId
    const at = isStored ? new Date(entry.message.sentAt) : null
    const today: string = at ? dayLabel(at, now) : (lastDay ?? dayLabel(now, now))
    const day = today === lastDay ? null : today
    lastDay = today
    const gap = (at ?? now).getTime() - (before?.at ?? now).getTime()
    // Oneself is always called `You`; another one with another name may be another person at the same machine.
    const isSame =
      before?.author.userId === author.userId && (author.userId === self.userId || before.author.name === author.name)
    const continues = day === null && isSame && gap < TOGETHER_MS
    rows.push({ key: `${author.userId} ${clientMessageId}`, entry, author, at, day, continues })
  }
  return rows
}
