import type { Room } from '../../../shared/model.ts'
import { linksTo, type RoomLinks } from '../../../shared/roomLink.ts'
import type { Platform } from '../platform/Platform.ts'
import type { Session } from '../session/Session.ts'

/** The links to a room of the server that one is at; null before it has said where it is. */
export function linksOf(room: Room, session: Session, { serverUrl }: Platform): RoomLinks | null {
  return session.server && linksTo(room, session.server, serverUrl)
}
