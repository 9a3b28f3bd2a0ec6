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

/** `HOST:PORT`, as links and stores have it; IPv6 stands in brackets. The port of https where none is said. */
export function splitAddress(address: string): { host: string; port: number } {
  const { hostname, port } = new URL(`https://${address}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 443 : Number(port) }
}
