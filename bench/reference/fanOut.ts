/** Bare Socket.IO: what is said in a room goes to the others in it, and is kept nowhere. */
import { randomUUID } from 'node:crypto'
import { listen } from './signaling.ts'

let last = 0
const roomId = randomUUID()

listen({
  createRoom: () => ({ room: { id: roomId } }),
  joinRoom: async (socket) => {
    await socket.join(roomId)
    return { self: { peerId: socket.id }, members: [], rtpCapabilities: {} }
  },
  sendChat: (socket, { text, clientMessageId }) => {
    const from = { userId: socket.id, peerId: socket.id, name: 'Peer' }
    const message = { id: String((last += 1)), roomId, from, text, clientMessageId, sentAt: new Date().toISOString() }
    socket.to(roomId).emit('chatMessage', { message })
    return { message }
  },
})
