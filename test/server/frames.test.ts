import { connect } from 'node:net'
import { randomBytes } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { requests } from '../../src/shared/protocol.ts'
import { hostRoom } from '../support/Client.ts'
import { seededRandom } from '../support/random.ts'
import { startServer } from '../support/server.ts'

const FRAMES = inject('long') ? 1_000_000 : 20_000
const SEED = 7_006

const random = seededRandom(SEED)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)))

/** Things that a Socket.IO packet can be made of, in their right places or not. */
const names = [...Object.keys(requests), 'disconnect', 'connect', 'error', '__proto__', 'welcome', '']
const values = [
  '{}',
  '[]',
  'null',
  '1e999',
  '"x"',
  '{"name":"Ada"}',
  '{"__proto__":{"a":1}}',
  '['.repeat(3_000) + ']'.repeat(3_000),
  '{"_placeholder":true,"num":0}',
  '\\ud800',
  '',
]
const packet = () =>
  pick([
    () => `42${Math.floor(random() * 100)}["${pick(names)}",${pick(values)}]`,
    () => `42["${pick(names)}",${pick(values)},${pick(values)}]`,
    () => `4${Math.floor(random() * 10)}${pick(['', '/', '/admin,', '/,'])}${pick(values)}`,
    () => `45${Math.floor(random() * 5)}-["${pick(names)}",{"_placeholder":true,"num":${pick(['0', '7', '-1', '"0"'])}}]`,
    () => `43${Math.floor(random() * 100)}[${pick(values)}]`,
    () => `${Math.floor(random() * 10)}${pick(values)}`,
    () => bytes(Math.floor(random() * 200)).toString('latin1'),
    () => '',
  ])()

/** One connection that sends odd packets until the server has enough of it. Resolves with how many it took. */
function pester(url: string, most: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    let sent = 0
    socket.onopen = () => {
      if (random() < 0.9) socket.send('40{"protocol":1}')
      while (sent < most) {
        sent += 1
        socket.send(random() < 0.1 ? new Uint8Array(bytes(Math.floor(random() * 100))) : packet())
      }
      socket.close()
    }
    socket.onerror = () => {}
    socket.onclose = () => resolve(sent)
  })
}

/** Bytes that are no WebSocket frames, after a right handshake. */
function scribble(url: string): Promise<number> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const key = randomBytes(16).toString('base64')
      socket.write(
        `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
      )
      for (let i = 0; i < 20; i += 1) socket.write(bytes(1 + Math.floor(random() * 80)))
      socket.end()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(20))
    socket.resume()
  })
}

/** R7: nothing that comes in by the wire ends the server, and those who behave do not notice. */
test(`${FRAMES} malformed frames leave the server and its rooms as they were`, { timeout: 60_000 + FRAMES }, async () => {
  const rejections: unknown[] = []
  const remember = (error: unknown) => rejections.push(error)
  process.on('unhandledRejection', remember)
  const server = await startServer()
  const { host } = await hostRoom(server.url)
  let frames = 0
  while (frames < FRAMES) {
    const counts = await Promise.all([
      ...Array.from({ length: 6 }, () => pester(server.url, 60)),
      scribble(server.url),
      scribble(server.url),
    ])
    for (const count of counts) frames += count
  }
  expect((await host.say('Still here')).message.text).toBe('Still here')
  expect((await host.request('listMembers', {})).members).toHaveLength(1)
  process.off('unhandledRejection', remember)
  expect(rejections).toEqual([])
})
