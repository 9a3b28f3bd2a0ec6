import { isLoopback, readAddress } from '../../../shared/address.ts'
import { parseJoinCode } from '../../../shared/joinCode.ts'

/** What was typed or pasted in the app: a room, and a server where it names one. */
export interface Typed {
  room: string
  /** The server's origin; null where none is named. */
  address: string | null
}

/**
 * Reads a join code, a room's link of either kind (`https://HOST/?room=CODE`, `lanyard://join/CODE?at=ADDRESS`) or an invitation with
 * one in it. Null where it cannot mean a room.
 */
export function readTyped(text: string): Typed | null {
  const url = linkIn(text)
  if (url?.protocol === 'lanyard:') {
    const code = parseJoinCode(url.pathname.slice(1))
    return code === null ? null : { room: code, address: readAddress(url.searchParams.get('at') ?? '') }
  }
  if (url) {
    const room = url.searchParams.get('room')?.trim()
    return room && room.length <= 64 ? { room: parseJoinCode(room) ?? room, address: url.origin } : null
  }
  const code = parseJoinCode(text)
  return code === null ? null : { room: code, address: null }
}

/** The address bar of a browser copies some without what comes before the host. */
function linkIn(text: string): URL | null {
  const link = /(?:https?|lanyard):\/\/\S+/i.exec(text)?.[0]
  if (link !== undefined) return URL.parse(link)
  const [host, query] = /\S+\?room=\S+/i.exec(text)?.[0].split('/?') ?? []
  const address = readAddress(host ?? '')
  return address === null || query === undefined ? null : URL.parse(`${address}/?${query}`)
}

/** Why the app does not connect to there, in a sentence; null where it does. */
export function whyNot(address: string): string | null {
  const url = new URL(address)
  if (url.protocol === 'https:' || isLoopback(url)) return null
  return 'That address is not encrypted, so others on the network could listen. Ask the host for one that begins with https.'
}
