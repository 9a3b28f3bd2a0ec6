/** Connections to servers whose certificates no authority vouches for: what they show is looked at before anything is said. */
import { createHash, X509Certificate } from 'node:crypto'
import { Agent, type AgentOptions } from 'node:https'
import { isIP } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Fingerprint } from '../../shared/fingerprint.ts'

export interface Endpoint {
  host: string
  port: number
}

/** What a server shows in the handshake. */
export interface Shown {
  fingerprint: Fingerprint
  /** The authority that has signed its certificate and was shown with it, where it is one that vouches for this server alone. */
  authority: Fingerprint | null
  /** When its certificate was made: from then on it is valid. ISO 8601. */
  issuedAt: string
  /** Whether this computer's own authorities vouch for it by the name that was asked for. */
  isPublic: boolean
}

/** How long a server may take for the handshake, in ms. */
const PATIENCE_MS = 5_000

/** Looks whose certificate is there. Not a byte is sent but those of the handshake. Rejects where nobody answers in time. */
export async function shownAt(endpoint: Endpoint, signal?: AbortSignal): Promise<Shown> {
  const socket = await shakeHands(endpoint, signal)
  try {
    return whatShows(socket)
  } finally {
    socket.destroy()
  }
}

/** Connects to whoever has that certificate. Rejects, without a byte beyond the handshake, where it is another's. */
export async function connectPinned(endpoint: Endpoint, fingerprint: Fingerprint): Promise<TLSSocket> {
  const socket = await shakeHands(endpoint)
  try {
    if (whatShows(socket).fingerprint === fingerprint) return socket
    throw new Error('the server has another certificate than the one that is known')
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** For programs that speak HTTP: each connection is pinned. */
export class PinnedAgent extends Agent {
  readonly #fingerprint: Fingerprint

  constructor(fingerprint: Fingerprint) {
    super()
    this.#fingerprint = fingerprint
  }

  override createConnection(
    { host, port }: AgentOptions & { host?: string; port?: number },
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    connectPinned({ host: host ?? 'localhost', port: Number(port) }, this.#fingerprint).then(
      (socket) => done?.(null, socket),
      (error: unknown) => done?.(error as Error, null as unknown as Duplex),
    )
  }
}

function shakeHands({ host, port }: Endpoint, signal?: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host, port, ALPNProtocols: ['http/1.1'] },
      ...(isIP(host) === 0 && { servername: host }),
      // Trust is decided by whoever asked, by the fingerprint.
      rejectUnauthorized: false,
    })
    const end = (error: Error) => {
      settle()
      socket.destroy()
      reject(error)
    }
    const abort = () => end(new Error('nobody waits for it any more'))
    const patience = setTimeout(() => end(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS)
    const settle = () => {
      clearTimeout(patience)
      signal?.removeEventListener('abort', abort)
      socket.off('error', end)
    }
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort)
    socket.once('error', end)
    socket.once('secureConnect', () => {
      settle()
      resolve(socket)
    })
  })
}

function whatShows(socket: TLSSocket): Shown {
  const { raw, issuerCertificate } = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate>
  if (!raw) throw new Error('the server shows no certificate')
  const certificate = new X509Certificate(raw)
  const issuer = issuerCertificate && new X509Certificate(issuerCertificate.raw)
  return {
    fingerprint: sha256(raw),
    authority: issuer && isOfOneServer(issuer) && hasSigned(issuer, certificate) ? sha256(issuer.raw) : null,
    issuedAt: certificate.validFromDate.toISOString(),
    isPublic: socket.authorized,
  }
}

/**
 * Whether an authority is a server's own, as each makes one for itself (src/main/server/tls/authority.ts). Any other one, a company's or a
 * public one, vouches for many, who could then pass for each other.
 */
const isOfOneServer = ({ subject, issuer }: X509Certificate) => subject === issuer && /^O=Lanyard$/m.test(subject)

/** The handshake proves that the server has the key of the first certificate alone; that the next one has signed it is checked here. */
const hasSigned = (issuer: X509Certificate, certificate: X509Certificate) =>
  issuer.ca && !certificate.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
