import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { splitAddress } from '../../../shared/address.ts'
import type { Endpoint } from '../pinned.ts'
import type { Check, Judgement } from './Check.ts'

/** The best first: of several addresses the one counts at which most was achieved. */
const outcomes = ['reached', 'refused', 'reset', 'notPermitted', 'unreachable', 'silent', 'noRoute', 'unknownName'] as const
export type Outcome = (typeof outcomes)[number]

/** What came of connecting over TCP. */
export interface Connection extends Endpoint {
  outcome: Outcome
  /** The address that a name stands for; null where it stands for none. */
  address: string | null
  /** The system's error code; null without. */
  code: string | null
  tookMs: number
}

/** How long an answer is waited for, in ms: longer than Linux looks for a neighbour (3 s, arp(7)), which then says so itself. */
const PATIENCE_MS = 4_000

/** Whether the server's port can be reached at all. */
export const connection: Check<'connection'> = {
  name: 'connection',
  skipped: 'No server was named, and none was seen.',
  async probe({ target }) {
    if (!target) return null
    const tried = await Promise.all(target.addresses.map((address) => tryAll(splitAddress(address))))
    return tried.flat().sort((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome))[0] ?? null
  },
  judge: judgeConnection,
}

export function judgeConnection({ outcome, host, port, address, code }: Connection): Judgement {
  const where = `${address ?? host} at port ${port}`
  switch (outcome) {
    case 'reached':
      return { status: 'ok', detail: `Someone answers at ${where}.` }
    case 'refused':
      return { status: 'failed', detail: `The computer at ${address} refuses connections to port ${port}.` }
    case 'reset':
      return { status: 'failed', detail: `Connections to ${where} are broken off.` }
    case 'silent':
      return { status: 'failed', detail: `Nothing comes back from ${where}.` }
    case 'unreachable':
      return { status: 'failed', detail: `${address} cannot be reached (${code}).` }
    case 'noRoute':
      return { status: 'failed', detail: `No way leads from this computer to ${address} (${code}).` }
    case 'notPermitted':
      return { status: 'failed', detail: `This system does not let Lanyard connect to ${where} (${code}).` }
    case 'unknownName':
      return { status: 'failed', detail: `Nobody here knows the name ${host}.` }
  }
}

/** By the error codes of connect(2), of name look-ups, and of Node. */
export function outcomeOf(code: string): Outcome {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset'
    case 'EPERM':
    case 'EACCES':
      return 'notPermitted'
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return 'unreachable'
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return 'noRoute'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
      return 'unknownName'
    default:
      return 'silent'
  }
}

async function tryAll({ host, port }: Endpoint): Promise<Connection[]> {
  const began = performance.now()
  const found = await addressesOf(host)
  if ('code' in found)
    return [{ host, port, address: null, outcome: 'unknownName', code: found.code, tookMs: performance.now() - began }]
  return Promise.all(found.addresses.map((address) => tryOne(host, address, port)))
}

async function addressesOf(host: string): Promise<{ addresses: string[] } | { code: string }> {
  if (isIP(host) !== 0) return { addresses: [host] }
  try {
    return { addresses: (await lookup(host, { all: true })).map(({ address }) => address) }
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND' }
  }
}

function tryOne(host: string, address: string, port: number): Promise<Connection> {
  return new Promise((resolve) => {
    const began = performance.now()
    const socket = connect({ host: address, port })
    const end = (outcome: Outcome, code: string | null) => {
      clearTimeout(patience)
      socket.destroy()
      resolve({ host, port, address, outcome, code, tookMs: performance.now() - began })
    }
    const patience = setTimeout(() => end('silent', null), PATIENCE_MS)
    socket.once('connect', () => end('reached', null))
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => end(outcomeOf(code), code))
  })
}
