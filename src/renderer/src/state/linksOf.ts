import type { Room } from '../../../shared/model.ts'
import { linksTo, type RoomLinks } from '../../../shared/roomLink.ts'
import type { Platform } from '../platform/Platform.ts'
import type { Session } from '../session/Session.ts'

/** The links to a room of the server that one is at; null before it has said where it is. */
export function linksOf(room: Room, { server }: Session, { serverUrl, isPlain }: Platform): RoomLinks | null {
  if (!server) return null
  // They lead others to where it is encrypted; what came without encryption proves nothing, so nobody is to be recognised by it.
  return isPlain ? linksTo(room, { ...server, fingerprint: null }) : linksTo(room, server, serverUrl)
}
