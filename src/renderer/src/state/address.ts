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
  const link = /(?:https?|lanyard):\/\/\S+/i.exec(text)?.[0]
  const url = link === undefined ? null : URL.parse(link)
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

/** A server's origin out of what people type for it: `https://HOST:PORT`, or `HOST:PORT`, which is plain on this computer. */
export function readAddress(text: string): string | null {
  const typed = text.trim()
  if (typed === '' || /\s/.test(typed)) return null
  const url = URL.parse(/^[a-z]+:\/\//i.test(typed) ? typed : `http://${typed}`)
  if (!url || url.hostname === '' || !['http:', 'https:'].includes(url.protocol)) return null
  if (typed.includes('://') || isLoopback(url)) return url.origin
  return `https://${url.host}`
}

/** Whether a connection to there stays on this computer, so that nobody can listen. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1'
}

/** Why the app does not connect to there, in a sentence; null where it does. */
export function whyNot(address: string): string | null {
  const url = new URL(address)
  if (url.protocol === 'https:' || isLoopback(url)) return null
  return 'That address is not encrypted, so others on the network could listen. Ask the host for one that begins with https.'
}
