import { sql } from 'kysely'
import { AppError } from '../../../shared/errors.ts'
import type { ChatMessage } from '../../../shared/model.ts'
import { compiledOnce } from './compiledOnce.ts'
import { ConstraintError } from './errors.ts'
import type { Db } from './Store.ts'

const columns = ['id', 'user_id', 'peer_id', 'user_name', 'client_message_id', 'text', 'sent_at'] as const

type NewRow = Omit<Row, 'id'> & { room_id: string }

/** A conflict that did nothing would return no row, so a repeat is counted. */
const insertion = compiledOnce<NewRow, { id: number; repeats: number }>((query, row) =>
  query
    .insertInto('messages')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['room_id', 'user_id', 'client_message_id']).doUpdateSet({ repeats: sql`repeats + 1` }),
    )
    .returning(['id', 'repeats']),
)

/**
 * Stores a message, durably. The same id by the same user in the same room is the same message: a repeat gets the first one, and
 * is not new. Throws `roomNotFound` for a room that is gone.
 */
export async function insertMessage(db: Db, message: Omit<ChatMessage, 'id'>): Promise<{ message: ChatMessage; isNew: boolean }> {
  const { roomId } = message
  const [[stored]] = await db.write(insertion(db.query, rowOf(message))).catch(noRoom)
  const { id, repeats } = stored!
  if (repeats === 0) return { message: { id: String(id), ...message }, isNew: true }
  const first = await db.query.selectFrom('messages').select(columns).where('id', '=', id).executeTakeFirstOrThrow()
  return { message: messageOf(roomId, first), isNew: false }
}

/** Texts of a page together: long messages come in shorter pages, so that one fits a message on the wire. In UTF-16 units. */
const PAGE_TEXT = 200_000

export interface MessagesPage {
  /** Messages before this one. */
  before?: string | undefined
  /** Messages after this one. */
  after?: string | undefined
  limit: number
}

/**
 * Messages of a room, oldest first: those nearest to the one that is named, or the latest; fewer than the limit where they are
 * long. `more` says whether there are others in that direction. Throws `badRequest` for what cannot be a message's id.
 */
export async function messagesOf(
  db: Db,
  roomId: string,
  { before, after, limit }: MessagesPage,
): Promise<{ messages: ChatMessage[]; more: boolean }> {
  const onward = after !== undefined
  const rows = await db.query
    .selectFrom('messages')
    .select(columns)
    .where('room_id', '=', roomId)
    .$if(before !== undefined, (found) => found.where('id', '<', parseId(before!, 'before')))
    .$if(onward, (found) => found.where('id', '>', parseId(after!, 'after')))
    .orderBy('id', onward ? 'asc' : 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, Math.min(limit, fitting(rows)))
  const messages = page.map((row) => messageOf(roomId, row))
  return { messages: onward ? messages : messages.reverse(), more: rows.length > page.length }
}

/** How many of the first rows fit on a page. */
function fitting(rows: readonly Row[]): number {
  let units = 0
  const tooMany = rows.findIndex(({ text }) => (units += text.length) > PAGE_TEXT)
  return tooMany === -1 ? rows.length : tooMany
}

interface Row {
  id: number
  user_id: string
  peer_id: string
  user_name: string
  client_message_id: string
  text: string
  sent_at: string
}

function rowOf({ roomId, from, clientMessageId, text, sentAt }: Omit<ChatMessage, 'id'>): NewRow {
  return {
    room_id: roomId,
    user_id: from.userId,
    peer_id: from.peerId,
    user_name: from.name,
    client_message_id: clientMessageId,
    text,
    sent_at: sentAt,
  }
}

function noRoom(error: unknown): never {
  if (error instanceof ConstraintError && error.kind === 'reference')
    throw new AppError('roomNotFound', 'This room is no more', { cause: error })
  throw error
}

function messageOf(roomId: string, row: Row): ChatMessage {
  return {
    id: String(row.id),
    roomId,
    from: { userId: row.user_id, peerId: row.peer_id, name: row.user_name },
    text: row.text,
    clientMessageId: row.client_message_id,
    sentAt: row.sent_at,
  }
}

/** On the wire an id is text; fifteen digits are exact as a number. */
function parseId(id: string, field: string): number {
  if (!/^\d{1,15}$/.test(id)) throw new AppError('badRequest', 'There is no message with that id', { details: { path: field } })
  return Number(id)
}

/** Like `insertion`, of what need not be known when it is there already. */
const adoption = compiledOnce<NewRow, { id: number }>((query, row) =>
  query
    .insertInto('messages')
    .values(row)
    .onConflict((conflict) => conflict.columns(['room_id', 'user_id', 'client_message_id']).doNothing())
    .returning('id'),
)

/**
 * Stores what was said on another server, all of it or nothing, and resolves with how many of the messages are new. Throws `roomNotFound`
 * for a room that is gone.
 */
export async function adoptMessages(
  db: Db,
  roomId: string,
  messages: readonly Omit<ChatMessage, 'id' | 'roomId'>[],
): Promise<number> {
  const unit = messages.map((message) => adoption(db.query, rowOf({ roomId, ...message })))
  const rows = await db.write(...unit).catch(noRoom)
  return rows.flat().length
}
