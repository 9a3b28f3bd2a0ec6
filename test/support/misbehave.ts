import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { onTestFinished } from 'vitest'

interface Manners {
  /** What it does with whoever it lets in. */
  greet?: (socket: Socket) => void
  setUp?: (io: Server) => void
  port?: number
}

/** A Socket.IO server that misbehaves as a test tells it to. */
export async function misbehave({ greet = () => {}, setUp = () => {}, port = 0 }: Manners) {
  const http = createServer()
  const io = new Server(http)
  setUp(io)
  io.on('connection', greet)
  http.listen(port, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => io.close())
  return { io, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

/** Refuses everyone with an error. */
export const refusing = (error: { code: string; message: string }) => (io: Server) =>
  void io.use((_, next) => next(Object.assign(new Error('refused'), { data: error })))
