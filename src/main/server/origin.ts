import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { APP_ORIGIN } from '../../shared/appOrigin.ts'
import { AppError } from '../../shared/errors.ts'
import type { ServerConfig } from './config.ts'
import { isPlain } from './plainPort.ts'
import { isEncrypted, isPrivate } from './tls/onePort.ts'

type Allowed = Pick<ServerConfig, 'announceIps' | 'allowedHosts' | 'allowedOrigins'>

const ownNames = new Set(['localhost', hostname().toLowerCase(), `${hostname().toLowerCase()}.local`])

/**
 * Whether a request may come in. Its connection must be one that nobody else can read, or have come by the port that is there for such. Its Host
 * must be this server (by the address that it has reached, or by name), which keeps out pages whose name was made to point here (DNS
 * rebinding); its Origin, where a browser gives one, must be the same host and port, come as the connection has, or the app's own window, which keeps out
 * the pages of others. Scripts and pictures are asked for without an Origin, so where a browser says that it is another site that asks, only
 * following a link into a window of its own is let in. Programs without a browser send neither.
 */
export function mayEnter(request: IncomingMessage, allowed: Allowed): boolean {
  const { socket } = request
  if (!isPlain(socket) && !isPrivate(socket)) return false
  if (!isForThis(request, allowed)) return false
  const host = request.headers.host?.toLowerCase()
  const origin = request.headers.origin?.toLowerCase()
  if (origin === undefined) return !isAskedForElsewhere(request.headers)
  if (isPlain(socket)) return origin === `http://${host}`
  // A page that came without encryption may be someone else's; a proxy on this computer has encrypted what comes from it.
  if (origin === `http://${host}`) return !isEncrypted(socket)
  return origin === `https://${host}` || origin === APP_ORIGIN || allowed.allowedOrigins.includes(origin)
}

/** Whether a request's address carries a token. */
export function hasToken({ url = '' }: IncomingMessage): boolean {
  const query = url.split('?').slice(1).join('?')
  return new URLSearchParams(query).has('token')
}

/** A token in an address ends up in logs and histories, so it is good for nothing there. */
export const tokenInUrl = () =>
  new AppError('unauthorized', 'A token does not go into an address: give it in the handshake’s `auth.token`, or with `joinRoom`')

/** By the Fetch metadata of newer browsers (https://www.w3.org/TR/fetch-metadata/). */
function isAskedForElsewhere(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination = 'document' } = headers
  if (site !== 'cross-site' && site !== 'same-site') return false
  return mode !== 'navigate' || destination !== 'document'
}

/** Whether a request's Host is this server: by the address that it has reached, or by name. */
export function isForThis(
  { headers, socket: { localAddress } }: IncomingMessage,
  { announceIps, allowedHosts }: Allowed,
): boolean {
  const host = headers.host?.toLowerCase()
  if (host === undefined) return false
  const url = URL.parse(`http://${host}`)
  if (url?.host !== host.replace(/:80$/, '')) return false
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const reached = localAddress?.replace(/^::ffff:/, '')
  return name === reached || ownNames.has(name) || announceIps.includes(name) || allowedHosts.includes(name)
}
