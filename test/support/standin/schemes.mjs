import { record, state } from './core.mjs'

// Chromium does not know app://. So app://host/path travels as http://host.app.localhost/path, which no request ever
// leaves for: a secure context (localhost), and not https, because an https page may not open ws:// to the local
// network and an app:// page may. Hosts that are no host names ('-' is, '.' is not) travel as hex.
export const schemes = new Set()
const encodeHost = (host) =>
  /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host) && !host.startsWith('x--') ? host : `x--${Buffer.from(host).toString('hex')}`
const decodeHost = (host) => (host.startsWith('x--') ? Buffer.from(host.slice(3), 'hex').toString() : host)
export function toWire(url) {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url)
  if (!match || !schemes.has(match[1])) return url
  return `http://${encodeHost(match[2].toLowerCase())}.${match[1]}.localhost${match[3].startsWith('/') ? '' : '/'}${match[3]}`
}

export function fromWire(url) {
  const match = /^http:\/\/(.+)\.([a-z][a-z0-9+-]*)\.localhost(\/.*)?$/is.exec(url)
  return match && schemes.has(match[2]) ? `${match[2]}://${decodeHost(match[1])}${match[3] ?? '/'}` : url
}

export function originOf(url) {
  const { protocol, host, origin } = URL.parse(url) ?? {}
  return origin !== 'null' || !host ? (protocol === 'file:' ? 'file://' : (origin ?? '')) : `${protocol}//${host}`
}

export function registerSchemesAsPrivileged(list) {
  if (state.app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
  for (const { scheme } of list) schemes.add(scheme)
  record('protocol.registerSchemesAsPrivileged', list)
}

/** In a policy that the app wrote for app://, put the address that Chromium sees. */
export function translatePolicy(value) {
  for (const s of schemes)
    value = value.replace(new RegExp(`(?<![\\w-])${s}:(//[^\\s;,]+)?`, 'g'), (_, host) =>
      host ? toWire(`${s}:${host}`).replace(/\/$/, '') : `http://*.${s}.localhost`,
    )
  return value
}
