/** Addresses of servers, as people type them and links carry them. */

/**
 * A server's origin out of what was typed for it: `https://HOST:PORT`, or `HOST:PORT`, which is plain on this computer and encrypted
 * elsewhere. A path is left out. Null where it can be none.
 */
export function readAddress(text: string): string | null {
  const typed = text.trim()
  if (typed === '' || /\s/.test(typed)) return null
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`)
  if (!url || url.hostname === '' || !['http:', 'https:'].includes(url.protocol)) return null
  if (typed.includes('://') || isLoopback(url)) return url.origin
  return `https://${url.host}`
}

/** Whether a connection to there stays on this computer, so that nobody can listen. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1'
}

/** Whether two addresses are one server's: at one port of this computer, it goes by either of its names. */
export function isSameServer(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  return a.origin === b.origin || (isLoopback(a) && isLoopback(b) && a.port === b.port && a.protocol === b.protocol)
}

/** Whether an address leads nowhere but to the computer that it is used on. */
export function isThisComputer(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const HOST_PORT = new RegExp(`^(${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]{2,45}\\]):([1-9]\\d{0,4})$`, 'i')

/**
 * `HOST:PORT` as links carry it: a name in ASCII, an IPv4 address, or one of IPv6 in brackets. Null for anything else, and for a host that
 * means another one than it looks like, as the number 2130706433 does.
 */
export function parseHostPort(text: string): string | null {
  const [, host = '', port = ''] = (text.length <= 260 && HOST_PORT.exec(text)) || []
  const hostname = URL.parse(`https://${host}`)?.hostname
  if (hostname === undefined || Number(port) > 65_535) return null
  return host.startsWith('[') || hostname === host.toLowerCase() ? `${hostname}:${port}` : null
}

/** Host and port of a server's address; null for what is none. */
export function hostPortOf(address: string): string | null {
  const url = URL.parse(address)
  return url && parseHostPort(`${url.hostname}:${url.port || (url.protocol === 'http:' ? 80 : 443)}`)
}

/** `HOST:PORT`, as links and stores have it; IPv6 stands in brackets. The port of https where none is said. */
export function splitAddress(address: string): { host: string; port: number } {
  const { hostname, port } = new URL(`https://${address}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 443 : Number(port) }
}
