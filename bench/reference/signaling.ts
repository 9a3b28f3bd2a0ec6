/** What the references share: bare Socket.IO on a free port of loopback, answering in the shapes of Lanyard's protocol. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import type { Params, RequestName } from '../../src/shared/protocol.ts'

type Handlers = { [N in RequestName]?: (socket: Socket, params: Params<N>) => object | Promise<object> }
type Handle = (socket: Socket, params: unknown) => object | Promise<object>
type Answer = (result: { ok: true; value: object }) => void

/** Handles each request as its name says, unparsed and unchecked, and says when it is ready. */
export function listen(handlers: Handlers): Server {
  const http = createServer()
  const io = new Server(http, { serveClient: false })
  io.on('connection', (socket) => {
    for (const [name, handle] of Object.entries(handlers) as [string, Handle][]) {
      socket.on(name, async (params: unknown, answer: Answer) => answer({ ok: true, value: await handle(socket, params) }))
    }
    socket.emit('welcome', {})
  })
  http.listen(0, '127.0.0.1', () =>
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` })}\n`),
  )
  process.on('SIGTERM', () => process.exit(0))
  return io
}
