import { parseJoinCode } from '../../../shared/joinCode.ts'

/** What someone who types or pastes may mean. */
export type RoomRef = { at: 'here'; ref: string } | { at: 'elsewhere'; link: string }

/**
 * Reads a join code, a room's link, or a whole invitation with a link in it. Whatever else could be a room's name in an address
 * is given to the server as it is. Null where it cannot mean a room.
 */
export function readRoomRef(text: string, serverUrl: string | null): RoomRef | null {
  const link = /https?:\/\/\S+/i.exec(text)?.[0]
  if (link !== undefined) return readLink(link, serverUrl)
  const code = parseJoinCode(text)
  if (code !== null) return { at: 'here', ref: code }
  const name = text.trim()
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) ? { at: 'here', ref: name } : null
}

function readLink(link: string, serverUrl: string | null): RoomRef | null {
  if (!URL.canParse(link)) return null
  const url = new URL(link)
  const room = url.searchParams.get('room')?.trim()
  if (!room || room.length > 64) return null
  if (url.origin !== URL.parse(serverUrl ?? '')?.origin) return { at: 'elsewhere', link: url.href }
  return { at: 'here', ref: parseJoinCode(room) ?? room }
}
