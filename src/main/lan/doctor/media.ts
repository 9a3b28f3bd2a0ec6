import { createSocket } from 'node:dgram'
import { connect, isIP, isIPv6 } from 'node:net'
import type { Check, Judgement } from './Check.ts'
import { askEcho, Heard, MediaTrial, type EchoAbout } from './echo.ts'
import { bindingRequest, framed, isSuccess, unframed } from './stun.ts'

type Protocol = 'udp' | 'tcp'

/** What came of trying the media port. */
export interface MediaWay {
  protocol: Protocol
  /** Addresses with ports that were tried. */
  tried: string[]
  /** The one at which an answer came; null where none came. */
  answered: string | null
  /** Whether the server has heard what was sent, also where its answer did not come through. */
  heard: boolean
}

/** RFC 8489, 6.2.1: 500 ms, and twice as long each time. When to send, after the beginning, and when to give up; in ms. */
const SEND_AT_MS = [0, 500, 1_500]
const PATIENCE_MS = 3_500
/** A server on many networks names many addresses. */
const MOST_TRIED = 8

/** Whether sound and pictures come through, as browsers and the app send them: with STUN to the server's real media port. */
export const mediaUdp: Check<'mediaUdp'> = mediaCheck('mediaUdp', 'udp')
/** Where UDP is blocked, they go over TCP. */
export const mediaTcp: Check<'mediaTcp'> = mediaCheck('mediaTcp', 'tcp')

function mediaCheck<N extends 'mediaUdp' | 'mediaTcp'>(name: N, protocol: Protocol): Check<N> {
  return {
    name,
    skipped: 'The server could not be asked for a media port to try.',
    probe: async (_, { server }) => (server ? tryMedia(server, protocol) : null),
    judge: judgeMedia,
  }
}

export function judgeMedia({ protocol, tried, answered, heard }: MediaWay): Judgement {
  const name = protocol.toUpperCase()
  if (answered !== null) return { status: 'ok', detail: `The media port answers over ${name} (${answered}).` }
  if (heard)
    return { status: 'failed', detail: `The media port hears this computer over ${name}, and its answers do not come back.` }
  return { status: 'failed', detail: `Nothing gets through to the media port over ${name} (${tried.join(', ')}).` }
}

async function tryMedia({ endpoint, fingerprint }: EchoAbout, protocol: Protocol): Promise<MediaWay> {
  const trial = await askEcho(endpoint, fingerprint, ['POST', '/media'], MediaTrial)
  const candidates = trial.candidates
    .filter((candidate) => candidate.protocol === protocol && isIP(candidate.address) !== 0)
    // What the server calls its own loopback is this computer's.
    .filter(({ address }) => !isLoopback(address) || isLoopback(endpoint.host))
    .slice(0, MOST_TRIED)
    .map(({ address, port }) => ({ address, port }))
  const end = new AbortController()
  const waits = candidates.map((candidate) => answers(candidate, trial, protocol, end.signal))
  const answered = await Promise.any(waits).catch(() => null)
  end.abort()
  const { heard } = await askEcho(endpoint, fingerprint, ['GET', `/media/${trial.trialId}`], Heard)
  return { protocol, tried: candidates.map(nameOf), answered: answered && nameOf(answered), heard: heard || answered !== null }
}

interface Place {
  address: string
  port: number
}

const isLoopback = (address: string) => /^(127\.|::1$)/.test(address)
const nameOf = ({ address, port }: Place) => (isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`)

/** Resolves with the place when it has answered; rejects when it has not in time. */
function answers(place: Place, trial: MediaTrial, protocol: Protocol, signal: AbortSignal): Promise<Place> {
  const open = protocol === 'udp' ? openUdp : openTcp
  return new Promise((resolve, reject) => {
    const request = bindingRequest(trial.usernameFragment, trial.password)
    const way = open(place, (bytes) => {
      if (isSuccess(bytes, request, trial.password)) end(() => resolve(place))
    })
    const sends = SEND_AT_MS.map((ms) => setTimeout(() => way.send(request.bytes), ms))
    const patience = setTimeout(() => end(() => reject(new Error('no answer'))), PATIENCE_MS)
    const end = (settle: () => void) => {
      for (const timer of [...sends, patience]) clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      way.close()
      settle()
    }
    const abort = () => end(() => reject(new Error('another was faster')))
    signal.addEventListener('abort', abort)
  })
}

interface Way {
  send(message: Buffer): void
  close(): void
}

/** What fails is silence. */
function openUdp({ address, port }: Place, hear: (message: Buffer) => void): Way {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  socket.on('error', () => {})
  socket.on('message', hear)
  return { send: (message) => socket.send(message, port, address, () => {}), close: () => socket.close() }
}

function openTcp({ address, port }: Place, hear: (message: Buffer) => void): Way {
  const socket = connect({ host: address, port })
  let come = Buffer.alloc(0)
  let isSent = false
  socket.on('error', () => {})
  socket.on('data', (data) => {
    come = Buffer.concat([come, data])
    const message = unframed(come)
    if (message) hear(message)
  })
  return {
    // It arrives as soon as there is a connection, or never.
    send: (message) => {
      if (!isSent) socket.write(framed(message))
      isSent = true
    },
    close: () => socket.destroy(),
  }
}
