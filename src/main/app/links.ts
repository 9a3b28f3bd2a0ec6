import { readAddress } from '../../shared/address.ts'
import { Link } from '../../shared/bridge.ts'
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
  const address = at === null ? null : readAddress(at)
  if (code === null || (at !== null && address === null)) return null
  return Link.safeParse({ code, address }).data ?? null
}

/** As `parseLink` reads it. */
export function linkText({ code, address }: Link): string {
  return `${SCHEME}://join/${code}${address === null ? '' : `?at=${encodeURIComponent(address)}`}`
}

/** The last link among the arguments of a start. */
export function linkAmong(argv: readonly string[]): Link | null {
  return argv.map((argument) => parseLink(argument)).findLast((link) => link !== null) ?? null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
