/**
 * Joins a room of a server whose certificate is known, by the reference that it is given, and tells how that went: `{ answer }`. With
 * `plain` it asks the same port for its page and for signaling without encryption, and tells what it gets: `{ statuses }`.
 */
import { request } from 'node:http'
import { io } from 'socket.io-client'
import { PinnedAgent } from '../../../src/main/lan/pinned.ts'
import type { Result } from '../../../src/shared/errors.ts'

const [how, url = '', fingerprint = '', roomId = ''] = process.argv.slice(2)
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)

if (how === 'join') {
  const agent = new PinnedAgent(fingerprint)
  const socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    auth: { protocol: 1 },
    agent: agent as unknown as string,
  })
  socket.once('connect_error', (error) => {
    say({ answer: error.message })
    process.exit()
  })
  socket.once('welcome', () =>
    socket.emit('joinRoom', { roomId, name: 'Grace' }, (result: Result<unknown>) => {
      say({ answer: result.ok ? 'joined' : result.error.code })
      process.exit()
    }),
  )
} else {
  const plain = url.replace('https:', 'http:')
  const statusOf = (path: string) =>
    new Promise<string>((resolve) => {
      request(new URL(path, plain), (response) => {
        response.resume()
        resolve(`${response.statusCode} ${response.headers.location ?? ''}`.trim())
      })
        .once('error', (error) => resolve(error.message))
        .end()
    })
  const statuses = []
  for (const path of ['/', '/api/v1/rooms', '/socket.io/?EIO=4&transport=polling']) statuses.push(await statusOf(path))
  say({ statuses })
}
