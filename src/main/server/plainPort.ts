import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const open = new WeakSet<Socket>()

/** Whatever comes in there counts as something that others can read, be it from this computer. */
export function servePlain(http: Server): void {
  http.on('connection', (socket) => open.add(socket))
}

/** Whether a connection has come by the port where nothing is encrypted. */
export const isPlain = (socket: Socket): boolean => open.has(socket)
