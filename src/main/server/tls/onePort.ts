import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { createServer, type Server as TlsServer, type TLSSocket } from 'node:tls'
import type { Identity } from './Identity.ts'

/** The first byte of a TLS connection: the record type `handshake` (RFC 8446, 5.1). No HTTP request begins with it. */
const TLS_HANDSHAKE = 0x16
/** How long a connection may take to say its first byte, in ms: as Node gives a request's headers. */
const FIRST_BYTE_MS = 60_000
const HANDSHAKE_MS = 20_000

/**
 * Lets an HTTP server speak TLS on its port, and plain HTTP too, which the server's handlers tell apart by `isPrivate`. The HTTP server itself
 * listens, so that its limits for slow clients hold. Returns what a renewed certificate is given to.
 */
export function speakTls(http: HttpServer, { credentials }: Identity): TlsServer {
  const serve = http.listeners('connection')
  http.removeAllListeners('connection')
  const accept = (socket: Socket) => {
    for (const listener of serve) listener.call(http, socket)
  }
  const tls = createServer({ ...credentials, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], handshakeTimeout: HANDSHAKE_MS })
  tls.on('secureConnection', accept)
  tls.on('tlsClientError', (_, socket) => socket.destroy())
  http.on('connection', (socket: Socket) => {
    const patience = setTimeout(() => socket.destroy(), FIRST_BYTE_MS)
    const ignore = () => {}
    socket.on('error', ignore)
    socket.once('close', () => clearTimeout(patience))
    socket.once('data', (first: Buffer) => {
      clearTimeout(patience)
      socket.pause()
      socket.off('error', ignore)
      socket.unshift(first)
      if (first[0] === TLS_HANDSHAKE) tls.emit('connection', socket)
      else accept(socket)
      process.nextTick(() => socket.resume())
    })
  })
  return tls
}

/** Whether nobody on the network can read a connection: it is encrypted, or does not leave this computer. */
export function isPrivate(socket: Socket): boolean {
  return isEncrypted(socket) || isLoopback(socket.remoteAddress)
}

export const isEncrypted = (socket: Socket): boolean => (socket as Partial<TLSSocket>).encrypted === true

/** Both IPv4, also as IPv6 writes it, and IPv6. */
export function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '')
}
