import { Link, ServerAddress } from '../../shared/bridge.ts'
import { parseJoinCode } from '../../shared/joinCode.ts'

export const SCHEME = 'lanyard'

/**
 * Reads `lanyard://join/CODE?at=ADDRESS`; the address is a server's origin, or host and port. Null for anything else: a link comes from
 * outside, and one that is not understood does nothing.
 */
export function parseLink(text: string): Link | null {
  const url = text.length <= 500 ? URL.parse(text) : null
  if (url?.protocol !== `${SCHEME}:` || url.host !== 'join') return null
  const code = parseJoinCode(decode(url.pathname.slice(1)))
  const at = url.searchParams.get('at')
  const address = at === null ? null : ServerAddress.safeParse(withScheme(at))
  if (code === null || address?.success === false) return null
  // The origin of an address may be longer than what was typed for it.
  return Link.safeParse({ code, address: address === null ? null : new URL(address.data).origin }).data ?? null
}

/** The link among the arguments of a start. */
export function linkAmong(argv: readonly string[]): Link | null {
  return argv.map((argument) => parseLink(argument)).find((link) => link !== null) ?? null
}

/** Plain on this computer only, as where people type an address. */
function withScheme(at: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(at)) return at
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(at) ? `http://${at}` : `https://${at}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
