/** Guesses join codes of a server over encrypted connections from many addresses, and tells how often each answer came: `{ answers }`. */
import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { io, type Socket } from 'socket.io-client'
import type { Result } from '../../../src/shared/errors.ts'
import { makeJoinCode } from '../../../src/shared/joinCode.ts'

const [url = '', rounds = '', ...addresses] = process.argv.slice(2)

function connect(localAddress: string): Promise<Socket> {
  const agent = new Agent({ localAddress, rejectUnauthorized: false })
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { protocol: 1 },
    agent: agent as unknown as string,
  })
  return new Promise((resolve, reject) => {
    socket.once('welcome', () => resolve(socket))
    socket.once('connect_error', reject)
  })
}

const ask = (socket: Socket, roomId: string) =>
  new Promise<string>((resolve) =>
    socket.emit('findRoom', { roomId }, (result: Result<unknown>) => resolve(result.ok ? 'found' : result.error.code)),
  )

const sockets = await Promise.all(addresses.map(connect))
const answers: Record<string, number> = {}
for (let round = 0; round < Number(rounds); round += 1)
  for (const answer of await Promise.all(sockets.map((socket) => ask(socket, makeJoinCode(randomBytes)))))
    answers[answer] = (answers[answer] ?? 0) + 1
process.stdout.write(`${JSON.stringify({ answers })}\n`)
for (const socket of sockets) socket.disconnect()
