import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Check, Judgement } from './Check.ts'
import { askEcho, Reached } from './echo.ts'

/** Whether others can connect to this computer. */
export interface Inbound {
  /** The port that was opened for it. */
  port: number
  reached: boolean
  /** The address at which the server sees this computer. */
  from: string | null
}

/** Whether the server can connect to this computer, as others will who join what it hosts: to a port that is open for a moment. */
export const inbound: Check<'inbound'> = {
  name: 'inbound',
  skipped: 'Nobody could be asked to connect.',
  async probe(_, { server }) {
    if (!server) return null
    const greeting = randomBytes(8).toString('hex')
    const listener = createServer((socket) => {
      socket.on('error', () => {})
      socket.end(greeting)
    })
    listener.listen(0)
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    try {
      const { endpoint, fingerprint, seenAt } = server
      const { reached } = await askEcho(endpoint, fingerprint, ['POST', '/connection'], Reached, { port, greeting })
      return { port, reached, from: seenAt }
    } finally {
      listener.close()
    }
  },
  judge: judgeInbound,
}

export function judgeInbound({ port, reached, from }: Inbound): Judgement {
  if (reached) return { status: 'ok', detail: 'Others can connect to this computer.' }
  const where = from === null ? '' : ` at ${from}`
  return {
    status: 'warning',
    detail: `The server cannot connect to this computer${where} (tried at port ${port}). To join, nobody has to.`,
  }
}
