/**
 * Bare Socket.IO over bare better-sqlite3, with the table, the pragmas and the grouping of Lanyard’s store: what is said is answered, and
 * told to the others, when it is committed.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import type { Socket } from 'socket.io'
import { listen } from './signaling.ts'

/** As in src/main/server/store/Store.ts. */
const GATHER_MS = 8
const FULL_GROUP = 64
const QUIET_MS = 8
const NAME = 'Peer'

interface Waiting {
  socket: Socket
  roomId: string
  text: string
  clientMessageId: string
  answer: (value: object) => void
}

const { values } = parseArgs({ options: { 'data-dir': { type: 'string', default: '.' } } })
const db = new Database(join(values['data-dir'], 'reference.db'))
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
// Lanyard's table with its indexes, but for the reference to a table of rooms.
db.exec(`
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    peer_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    client_message_id TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    UNIQUE (room_id, user_id, client_message_id)
  ) STRICT;
  CREATE INDEX messages_by_room ON messages (room_id);
`)
const insert = db.prepare(`
  INSERT INTO messages (room_id, user_id, peer_id, user_name, client_message_id, text, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?)
`)

const waiting: Waiting[] = []
let timer: NodeJS.Timeout | null = null
/** Of `performance.now()`, in ms. */
let cameAt = -Infinity
let rooms = 0

const store = db.transaction((group: Waiting[], sentAt: string) =>
  group.map(
    ({ socket: { id }, roomId, text, clientMessageId }) =>
      insert.run(roomId, id, id, NAME, clientMessageId, text, sentAt).lastInsertRowid,
  ),
)

function commit(): void {
  if (timer) clearTimeout(timer)
  timer = null
  const sentAt = new Date().toISOString()
  const group = waiting.splice(0)
  if (group.length === 0) return
  const ids = store(group, sentAt)
  for (const [i, { socket, roomId, text, clientMessageId, answer }] of group.entries()) {
    const from = { userId: socket.id, peerId: socket.id, name: NAME }
    const message = { id: String(ids[i]), roomId, from, text, clientMessageId, sentAt }
    socket.to(roomId).emit('chatMessage', { message })
    answer({ message })
  }
}

listen({
  createRoom: () => ({ room: { id: `room-${(rooms += 1)}` } }),
  joinRoom: async (socket, { roomId = '' }) => {
    await socket.join(roomId)
    return { self: { peerId: socket.id }, members: [], rtpCapabilities: {} }
  },
  sendChat: (socket, { text, clientMessageId }) =>
    new Promise((answer) => {
      const [, roomId = ''] = socket.rooms
      const now = performance.now()
      if (waiting.length === 0) {
        if (now - cameAt > QUIET_MS) setImmediate(commit)
        else timer = setTimeout(commit, GATHER_MS)
      }
      cameAt = now
      waiting.push({ socket, roomId, text, clientMessageId, answer })
      if (waiting.length >= FULL_GROUP) commit()
    }),
})
