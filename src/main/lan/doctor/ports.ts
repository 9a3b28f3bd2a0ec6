import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { programAt } from '../portOwner.ts'
import type { Check, Judgement, OwnServer } from './Check.ts'

/** What the server of this computer would find. */
export interface PortsInUse {
  own: OwnServer
  /** Whether another program has the port of pages and signaling; by what name it goes, where that is to be known. */
  taken: { by: string | null } | null
  /** Whether at least one of the media ports is free, as UDP and as TCP. */
  hasMediaPort: boolean
}

/** Each worker takes one; more are not looked at. */
const MOST_TRIED = 8

/** Whether the ports are free that the server of this computer wants. A server that runs has them. */
export const ports: Check<'ports'> = {
  name: 'ports',
  skipped: '',
  async probe({ own }) {
    if (own.isRunning) return { own, taken: null, hasMediaPort: true }
    const taken = own.port !== 0 && !(await isFree(own.port, own.host)) ? { by: await programAt(own.port) } : null
    return { own, taken, hasMediaPort: await hasMediaPort(own) }
  },
  judge: judgePorts,
}

export function judgePorts({ own, taken, hasMediaPort }: PortsInUse): Judgement {
  const { min, max } = own.rtcPorts
  if (taken) return { status: 'failed', detail: `Port ${own.port} is in use by ${taken.by ?? 'another program'}.` }
  if (!hasMediaPort) return { status: 'failed', detail: `No media port between ${min} and ${max} is free.` }
  if (own.isRunning) return { status: 'ok', detail: `The server of this computer runs, at port ${own.port}.` }
  return { status: 'ok', detail: `The ports for hosting are free (${own.port}, and ${min} and up for media).` }
}

async function hasMediaPort({ host, rtcPorts: { min, max } }: OwnServer): Promise<boolean> {
  for (let port = min; port <= Math.min(max, min + MOST_TRIED - 1); port++)
    if ((await isFree(port, host)) && (await isFreeForUdp(port, host))) return true
  return false
}

/** An address that this computer has not (any more) is not the fault of another program. */
const isTaken = ({ code }: NodeJS.ErrnoException) => code === 'EADDRINUSE'

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(!isTaken(error)))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function isFreeForUdp(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', (error) => {
      socket.close()
      resolve(!isTaken(error))
    })
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}
